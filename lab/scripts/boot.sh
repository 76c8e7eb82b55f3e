#!/bin/sh
# Turns fresh namespaces into a machine: lays the machine's disk over the host's, enters it, starts init.
# Arguments: host name, folder of the disk, capabilities to give up (in setpriv's words). Says its process
# number on standard output, then waits for a line on standard input: meanwhile the cables are plugged in.
# In the end init says "booted".
set -eu
name=$1 disk=$2 dropped=$3

exec 3>&1 >>"$disk/console" 2>&1

# This is still the host's /proc, so the number is the one the host knows.
read -r pid _ </proc/self/stat
echo "$pid" >&3
read -r _
exec </dev/null

mount -t overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" overlay "$disk/root"
cd "$disk/root"

mount -t tmpfs -o mode=0755 tmpfs dev
mkdir dev/net dev/pts dev/shm
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev
cp -a /dev/net/tun dev/net
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

mount -t tmpfs -o mode=0755 tmpfs run
mkdir run/sshd run/lock run/wireguard run/host
mount -t tmpfs -o mode=1777 tmpfs tmp

# Settings outside net/ have no namespace: they are the host's, so a machine may read them only.
mount -t sysfs -o ro sysfs sys
mount -t proc proc proc
mount --bind proc/sys/net run/host
mount -o bind,ro proc/sys proc/sys
mount --move run/host proc/sys/net
if [ -e proc/sysrq-trigger ]; then
    mount -o bind,ro proc/sysrq-trigger proc/sysrq-trigger
fi

hostname "$name"
pivot_root . run/host
cd /
umount -l run/host
rmdir run/host

exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    setpriv --bounding-set="$dropped" /lab/init
