
# ---------------------------------------------------------------- WireGuard

# A list that a hand took away is as good as none: the operator's side sees it, and sends it again.
list_file() {
    if [ -f "$keys/list-$1" ]; then say "$keys/list-$1"; else say /dev/null; fi
}

tunnel_of() {
    say "$1" | sed 's#.*/##; s/\.conf$//'
}

# The public half of the key that a tunnel has now; fails where there is no such tunnel.
live_public_key() {
    public=$(wg show "$1" public-key 2>/dev/null) && [ "$public" != "(none)" ] && say "$public"
}

# Whether a tunnel is ours by its key, which nobody else has: what was noted of it may be gone with /run.
has_our_key() {
    [ -s "$keys/$1.key" ] && [ "$(live_public_key "$1")" = "$(wg pubkey <"$keys/$1.key" 2>/dev/null)" ]
}

# A key whose file is gone while its tunnel stands is written down again: a new one would part this device
# from its peers, and perhaps from the operator.
recall_key() {
    [ ! -s "$keys/$1.key" ] && live_public_key "$1" >/dev/null || return 0
    (umask 077 && wg show "$1" private-key >"$keys/$1.key.new") && mv "$keys/$1.key.new" "$keys/$1.key"
}

# What a word in a generation's file stands for; nothing where that is not known.
key_of() {
    case $1 in
    @private/*) cat "$keys/${1#@private/}.key" 2>/dev/null ;;
    *) awk -v word="$1" '$1 == word { print $2 }' "$2" ;;
    esac
}

# Puts keys in the place of their words. They pass through files that only root reads, and never stand
# on a command line.
join_keys() {
    (
        umask 077
        awk -v keys="$keys" -v list="$2" '
            BEGIN {
                while ((getline line <list) > 0) {
                    split(line, part, " ")
                    key[part[1]] = part[2]
                }
            }
            /^#/ || /^$/ { next }
            $3 ~ /^@private\// {
                file = keys "/" substr($3, 10) ".key"
                getline line <file
                $3 = line
            }
            $3 ~ /^@/ { $3 = key[$3] }
            { print }
        ' "$1"
    )
}

# Compares what an interface is to be with what it is, and writes down what is to be done:
# NAME.device (key and port), NAME.gone (peers), NAME.change (peers to add or to change, as for
# `wg addconf`), NAME.dial (endpoints to set by name), NAME.endpoints.new (what was declared).
#
# `wg syncconf` would write every peer anew, also those that do not change: for a moment their packets
# are dropped, and what WireGuard learned about where they are is overwritten.
compare_tunnel() {
    (
        umask 077
        cd "$run/wg" || exit 1
        wg show "$1" dump >"$1.live" || exit 1
        rm -f "$1.key"
        : >"$1.device" && : >"$1.gone" && : >"$1.change" && : >"$1.dial" && : >"$1.endpoints.new"
        awk -v name="$1" '
            function sorted(text, part, count, i, j, one) {
                gsub(/ /, "", text)
                count = split(text, part, ",")
                for (i = 2; i <= count; i++) {
                    one = part[i]
                    for (j = i - 1; j > 0 && part[j] > one; j--) part[j + 1] = part[j]
                    part[j + 1] = one
                }
                text = part[1]
                for (i = 2; i <= count; i++) text = text "," part[i]
                return text
            }
            function finish(new, moved, number) {
                if (peer == "") return
                new = !(peer in live)
                moved = endpoint != "" && (new || endpoint != declared[peer])
                number = endpoint ~ /^[0-9.]+:[0-9]+$/ || endpoint ~ /^\[/
                if (endpoint != "") print peer, endpoint >(name ".endpoints.new")
                wanted[peer] = 1
                if (moved && !number) print peer, endpoint >(name ".dial")
                if (new || live[peer] != shared "\t" sorted(allowed) "\t" alive || (moved && number)) {
                    print "[Peer]\nPublicKey = " peer >(name ".change")
                    # Said also where there is none: what is not said is kept.
                    print "PresharedKey = " (shared == "(none)" ? none : shared) >(name ".change")
                    print "AllowedIPs = " allowed >(name ".change")
                    print "PersistentKeepalive = " alive >(name ".change")
                    if (moved && number) print "Endpoint = " endpoint >(name ".change")
                }
            }
            BEGIN {
                none = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
                while ((getline line <(name ".endpoints")) > 0) {
                    split(line, part, " ")
                    declared[part[1]] = part[2]
                }
                while ((getline line <(name ".live")) > 0) {
                    split(line, part, "\t")
                    if (!device++) {
                        private = part[1]
                        port = part[3]
                        continue
                    }
                    gsub(/\(none\)/, "", part[4])
                    live[part[1]] = part[2] "\t" sorted(part[4]) "\t" part[8]
                }
            }
            $1 == "[Peer]" {
                finish()
                peer = ""; allowed = ""; endpoint = ""; shared = "(none)"; alive = "off"
            }
            $1 == "PrivateKey" && $3 != private { print "private-key" >(name ".device"); print $3 >(name ".key") }
            $1 == "ListenPort" && $3 != port { print "listen-port " $3 >(name ".device") }
            $1 == "PublicKey" { peer = $3 }
            $1 == "PresharedKey" { shared = $3 }
            $1 == "AllowedIPs" { sub(/^[^=]*= */, ""); allowed = $0 }
            $1 == "Endpoint" { endpoint = $3 }
            $1 == "PersistentKeepalive" { alive = $3 }
            END {
                finish()
                for (peer in live) if (!(peer in wanted)) print peer >(name ".gone")
            }
        ' "$1.conf"
    )
}

put_tunnels() {
    for file in "$source"/wireguard/*.conf; do
        [ -f "$file" ] || continue
        put_tunnel "$(basename "$file" .conf)" "$file" || return 1
    done
}

put_tunnel() {
    tunnel=$run/wg/$1
    join_keys "$2" "$list" >"$tunnel.conf"
    compare_tunnel "$1" || because "wg cannot read the interface $1" || return 1
    while read -r what value; do
        if [ "$what" = private-key ]; then value=$tunnel.key; fi
        try wg set "$1" "$what" "$value" || return 1
    done <"$tunnel.device"
    while read -r peer; do
        try wg set "$1" peer "$peer" remove || return 1
    done <"$tunnel.gone"
    if [ -s "$tunnel.change" ]; then
        try wg addconf "$1" "$tunnel.change" || return 1
    fi
    while read -r peer endpoint; do
        dial "$1" "$peer" "$endpoint"
    done <"$tunnel.dial"
    mv "$tunnel.endpoints.new" "$tunnel.endpoints"
    rm -f "$tunnel.key" "$tunnel.change" "$tunnel.live" "$tunnel.conf"
}

# A name that has no address now is no failure: `resolve` asks again.
dial() {
    WG_ENDPOINT_RESOLUTION_RETRIES=1 wg set "$1" peer "$2" endpoint "$3" 2>/dev/null || :
}

is_tunnel_live() {
    tunnel=$run/wg/$1
    join_keys "$generation/wireguard/$1.conf" "$2" >"$tunnel.conf"
    if ! compare_tunnel "$1" || [ -s "$tunnel.device" ] || [ -s "$tunnel.gone" ] || [ -s "$tunnel.change" ]; then
        because "the peers, port or key of $1 were changed"
        return 1
    fi
    rm -f "$tunnel.conf" "$tunnel.live"
}

# WireGuard asks for the address of a name once. Peers that have fallen silent are dialled anew where they
# are declared to be; one with a living session is where its packets come from, whatever is declared.
resolve() {
    if [ -d "$run/busy" ] || [ -e "$pending" ] || [ "$(in_force generation)" = none ]; then
        return 0
    fi
    if [ ! -f "$run/live" ]; then # at boot something was not there yet: a port, an address
        boot
        return
    fi
    now=$(date +%s)
    for name in $(list_owned); do
        wg show "$name" latest-handshakes 2>/dev/null >"$run/handshakes" || continue
        [ -f "$run/wg/$name.endpoints" ] || continue
        while read -r peer endpoint; do
            seen=$(awk -v peer="$peer" '$1 == peer { print $2 }' "$run/handshakes")
            if [ -n "$seen" ] && [ $((now - seen)) -gt "$silent_seconds" ]; then
                dial "$name" "$peer" "$endpoint"
            fi
        done <"$run/wg/$name.endpoints"
    done
}

# ---------------------------------------------------------------- lists of keys

# Takes the list on standard input: a word and a key a line. Words that the generation in force still uses
# stay, whatever the new list says: else a restart could not join them.
take_keys() {
    enter keys
    refuse_while_pending
    require_tools
    (
        umask 077
        sort -u >"$keys/.new" 2>/dev/null
    ) || refuse "the list of keys cannot be written: $(say_space "$keys")"
    trap 'rm -f "$keys/.new" "$keys/.words"; leave' EXIT
    if grep -Evq '^@(gateway|psk)/[A-Za-z0-9._/-]+ [A-Za-z0-9+/]{43}=$' "$keys/.new"; then
        refuse "the list of keys was damaged on its way here; send it again."
    fi
    # WireGuard would take them for one peer.
    twins=$(awk '/^@gateway/ { if ($2 in first) { print first[$2] " and " $1; exit } first[$2] = $1 }' "$keys/.new")
    [ -z "$twins" ] || refuse "$twins have one key: was the disk of a device copied? Remove the key file of one."
    former=$(in_force keys)
    used_words >"$keys/.words"
    if [ "$former" != none ]; then
        awk -v new="$keys/.new" -v words="$keys/.words" '
            BEGIN {
                while ((getline line <new) > 0) { split(line, part, " "); known[part[1]] = 1 }
                while ((getline line <words) > 0) used[line] = 1
            }
            ($1 in used) && !($1 in known)
        ' "$(list_file "$former")" >>"$keys/.new"
        (umask 077 && sort -o "$keys/.new" "$keys/.new")
    fi
    digest=$(digest_of "$keys/.new")
    mv "$keys/.new" "$keys/list-$digest" || refuse "the list of keys cannot be written: $(say_space "$keys")"
    flush
    if [ "$digest" = "$former" ] && is_unused_or_live; then
        say "current $digest"
    elif [ -s "$keys/.words" ] && ! same_for_words "$former" "$digest"; then
        say "staged $digest"
    else
        # Nothing that is in force names what is new: it waits for the text that does.
        adopt_list "$digest"
        say "kept $digest"
    fi
}

used_words() {
    generation=$(in_force generation)
    [ "$generation" != none ] || return 0
    cat "$etc/gen/$generation"/wireguard/*.conf 2>/dev/null | grep -o '@[a-z]*/[A-Za-z0-9._/-]*' |
        grep -v '^@private/' | sort -u
}

is_unused_or_live() {
    [ ! -s "$keys/.words" ] || is_live "$(in_force generation)" "$digest"
}

same_for_words() {
    while read -r word; do
        [ "$(key_of "$word" "$(list_file "$1")")" = "$(key_of "$word" "$(list_file "$2")")" ] || return 1
    done <"$keys/.words"
}

adopt_list() {
    { say "generation $(in_force generation)" && say "keys $1" && grep -Ev '^(generation|keys) ' "$confirmed" 2>/dev/null; } \
        >"$etc/.confirmed"
    mv "$etc/.confirmed" "$confirmed" || refuse "$confirmed cannot be written: $(say_space)"
    if [ -f "$run/live" ]; then
        sed -i "s/^keys .*/keys $1/" "$run/live"
    fi
    flush
    drop_lists
}

drop_lists() {
    for file in "$keys"/list-*; do
        [ "$file" = "$(list_file "$(in_force keys)")" ] || rm -f "$file"
    done
}

# Gives a device on which nothing is in force what its first files name: keys of its own, and in the place of
# other devices' keys that it does not know ones that nobody has. Their tunnels rest until the real keys come.
prepare() {
    enter prepare
    refuse_while_pending
    require_tools
    if [ "$(in_force generation)" != none ]; then
        say "current $(in_force generation)"
        exit 0
    fi
    recall_list
    trap 'rm -f "$keys/.new" "$keys/.words"; leave' EXIT
    (
        umask 077
        grep -o '@[a-z]*/[A-Za-z0-9._/-]*' | sort -u >"$keys/.words"
        while read -r word; do
            stand_in "$word" || exit 1
        done <"$keys/.words" >"$keys/.new"
    ) || refuse "no keys can be made: $(say_space)"
    kept=$(in_force keys)
    digest=$(digest_of "$keys/.new")
    mv "$keys/.new" "$keys/list-$digest" || refuse "the list of keys cannot be written: $(say_space "$keys")"
    # Until they are told, a run that was killed meanwhile leaves only this to know it by.
    if same_for_words "$kept" "$digest"; then
        rm -f "$keys/stand-ins"
    else
        (umask 077 && say "$digest" >"$keys/stand-ins")
    fi
    adopt_list "$digest"
    say "prepared $digest $kept"
}

stand_in() {
    known=$(key_of "$1" "$(list_file "$(in_force keys)")")
    if [ -n "$known" ] && [ "${1#@private/}" = "$1" ]; then
        say "$1 $known"
        return
    fi
    case $1 in
    @private/*)
        own=$keys/${1#@private/}.key
        [ -s "$own" ] || { wg genkey >"$own.new" && mv "$own.new" "$own"; }
        ;;
    @psk/*) shared=$(wg genpsk) && say "$1 $shared" ;;
    *) public=$(wg genkey | wg pubkey) && say "$1 $public" ;;
    esac
}
