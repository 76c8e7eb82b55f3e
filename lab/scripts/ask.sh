#!/bin/sh
# Asks for an address by DHCP on the interface named first, and keeps the lease. Further arguments go to udhcpc:
# -f stays and asks until there is an answer, -n returns with one or, after ten seconds of silence
# (-t SECONDS), with 1.
set -eu
interface=$1
shift

if [ -e "/run/udhcpc.$interface" ]; then
    kill "$(cat "/run/udhcpc.$interface")" 2>/dev/null || : # it may have ended by itself
fi
rm -f "/run/lease.$interface"
# Options: -t tries, -T seconds between them, -A seconds before the next round.
exec busybox udhcpc -i "$interface" -s /lab/lease -p "/run/udhcpc.$interface" \
    -x "hostname:$(hostname)" -t 10 -T 1 -A 2 "$@"
