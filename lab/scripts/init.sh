#!/bin/sh
# Process 1 of a machine: gives it addresses, runs what it runs at boot, and reaps what nobody waits for.
# It stands for Debian's boot in this order: init scripts of level S, networking, sysctl.d, init scripts of
# level 2, sshd. A script that fails is noted on the console, and the boot goes on.
set -u

start_level() {
    for script in /etc/rc"$1".d/S*; do
        if [ -x "$script" ]; then
            "$script" start || echo "$script failed: $?"
        fi
    done
}

configure_network() {
    # A new network namespace copies the host's IPv4 settings. These are the ones of a fresh Debian.
    echo 0 >/proc/sys/net/ipv4/ip_forward
    for interface in all=0 default=2; do
        echo "${interface#*=}" >"/proc/sys/net/ipv4/conf/${interface%=*}/rp_filter"
    done
    ip -batch /lab/network
    for settings in /etc/sysctl.d/*.conf; do
        if [ -e "$settings" ]; then
            sysctl -q -p "$settings" || echo "$settings failed: $?"
        fi
    done
}

boot() {
    start_level S
    configure_network || return
    sh -eu /lab/boot || return
    start_level 2
    /usr/sbin/sshd -f /lab/sshd_config || return
    # sshd writes its number once it listens.
    until [ -e /run/sshd.pid ]; do sleep 0.01; done
}

if boot 3>&-; then
    echo booted >&3
else
    echo failed >&3
    exit 1
fi
exec 3>&-

while :; do
    sleep infinity &
    wait $!
done
