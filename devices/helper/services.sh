
# ---------------------------------------------------------------- dnsmasq

# Where the device has a service for it, la1r's options are a file that the service reads; else la1r runs it.
dnsmasq_kind() {
    if has_systemd && systemctl cat dnsmasq.service >/dev/null 2>&1; then
        say systemd
    elif [ -x "$root/etc/init.d/dnsmasq" ]; then
        say script
    else
        say own
    fi
}

drop_in() {
    say "$root/etc/dnsmasq.d/la1r.conf"
}

# dnsmasq reads leases and names again on SIGHUP, and its options only when it starts.
put_services() {
    if [ "$link" = none ]; then
        rm -f "$etc/current"
    else
        ln -sfn "gen/$link" "$etc/current" || because "$etc/current cannot be written" || return 1
    fi
    options=$etc/current/dnsmasq.conf
    if [ ! -f "$options" ]; then
        stop_dnsmasq
        return
    fi
    if ! is_dnsmasq_alive || [ "$(digest_of "$options")" != "$(cat "$run/dnsmasq.options" 2>/dev/null)" ]; then
        start_dnsmasq && digest_of "$options" >"$run/dnsmasq.options"
    elif [ "$(digest_leases)" != "$(cat "$run/dnsmasq.leases" 2>/dev/null)" ]; then
        reload_dnsmasq || because "dnsmasq cannot be told to read its files again" || return 1
    fi || return 1
    digest_leases >"$run/dnsmasq.leases"
}

digest_leases() {
    cat "$etc/current/dnsmasq.hosts" "$etc/current/dnsmasq.names" 2>/dev/null | sha256sum
}

# Where dnsmasq writes down which leases it gave out.
leases_file() {
    if [ "$(dnsmasq_kind)" = own ]; then
        say "$root/var/lib/la1r/dnsmasq.leases"
    else
        say "$root/var/lib/misc/dnsmasq.leases"
    fi
}

# One that has ended, and that nobody has taken notice of yet, has no command line any more.
own_pid() {
    pid=$(cat "$run/dnsmasq.pid" 2>/dev/null) || pid=$(find_own_dnsmasq) || return 1
    case $( (tr '\0' ' ' <"/proc/$pid/cmdline") 2>/dev/null) in
    *dnsmasq*) say "$pid" ;;
    *) return 1 ;;
    esac
}

# The one that reads our options, where the file with its number is gone.
find_own_dnsmasq() {
    for entry in /proc/[0-9]*; do
        case $( (tr '\0' ' ' <"$entry/cmdline") 2>/dev/null) in
        dnsmasq*" --conf-file=$etc/current/dnsmasq.conf "*) say "${entry#/proc/}" && return 0 ;;
        esac
    done
    return 1
}

is_dnsmasq_alive() {
    case $(dnsmasq_kind) in
    systemd) [ -L "$(drop_in)" ] && systemctl is-active --quiet dnsmasq.service ;;
    script) [ -L "$(drop_in)" ] && "$root/etc/init.d/dnsmasq" status >/dev/null 2>&1 ;;
    own) own_pid >/dev/null ;;
    esac
}

put_drop_in() {
    save_foreign "$(drop_in)"
    mkdir -p "$root/etc/dnsmasq.d" && ln -sfn "$etc/current/dnsmasq.conf" "$(drop_in)"
}

start_dnsmasq() {
    case $(dnsmasq_kind) in
    systemd) put_drop_in && try systemctl restart dnsmasq.service ;;
    script) put_drop_in && try "$root/etc/init.d/dnsmasq" restart ;;
    own)
        stop_dnsmasq
        try dnsmasq --conf-file="$options" --pid-file="$run/dnsmasq.pid" --dhcp-leasefile="$(leases_file)"
        ;;
    esac
}

reload_dnsmasq() {
    case $(dnsmasq_kind) in
    systemd) systemctl kill --signal=HUP dnsmasq.service ;;
    script) kill -HUP "$(cat "$root/run/dnsmasq/dnsmasq.pid")" ;;
    own) kill -HUP "$(own_pid)" ;;
    esac 2>/dev/null
}

stop_dnsmasq() {
    rm -f "$run/dnsmasq.options" "$run/dnsmasq.leases"
    if [ -L "$(drop_in)" ] && ! is_foreign "$(drop_in)"; then
        rm -f "$(drop_in)"
        case $(dnsmasq_kind) in
        systemd) try systemctl restart dnsmasq.service ;;
        script) try "$root/etc/init.d/dnsmasq" restart ;;
        esac
    fi
    pid=$(own_pid) || return 0
    kill "$pid" 2>/dev/null
    waited=0
    while holds_ports "$pid" && [ "$waited" -lt 50 ]; do
        waited=$((waited + 1))
        pause
    done
}

# Whoever ends loses its command line first, and its sockets later: they are gone when it is a zombie, or nothing.
holds_ports() {
    case $(sed -n 's/^State:[^A-Z]*//p' "/proc/$1/status" 2>/dev/null) in
    '' | Z* | X*) return 1 ;;
    esac
}

are_services_live() {
    [ "$(readlink "$etc/current")" = "gen/${generation##*/}" ] || because "the link $etc/current was changed" || return 1
    [ ! -f "$generation/dnsmasq.conf" ] || is_dnsmasq_alive || because "dnsmasq does not run"
}
