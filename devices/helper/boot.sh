
# ---------------------------------------------------------------- when the device starts

# Before the network: a change that nobody confirmed never was, and no interface is open without rules.
before_network() {
    enter boot
    forget_pending
    generation=$(in_force generation)
    if [ "$generation" != none ]; then
        nft -f "$etc/gen/$generation/nftables.nft"
    fi
}

forget_pending() {
    rm -f "$etc"/.pending "$etc"/.confirmed
    [ -e "$pending" ] || return 0
    if [ -n "$(value_in "$pending" firewall)" ] && [ -z "$(value_in "$confirmed" firewall)" ]; then
        say y | ufw enable >/dev/null 2>&1
    fi
    say "$(value_in "$pending" token) restart" >"$etc/last"
    rm -f "$pending"
    flush
}

boot() {
    enter boot
    forget_pending
    generation=$(in_force generation) known=$(in_force keys)
    [ "$generation" != none ] || exit 0
    tables=$(value_in "$confirmed" table) firewall=$(value_in "$confirmed" firewall)
    if enforce "$etc/gen/$generation" "$(list_file "$known")" "$generation" anyway; then
        record_live "$generation" "$known"
    fi
    keep_resolving
    [ ! -s "$run/failures" ] || refuse "la1r: $(tr '\n' ' ' <"$run/failures")"
}

# ---------------------------------------------------------------- being started, and asking again

list_own_paths() {
    if has_systemd; then
        for name in la1r-early.service la1r.service la1r-resolve.service la1r-resolve.timer; do
            say "$root/etc/systemd/system/$name"
        done
    else
        say "$root/etc/init.d/la1r"
        list_links
    fi
    [ "$(dnsmasq_kind)" = own ] || drop_in
}

# Early among the scripts of the system level, but after other firewalls; last among those of each runlevel.
list_links() {
    for link in rcS.d/S02la1r rc2.d/S99la1r rc3.d/S99la1r rc4.d/S99la1r rc5.d/S99la1r; do
        [ ! -d "$root/etc/${link%/*}" ] || say "$root/etc/$link"
    done
}

put_hooks() {
    if has_systemd; then
        put_units
    elif [ -d "$root/etc/rcS.d" ] && [ -d "$root/etc/rc2.d" ]; then
        put_script
    else
        refuse "la1r knows no way to start at boot here: there is neither systemd nor /etc/rcS.d and /etc/rc2.d."
    fi
}

# Writes standard input to a file unless it is so already; fails where nothing had to be done.
put_file() {
    cat >"$run/file"
    ! cmp -s "$run/file" "$1" || return 1
    save_foreign "$1"
    { cp "$run/file" "$1" && chmod "$2" "$1"; } 2>/dev/null || refuse "$1 cannot be written: $(say_space)"
}

put_script() {
    mkdir -p "$root/etc/init.d"
    put_file "$root/etc/init.d/la1r" 755 <<END
#!/bin/sh
# $mark: puts the generation in force again when the device starts.
### BEGIN INIT INFO
# Provides:          la1r
# Required-Start:    \$network \$remote_fs
# Required-Stop:
# Default-Start:     S 2 3 4 5
# Default-Stop:
# Short-Description: packet rules, tunnels, routes
### END INIT INFO
case "\${1:-}" in
start | restart | reload) ;;
*) exit 0 ;;
esac
case \$0 in
*/rcS.d/*) exec sh $etc/bin/la1r before-network ;;
*) exec sh $etc/bin/la1r boot ;;
esac
END
    for link in $(list_links); do
        [ "$(readlink "$link")" = ../init.d/la1r ] || {
            save_foreign "$link"
            ln -sfn ../init.d/la1r "$link" || refuse "$link cannot be written: $(say_space)"
        }
    done
}

put_units() {
    changed=
    put_file "$root/etc/systemd/system/la1r-early.service" 644 <<END && changed=yes
# $mark
[Unit]
Description=la1r: unconfirmed changes are forgotten, packet rules stand before the network
DefaultDependencies=no
After=local-fs.target ufw.service
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
ExecStart=/bin/sh $etc/bin/la1r before-network

[Install]
WantedBy=sysinit.target
END
    put_file "$root/etc/systemd/system/la1r.service" 644 <<END && changed=yes
# $mark
[Unit]
Description=la1r: the generation in force
After=network.target la1r-early.service nftables.service ufw.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $etc/bin/la1r boot

[Install]
WantedBy=multi-user.target
END
    put_file "$root/etc/systemd/system/la1r-resolve.service" 644 <<END && changed=yes
# $mark
[Unit]
Description=la1r: dials silent WireGuard peers anew
After=la1r.service

[Service]
Type=oneshot
ExecStart=/bin/sh $etc/bin/la1r resolve
END
    put_file "$root/etc/systemd/system/la1r-resolve.timer" 644 <<END && changed=yes
# $mark
[Unit]
Description=la1r: dials silent WireGuard peers anew, every half minute

[Timer]
OnBootSec=30
OnUnitActiveSec=30

[Install]
WantedBy=timers.target
END
    [ -n "$changed" ] || return 0
    systemctl daemon-reload
    systemctl --quiet enable la1r-early.service la1r.service la1r-resolve.timer ||
        refuse "systemd does not start la1r at boot: systemctl enable failed."
}

keep_resolving() {
    if has_systemd; then
        systemctl --quiet start la1r-resolve.timer 2>/dev/null
        return
    fi
    ! kill -0 "$(cat "$run/resolver" 2>/dev/null)" 2>/dev/null || return 0
    # shellcheck disable=SC2016 # the words are for the shell that waits
    detach sh -c 'while sleep 30; do sh "$1" resolve; done' la1r-resolver "$etc/bin/la1r" </dev/null >/dev/null 2>&1 &
    say $! >"$run/resolver"
}
