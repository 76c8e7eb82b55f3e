
# ---------------------------------------------------------------- what has to be right before

require_tools() {
    missing=
    for tool in awk cmp cut grep ip nft sed sha256sum sort tr; do
        has "$tool" || missing="$missing $tool"
    done
    if ! has_systemd && ! has setsid; then
        missing="$missing setsid"
    fi
    [ -z "$missing" ] || refuse "this device lacks the programs$missing. Install them, then run again."
}

# WireGuard refuses handshakes that are older than the last one it saw (whitepaper, section 5.1).
require_clock() {
    now=$(date +%s)
    apart=$((now > $1 ? now - $1 : $1 - now))
    if [ "$apart" -gt 86400 ]; then
        refuse "this device says that it is $(date -u '+%Y-%m-%d %H:%M') UTC, which is $((apart / 86400))" \
            "day(s) from the operator's clock. WireGuard peers would refuse it. Set its clock."
    fi
}

check_generation() {
    check_rules "$1"
    check_management "$1"
    check_foreign "$1"
    check_tunnels "$1"
    if [ -f "$1/dnsmasq.conf" ]; then
        has dnsmasq || refuse "this device lacks dnsmasq. Install dnsmasq-base, then run again."
        dnsmasq --test -C "$1/dnsmasq.conf" >"$run/errors" 2>&1 ||
            refuse "dnsmasq refuses its new options: $(tr '\n' ' ' <"$run/errors")"
    fi
}

check_rules() {
    nft -c -f "$1/nftables.nft" >"$run/errors" 2>&1 ||
        refuse "nft refuses the new rules: $(sed -n 1p "$run/errors")"
}

# Every rule set that drops by default must let the operator in from where this connection came.
check_management() {
    # shellcheck disable=SC2086 # the words are addresses and ports
    set -- "$1" ${SSH_CONNECTION:-}
    found=$(
        awk -v client="${2:-}" -v port="${5:-}" '
            function number(address, part) {
                split(address, part, ".")
                return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
            }
            # By doubling: busybox may come without powers.
            function holds(network, part, size, bits) {
                split(network, part, "/")
                size = 1
                for (bits = part[2] == "" ? 32 : part[2]; bits < 32; bits++) size *= 2
                return int(number(part[1]) / size) == int(number(client) / size)
            }
            function between(range, part) {
                split(range, part, "-")
                return port >= part[1] + 0 && port <= (part[2] == "" ? part[1] : part[2]) + 0
            }
            # The values after a word: one, or several in braces; none says that any will do.
            function values(line, word, list, rest, at) {
                at = index(line, " " word " ")
                if (!at) return 0
                rest = substr(line, at + length(word) + 2)
                if (substr(rest, 1, 1) == "{") rest = substr(rest, 2, index(rest, "}") - 2)
                else rest = substr(rest, 1, index(rest " ", " ") - 1)
                gsub(/[ ,]+/, " ", rest)
                sub(/^ /, "", rest)
                return split(rest, list, " ")
            }
            /^ *chain filter_input \{/ { inside = 1 }
            inside && /policy drop/ { drops = 1 }
            inside && / accept comment "management\// && !/ meta l4proto icmp / {
                line = " " $0
                sources = values(line, "ip saddr", source)
                ports = values(line, "tcp dport", listed)
                from = sources == 0
                for (i = 1; i <= sources; i++) {
                    all = all " " source[i]
                    if (client == "" || holds(source[i])) from = 1
                }
                to = ports == 0 || port == ""
                for (i = 1; i <= ports; i++) if (between(listed[i])) to = 1
                if (from && to) good = 1
            }
            inside && /^ *\}/ { inside = 0 }
            END { print (!drops || good) ? "open" : (all == "" ? "none" : "others" all) }
        ' "$1/nftables.nft"
    )
    case $found in
    open) ;;
    none) refuse "the new rules drop what is not named, and no management rule lets the operator in." ;;
    *) refuse "the new rules let the operator in from${found#others} alone, and this connection comes" \
        "from ${2:-an unknown address} to port ${5:-22}. You would be locked out." ;;
    esac
}

check_tunnels() {
    for file in "$1"/wireguard/*.conf; do
        [ -f "$file" ] || continue
        has wg || refuse "this device lacks wg. Install wireguard-tools, then run again."
        can_make_tunnels ||
            refuse "this device has neither WireGuard in its kernel nor wireguard-go. Install one of them."
        check_keys "$file" "$(list_file "$(in_force keys)")"
    done
}

can_make_tunnels() {
    has wireguard-go && return
    ip link add la1r-probe type wireguard 2>/dev/null && ip link delete la1r-probe
}

check_keys() {
    recall_key "$(tunnel_of "$1")"
    if ! grep -o '@[a-z]*/[A-Za-z0-9._/-]*' "$1" | sort -u | while read -r word; do
        [ -n "$(key_of "$word" "$2")" ] || { say "$word" && exit 1; }
    done >"$run/unknown"; then
        word=$(cat "$run/unknown")
        case $word in
        @private/*) refuse "$keys/${word#@private/}.key is missing: the command that makes it has not run here." ;;
        *) refuse "nothing is known about $word: the list of keys has not come here, or lacks it." ;;
        esac
    fi
}

# ---------------------------------------------------------------- what belongs to others

# What others load that would drop what our rules accept, one table a line with its first reason.
# The chains of kube-proxy and Weave Net are known and drop nothing that is declared.
find_droppers() {
    nft -s list ruleset 2>/dev/null | awk -v ours="$table" '
        { gsub(/"[^"]*"/, "") }
        /^table / { table = $2 " " $3; hooked = ""; first = ""; next }
        /^\tchain / { chain = $2; next }
        table == ours || table ~ /^(ip6|arp) / { next }
        /type filter hook (input|forward|prerouting|ingress)/ {
            hooked = 1
            if (/policy drop/ && first == "") first = chain " drops by default"
            next
        }
        chain !~ /^(KUBE|WEAVE)/ && /(^|[ \t])(drop|reject)([ \t,]|$)/ && first == "" {
            first = chain " drops packets"
        }
        /ufw/ { ufw[table] = 1 }
        /^}/ { if (hooked && first != "") print table, (ufw[table] ? "ufw" : "other"), first }
    '
}

has_active_ufw() {
    has ufw && ufw status 2>/dev/null | grep -q '^Status: active'
}

# Sets `tables` and `firewall`: what of others has to be out of force while this generation is in it.
find_foreign() {
    firewall='' tables=''
    grep -Eq 'hook (input|forward)' "$1/nftables.nft" || return 0
    if has_active_ufw; then firewall=ufw; fi
    find_droppers >"$run/droppers"
    tables=$(awk -v ufw="$firewall" '!(ufw && $3 == "ufw") { print $1, $2 }' "$run/droppers")
}

check_foreign() {
    find_foreign "$1"
    for file in $(list_own_paths); do
        if is_foreign "$file" && [ "$adopt" != yes ]; then
            refuse "$file is there already and is not la1r's. Move it away, or set adopt for this device."
        fi
    done
    if [ "$adopt" != yes ] && [ -n "$firewall" ]; then
        refuse "ufw is active here and would drop what the new rules accept. Set adopt for this device" \
            "(ufw is then disabled within the guarded change), or leave the device alone."
    fi
    if [ "$adopt" != yes ] && [ -n "$tables" ]; then
        refuse "the table $(awk -v ufw="$firewall" '!(ufw && $3 == "ufw") {
            table = $1 " " $2
            sub(/^[^ ]+ [^ ]+ [^ ]+ /, "")
            print table ", whose chain " $0
            exit
        }' "$run/droppers"), would drop what the new rules accept. Set adopt for this device, or leave it alone."
    fi
    check_legacy
    check_foreign_interfaces "$1"
    check_foreign_routes "$1"
}

# Whether nothing of others has to go out of force; else the reason is what.
is_alone() {
    [ -z "$firewall" ] || because "ufw was switched on" || return 1
    [ -z "$tables" ] || because "the table $(say "$tables" | sed -n 1p) would drop what the rules accept"
}

# Rules of iptables-legacy are no tables of nft: they cannot be saved and put back with ours.
find_legacy() {
    { has iptables-legacy-save && [ "$firewall" != ufw ]; } || return 0
    # Without a table's name it shows those that are there, and loads none.
    iptables-legacy-save 2>/dev/null | awk '
        /^:(INPUT|FORWARD) DROP/ || (/ -j (DROP|REJECT)/ && $2 !~ /^(KUBE|WEAVE)/) { print; exit }
    '
}

check_legacy() {
    found=$(find_legacy)
    [ -z "$found" ] || refuse "iptables-legacy holds '$found' here, which would drop what the new rules accept." \
        "Remove it by hand, or leave this device alone."
}

check_foreign_interfaces() {
    for name in $(list_interfaces "$1"); do
        if ! owns_interface "$name" && has_interface "$name" && ! has_our_key "$name" && [ "$adopt" != yes ]; then
            refuse "an interface $name is there already and is not la1r's. Remove it, or set adopt for this device."
        fi
    done
}

check_foreign_routes() {
    [ "$adopt" != yes ] || return 0
    ip -4 route show table main | awk -v ours="$protocol" '!($0 ~ " proto " ours "( |$)") { print $1 }' |
        sort -u >"$run/foreign-routes"
    read_routes "$1" | awk '{ print $1 }' | sort -u >"$run/wanted"
    minus "$run/wanted" "$run/foreign-routes" >"$run/free"
    taken=$(minus "$run/wanted" "$run/free" | sed -n 1p)
    [ -z "$taken" ] || refuse "a route to $taken is there already and is not la1r's. Remove it, or set adopt for this device."
}

is_foreign() {
    if [ -L "$1" ]; then
        case $(readlink "$1") in */la1r | */la1r/*) return 1 ;; esac
        return 0
    fi
    [ -e "$1" ] && ! grep -qs "$mark" "$1"
}

# Puts the file of somebody else aside, where a person finds it.
save_foreign() {
    if is_foreign "$1"; then
        mkdir -p "$etc/saved" && mv "$1" "$etc/saved/$(say "${1#"$root"/}" | tr / _)"
    fi
}
