#!/bin/sh
# Does what udhcpc tells: its argument is the event, its environment the lease.
set -eu
: "${interface:?}"

case $1 in
deconfig)
    ip -4 address flush dev "$interface" scope global
    ;;
bound | renew)
    : "${ip:?}" "${mask:?}"
    ip address replace "$ip/$mask" dev "$interface"
    if [ -n "${router:-}" ]; then
        ip route replace default via "${router%% *}" dev "$interface"
    fi
    for server in ${dns:-}; do echo "nameserver $server"; done >/etc/resolv.conf
    echo "$ip/$mask ${serverid:-}" >"/run/lease.$interface"
    ;;
esac
