
# ---------------------------------------------------------------- what is in force on the device

# Makes the device be what a folder says, in place: a generation's, or one with what was there before.
# Rules come first, so that no interface is open for a moment. With `careful` the first failure ends it;
# on the way back all that can be done is done, and failures are gathered.
# Arguments: folder, list of keys, generation for the link `current`, careful or anyway.
enforce() {
    source=$1 list=$2 link=$3 manner=$4
    : >"$run/failures"
    for step in rules firewall settings former_interfaces interfaces tunnels addresses routes services; do
        if "put_$step"; then
            continue
        fi
        reason >>"$run/failures"
        [ "$manner" = anyway ] || return 1
    done
    [ ! -s "$run/failures" ]
}

minus() {
    awk -v other="$2" 'BEGIN { while ((getline line <other) > 0) known[line] = 1 } !($0 in known)' "$1"
}

# ---------------------------------------------------------------- packet rules

# As the kernel lists them: the text that was loaded never looks like this.
list_rules() {
    # shellcheck disable=SC2086 # a family and a name
    nft -s list table $table 2>/dev/null
}

rules_digest() {
    list_rules | sha256sum | cut -c 1-64
}

# In one transaction with the tables of others that go out of force, `tables`.
put_rules() {
    say "$tables" | while read -r family name; do
        if [ -n "$name" ] && nft list table "$family" "$name" >/dev/null 2>&1; then
            say "delete table $family $name"
        fi
    done >"$run/others"
    if [ ! -s "$run/others" ] && cmp -s "$source/nftables.nft" "$run/loaded.nft" &&
        [ "$(rules_digest)" = "$(value_in "$run/live" rules)" ]; then
        return 0
    fi
    rm -f "$run/loaded.nft"
    cat "$source/nftables.nft" "$run/others" >"$run/load.nft"
    try nft -f "$run/load.nft" && cp "$source/nftables.nft" "$run/loaded.nft"
}

put_firewall() {
    if [ -f "$source/ufw" ]; then
        say y | ufw enable >/dev/null 2>"$run/errors" || because "ufw could not be enabled again"
    elif [ "$firewall" = ufw ] && has_active_ufw; then
        try ufw disable
    fi
}

# ---------------------------------------------------------------- kernel settings

setting_path() {
    say "/proc/sys/$(say "$1" | tr . /)"
}

setting() {
    tr '\t' ' ' <"$(setting_path "$1")" 2>/dev/null
}

read_settings() {
    sed -n 's/^\([^#][^ ]*\) = \(.*\)$/\1 \2/p' "$1" 2>/dev/null
}

# What a setting was before its first change is kept until it is given back.
put_settings() {
    touch "$run/original"
    read_settings "$source/sysctl.conf" >"$run/settings"
    while read -r key value; do
        if ! grep -q "^$key = " "$run/original"; then
            say "$key = $(setting "$key")" >>"$run/original"
        fi
        set_value "$key" "$value" || return 1
    done <"$run/settings"
    read_settings "$run/original" >"$run/originals"
    while read -r key value; do
        if ! grep -q "^$key " "$run/settings"; then
            set_value "$key" "$value" || return 1
            sed -i "/^$key = /d" "$run/original"
        fi
    done <"$run/originals"
}

set_value() {
    if [ "$(setting "$1")" != "$2" ] && ! (say "$2" >"$(setting_path "$1")") 2>/dev/null; then
        because "the kernel setting $1 cannot be set to $2"
    fi
}

# ---------------------------------------------------------------- interfaces

# Names, the kind of each, and what it needs to be made: `wireguard NAME mtu N`, `vlan NAME parent P id N`.
list_interfaces() {
    awk '$1 == "wireguard" || $1 == "vlan" { print $2 }' "$1/addresses" 2>/dev/null
}

list_owned() {
    cat "$run/interfaces" 2>/dev/null
}

owns_interface() {
    list_owned | grep -qx "$1"
}

has_interface() {
    ip link show dev "$1" >/dev/null 2>&1
}

# An interface as a line of `addresses`, from what the kernel says.
describe_interface() {
    ip -o -d link show dev "$1" 2>/dev/null | awk -v name="$1" '
        {
            parent = $2
            sub(/:$/, "", parent)
            sub(/^[^@]*@?/, "", parent)
            for (i = 1; i < NF; i++) {
                if ($i == "mtu") mtu = $(i + 1)
                if ($i == "vlan") vlan = 1
                if (vlan && $i == "id") id = $(i + 1)
            }
            if (vlan) print "vlan", name, "parent", parent, "id", id
            else print "wireguard", name, "mtu", mtu
        }
    '
}

put_former_interfaces() {
    list_interfaces "$source" >"$run/wanted"
    list_owned >"$run/had"
    minus "$run/had" "$run/wanted" | while read -r name; do
        remove_interface "$name" || exit 1
    done || return 1
    # A VLAN interface keeps its port and id for life.
    awk '$1 == "vlan"' "$source/addresses" | while read -r line; do
        name=$(say "$line" | cut -d ' ' -f 2)
        if has_interface "$name" && [ "$(describe_interface "$name")" != "$line" ]; then
            remove_interface "$name" || exit 1
        fi
    done
}

remove_interface() {
    if has_interface "$1"; then
        try ip link delete dev "$1" || return 1
    fi
    rm -f "$run/wg/$1".*
    list_owned | grep -vx "$1" >"$run/interfaces.new"
    mv "$run/interfaces.new" "$run/interfaces"
}

put_interfaces() {
    awk '$1 == "wireguard" || $1 == "vlan"' "$source/addresses" >"$run/wanted"
    while read -r kind name _ first _ second; do
        # Written down before it is made, so that nothing of ours is ever forgotten.
        owns_interface "$name" || say "$name" >>"$run/interfaces"
        has_interface "$name" || "make_$kind" "$name" "$first" "${second:-}" || return 1
    done <"$run/wanted"
}

make_vlan() {
    try ip link add link "$2" name "$1" type vlan id "$3"
}

make_wireguard() {
    if ip link add "$1" type wireguard 2>/dev/null; then
        return 0
    fi
    has wireguard-go || because "the kernel has no WireGuard, and wireguard-go is not installed" || return 1
    # In a session of its own: it outlives whoever ends this step.
    $(has setsid && say setsid) wireguard-go "$1" </dev/null >/dev/null 2>&1
    waited=0
    until [ -n "$(wg show "$1" listen-port 2>/dev/null)" ]; do
        waited=$((waited + 1))
        [ "$waited" -lt 50 ] || because "wireguard-go made no interface $1" || return 1
        pause
    done
}

# ---------------------------------------------------------------- addresses and routes

wanted_addresses() {
    awk -v name="$2" '$1 == "address" && $4 == name { print $2 }' "$1/addresses" | sort
}

live_addresses() {
    ip -4 -o address show dev "$1" 2>/dev/null | awk '{ print $4 }' | sort
}

put_addresses() {
    awk '$1 == "wireguard" || $1 == "vlan"' "$source/addresses" >"$run/interfaces.wanted"
    while read -r kind name _ size _; do
        wanted_addresses "$source" "$name" >"$run/wanted"
        live_addresses "$name" >"$run/had"
        for address in $(minus "$run/wanted" "$run/had"); do
            try ip address add "$address" dev "$name" || return 1
        done
        # Else all others of its range go with the first one. The interface is ours, so it may stay set.
        (say 1 >"/proc/sys/net/ipv4/conf/$name/promote_secondaries") 2>/dev/null
        for address in $(minus "$run/had" "$run/wanted"); do
            try ip address delete "$address" dev "$name" || return 1
        done
        case $kind in
        wireguard) try ip link set dev "$name" mtu "$size" up || return 1 ;;
        vlan) try ip link set dev "$name" up || return 1 ;;
        esac
    done <"$run/interfaces.wanted"
}

# Routes as the kernel writes their destinations, without the reasons.
read_routes() {
    sed -e 's/ *#.*//' -e '/^$/d' -e 's#^0\.0\.0\.0/0 #default #' -e 's#^\([0-9.]*\)/32 #\1 #' "$1/routes" 2>/dev/null
}

live_routes() {
    ip -4 route show table main proto "$protocol" |
        sed "s/ linkdown//; s/ dead//; s/ proto $protocol//; s/ scope link//; s/ *\$//"
}

put_routes() {
    read_routes "$source" >"$run/routes.wanted"
    awk '{ print $1 }' "$run/routes.wanted" | sort >"$run/wanted"
    live_routes | awk '{ print $1 }' | sort >"$run/had"
    {
        sed -e "/ proto /!s/\$/ proto $protocol/" -e 's/^/route replace /' "$run/routes.wanted"
        minus "$run/had" "$run/wanted" | sed "s/^/route delete /; s/\$/ proto $protocol/"
    } >"$run/routes.batch"
    # On the way back, and after a restart, one route that cannot be set must not keep the others away.
    forced=-4
    [ "$manner" != anyway ] || forced=-force
    try ip "$forced" -batch "$run/routes.batch"
}

# ---------------------------------------------------------------- is it so?

# Says whether all of a generation is in force and untouched since; else the reason is the first difference.
is_live() {
    generation=$etc/gen/$1
    if [ "$(value_in "$run/live" generation)" != "$1" ] || [ "$(value_in "$run/live" keys)" != "$2" ]; then
        because "it has not been put into force since the device started"
        return 1
    fi
    { is_whole "$generation" && [ ! -e "$run/altered" ]; } ||
        because "files of the generation were changed" || return 1
    [ "$(rules_digest)" = "$(value_in "$run/live" rules)" ] || because "the table $table was changed" || return 1
    are_settings_live && are_interfaces_live "$(list_file "$2")" && are_routes_live && are_services_live
}

are_settings_live() {
    read_settings "$generation/sysctl.conf" >"$run/settings"
    while read -r key value; do
        [ "$(setting "$key")" = "$value" ] || because "the kernel setting $key was changed" || return 1
    done <"$run/settings"
}

are_interfaces_live() {
    for name in $(list_interfaces "$generation"); do
        has_interface "$name" || because "the interface $name is gone" || return 1
        [ "$(wanted_addresses "$generation" "$name")" = "$(live_addresses "$name")" ] ||
            because "the addresses of $name were changed" || return 1
        ip -o link show dev "$name" | grep -q '[<,]UP[,>]' || because "the interface $name is down" || return 1
        is_size_live "$name" || because "the MTU of $name was changed" || return 1
        [ ! -f "$generation/wireguard/$name.conf" ] || is_tunnel_live "$name" "$1" || return 1
    done
}

is_size_live() {
    ! grep -q "^wireguard $1 " "$generation/addresses" ||
        grep -qx "$(describe_interface "$1")" "$generation/addresses"
}

are_routes_live() {
    read_routes "$generation" | sort >"$run/wanted"
    live_routes | sort >"$run/had"
    cmp -s "$run/wanted" "$run/had" || because "the routes were changed"
}

record_live() {
    rm -f "$run/altered"
    list_rules >"$run/listed.nft"
    {
        say "generation $1"
        say "keys $2"
        say "rules $(digest_of "$run/listed.nft")"
    } >"$run/live"
}
