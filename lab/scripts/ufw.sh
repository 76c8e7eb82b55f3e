#!/bin/sh
# Stands for Debian's ufw on a machine that somebody else has set up: rules in the tables that iptables makes,
# a file that says whether they are loaded at boot, and the three commands that matter.
set -eu

remember() {
    sed -i "s/^ENABLED=.*/ENABLED=$1/" /etc/ufw/ufw.conf
}

unload() {
    for table in "ip filter" "ip6 filter"; do
        # shellcheck disable=SC2086 # the two words are a family and a name
        nft delete table $table 2>/dev/null || : # not loaded
    done
}

case "${1:-}" in
enable)
    unload
    nft -f /etc/ufw/rules.nft
    remember yes
    echo "Firewall is active and enabled on system startup"
    ;;
disable)
    unload
    remember no
    echo "Firewall stopped and disabled on system startup"
    ;;
status)
    if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then echo "Status: active"; else echo "Status: inactive"; fi
    ;;
start) # what the init script does
    if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then
        nft -f /etc/ufw/rules.nft
    fi
    ;;
*)
    echo "ERROR: Invalid syntax" >&2
    exit 1
    ;;
esac
