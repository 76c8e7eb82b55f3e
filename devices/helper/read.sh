
# ---------------------------------------------------------------- reading back

# Says what is in force, in the words of the generation's files: sections, each with a heading `== NAME`
# and its lines behind a blank. Changes nothing, and leaves no file. No private or shared key is said.
# Arguments: `dhcp` asks for other DHCP servers, `live` adds what changes by itself.
read_back() {
    generation=$etc/gen/$(in_force generation)
    list=$(list_file "$(in_force keys)")
    section state read_state
    section keys read_keys
    if [ -d "$generation" ]; then
        read_files
        section settings read_live_settings
        section interfaces read_interfaces
        section routes live_routes
        for name in $(list_interfaces "$generation"); do
            section "tunnel $name" read_tunnel "$name"
        done
        section rules list_rules
        section services read_services
        section boot read_hooks
    fi
    section foreign read_foreign
    for word in "$@"; do
        case $word in
        dhcp) section dhcp find_dhcp_servers ;;
        live) read_what_changes ;;
        esac
    done
    # A change that began meanwhile would make the rest a mixture.
    section end read_state
}

section() {
    say "== $1"
    shift
    "$@" 2>/dev/null | sed 's/^/ /'
}

read_state() {
    say "generation $(in_force generation)"
    say "keys $(in_force keys)"
    say "enforced $(value_in "$run/live" generation) $(value_in "$run/live" keys)"
    if is_held; then
        say "held $(value_in "$pending" operator | cut -d , -f 1)" "$left"
    fi
}

# The public halves of its own keys, and whether those of others are what it was told. What a tunnel has is
# what peers know, whatever became of the file.
read_keys() {
    for name in $(list_own_keys); do
        if public=$(live_public_key "$name" || wg pubkey <"$keys/$name.key"); then say "own $name $public"; fi
    done
    if can_recall_list; then told=$keys/kept; else told=$(list_file "$(in_force keys)"); fi
    if [ "$told" = /dev/null ] || [ "$(digest_of "$told")" = "$(cat "$keys/stand-ins")" ]; then
        say "others unknown"
    else
        say "others known"
    fi
}

list_own_keys() {
    for file in "$keys"/*.key "$generation"/wireguard/*.conf; do
        [ ! -s "$file" ] || say "$file"
    done | sed 's#.*/##; s/\.key$//; s/\.conf$//' | sort -u
}

read_files() {
    for file in $(cd "$generation" && find . -type f ! -name .list | sed 's#^\./##' | sort); do
        section "file $file" cat "$generation/$file"
    done
    section altered list_altered
    section recorded cat "$run/listed.nft"
    section record value_in "$run/live" rules
}

list_altered() {
    while read -r _ digest path; do
        [ "$(digest_of "$generation/$path")" = "$digest" ] || say "$path"
    done <"$generation/.list"
}

read_live_settings() {
    read_settings "$generation/sysctl.conf" | while read -r key _; do
        say "$key = $(setting "$key")"
    done
}

read_interfaces() {
    for name in $(list_interfaces "$generation"); do
        has_interface "$name" || continue
        describe_interface "$name"
        live_addresses "$name" | sed "s/.*/address & dev $name/"
        ip -o link show dev "$name" | grep -q '[<,]UP[,>]' || say "down $name"
    done
}

# A WireGuard interface as a generation's file would say it: words in the place of keys. A key that is not
# the one which its word stands for is another key, and no more is said of it.
read_tunnel() {
    wg show "$1" dump | awk -v file="$keys/$1.key" -v name="$1" -v list="$list" '
        function word_of(key) {
            return key in word ? word[key] : "(another key)"
        }
        BEGIN {
            FS = "\t"
            while ((getline line <list) > 0) {
                split(line, part, " ")
                word[part[2]] = part[1]
            }
            if ((getline line <file) > 0) word[line] = "@private/" name
        }
        NR == 1 {
            print "[Interface]"
            print "PrivateKey = " ($1 == "(none)" ? $1 : word_of($1))
            print "ListenPort = " $3
            next
        }
        {
            gsub(/,/, ", ", $4)
            print "[Peer]"
            print "PublicKey = " ($1 in word ? word[$1] : $1)
            if ($2 != "(none)") print "PresharedKey = " word_of($2)
            print "AllowedIPs = " ($4 == "(none)" ? "" : $4)
            print "Endpoint = " $3
            print "PersistentKeepalive = " $8
        }
    '
}

read_services() {
    say "current $(readlink "$etc/current")"
    [ -f "$generation/dnsmasq.conf" ] || return 0
    if is_dnsmasq_alive; then say "dnsmasq runs"; else say "dnsmasq does not run"; fi
}

read_hooks() {
    for file in $(list_own_paths); do
        if [ ! -e "$file" ]; then
            say "$file is missing"
        elif is_foreign "$file"; then
            say "$file is not la1r's"
        fi
    done
}

# Those that would drop what our rules accept, and those that have their say before them.
read_foreign() {
    grep -Eqs 'hook (input|forward)' "$generation/nftables.nft" || return 0
    firewall=
    if has_active_ufw; then
        firewall=ufw
        say "ufw"
    fi
    find_droppers | while read -r family name owner reason; do
        [ "$owner $firewall" = "ufw ufw" ] || say "table $family $name $reason"
    done
    legacy=$(find_legacy)
    [ -z "$legacy" ] || say "legacy $legacy"
}

# ---------------------------------------------------------------- other DHCP servers

# Interfaces on which this device gives out leases.
list_served() {
    awk -F = '
        $1 == "interface" { served[$2] = 1 }
        $1 == "no-dhcp-interface" { delete served[$2] }
        $1 == "dhcp-range" { gives = 1 }
        END { if (gives) for (name in served) print name }
    ' "$generation/dnsmasq.conf" | sort
}

# One DHCPDISCOVER on each served interface (RFC 2131, 4.4.1), from a socket that sees answers before any
# packet rule does. No offer is taken up, so no server keeps anything. What is sent comes not back to this
# device's own server, so whoever answers is another one.
find_dhcp_servers() {
    has perl || { say "unknown perl is not installed" && return; }
    # shellcheck disable=SC2046,SC2016 # names, numbers and addresses; the words are perl's
    set -- $(list_served | while read -r name; do
        ip -o link show dev "$name" | sed -n 's#^\([0-9]*\): .*link/ether \([0-9a-f:]*\).*#\1 \2#p' | sed "s/^/$name /"
    done)
    [ $# -gt 0 ] || return 0
    # shellcheck disable=SC2016 # the words are perl's
    perl -e '
        use strict;
        my ($packet_family, $datagram, $ip) = (17, 2, 0x0800);
        my $form = "S n l S C C a8";
        my $id = int(rand(2**32));
        my (%socket, %seen);
        while (my ($name, $index, $mac) = splice(@ARGV, 0, 3)) {
            socket(my $s, $packet_family, $datagram, unpack("S", pack("n", $ip))) or next;
            bind($s, pack($form, $packet_family, $ip, $index, 0, 0, 0, "")) or next;
            my $message = pack("C4 N n2 x16 a16 x192 N C3 C", 1, 1, 6, 0, $id, 0, 0x8000,
                pack("H*", $mac =~ tr/://dr), 0x63825363, 53, 1, 1, 255) . "\0" x 60;
            my $udp = pack("n4", 68, 67, 8 + length $message, 0) . $message;
            my @words = (0x4500, 20 + length $udp, 0, 0, 0x4011, 0, 0, 0, 0xffff, 0xffff);
            my $sum = 0;
            $sum += $_ for @words;
            $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
            $words[5] = ~$sum & 0xffff;
            send($s, pack("n10", @words) . $udp, 0,
                pack($form, $packet_family, $ip, $index, 0, 0, 6, "\xff" x 6)) or next;
            $socket{$name} = $s;
        }
        my $until = time + 4; # dnsmasq looks for 3 s whether an address is free before it offers it
        while ((my $left = $until - time) > 0) {
            my $mask = "";
            vec($mask, fileno($_), 1) = 1 for values %socket;
            select($mask, undef, undef, $left) > 0 or last;
            for my $name (sort keys %socket) {
                vec($mask, fileno($socket{$name}), 1) or next;
                my $from = recv($socket{$name}, my $got, 2048, 0) or next;
                my $size = 4 * (ord($got) & 15);
                my ($source, $target) = unpack("n2", substr($got, $size));
                next unless ord(substr($got, 9)) == 17 && $source == 67 && $target == 68;
                next unless unpack("N", substr($got, $size + 12)) == $id;
                my $server = join(".", unpack("C4", substr($got, 12)));
                my $mac = join(":", map { sprintf "%02x", $_ } unpack("C6", substr($from, 12)));
                print "server $server $mac $name\n" unless $seen{"$server $name"}++;
            }
        }
    ' "$@"
}

# ---------------------------------------------------------------- what changes by itself

read_what_changes() {
    section now date +%s
    for name in $(list_interfaces "$generation"); do
        [ -f "$generation/wireguard/$name.conf" ] || continue
        section "peers $name" read_peers "$name"
        section "public $name" wg show "$name" public-key
    done
    [ ! -f "$generation/dnsmasq.conf" ] || section leases cat "$(leases_file)"
    section weave list_weave_connections
}

# What Weave Net's router on this node says of its connections to others, where one answers: direction,
# address, and words that differ from version to version.
list_weave_connections() {
    fetch http://127.0.0.1:6784/status/connections | grep -E '^(->|<-) '
}

fetch() {
    if has curl; then curl -fs -m 3 "$1"; else wget -q -T 3 -O - "$1"; fi
}

# Each peer by its word, else by its public key: time of the last handshake, received, sent, endpoint.
read_peers() {
    wg show "$1" dump | awk -v list="$list" '
        BEGIN {
            while ((getline line <list) > 0) {
                split(line, part, " ")
                word[part[2]] = part[1]
            }
            FS = "\t"
        }
        NR > 1 { print ($1 in word ? word[$1] : $1), $5, $6, $7, $3 }
    '
}
