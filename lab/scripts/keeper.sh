#!/bin/sh
# Holds one lab together: process 1 of a process namespace of its own, in which all machines run. When it ends,
# by a signal or because the program that made the lab is gone, the kernel ends everything inside.
# Arguments: the folder for the disks of machines.
set -eu

# A disk that is seen in this mount namespace alone vanishes with it.
mount -t tmpfs -o mode=0700 lab "$1"

# The bridges live here. They forward frames and speak no protocol themselves.
for setting in ipv6/conf/all/disable_ipv6=1 ipv6/conf/default/disable_ipv6=1 \
    bridge/bridge-nf-call-iptables=0 bridge/bridge-nf-call-ip6tables=0; do
    if [ -e "/proc/sys/net/${setting%=*}" ]; then
        echo "${setting#*=}" >"/proc/sys/net/${setting%=*}"
    fi
done

# This is still the host's /proc, so the number is the one the host knows.
read -r pid _ </proc/self/stat
echo "$pid"

# Standard input is a pipe that only the maker holds: its end is the maker's end.
exec >/dev/null 2>&1
read -r _ || :
