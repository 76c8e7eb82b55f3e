
# ---------------------------------------------------------------- a guarded change

# Puts a generation and a list of keys into force, to be undone in so many seconds unless confirmed.
# It works in a session of its own: when the change cuts the connection that asked for it, it still ends
# well or is undone. Returns when the outcome is known.
activate() {
    make_folders
    said=$run/said.$1
    detach sh "$self" change "$@" >"$said" 2>&1 </dev/null &
    wait $!
    code=$?
    if [ "$code" -eq 0 ] || [ "$code" -eq "$held" ]; then
        cat "$said"
    else
        cat "$said" >&2
    fi
    if [ "$code" -gt 128 ]; then
        say "the change was ended before it was done, and is undone." >&2
    fi
    rm -f "$said"
    exit "$code"
}

detach() {
    if has setsid; then exec setsid "$@"; else exec "$@"; fi
}

change() {
    token=$1 window=$4 adopt=$5 operator=$6
    enter change
    refuse_while_pending
    next_generation=$2 next_keys=$3
    [ "$next_generation" != same ] || next_generation=$(in_force generation)
    [ "$next_keys" != same ] || next_keys=$(in_force keys)
    if [ "$next_generation" = none ]; then
        plan_bare
    else
        plan_generation
    fi
    take_snapshot "$folder" || refuse "what is in force cannot be saved, so nothing was changed: $(reason)"
    [ "$next_generation" != none ] || tables=''
    write_pending || refuse "$pending cannot be written: $(say_space)"
    if ! arm "$window"; then
        go_back "no timer"
        refuse "no timer can be started on this device, so nothing was changed."
    fi
    if ! enforce "$folder" "$(list_file "$next_keys")" "$next_generation" careful; then
        cause=$(reason)
        go_back "failed"
        refuse "$cause. The device is as it was before.$(say_left_over)"
    fi
    record_live "$next_generation" "$next_keys"
    say "$token $(ticks_now)" >"$run/activated"
    pause # beyond that tick, so that whatever begins after the answer is seen to be later
    say "activated $next_generation"
}

plan_generation() {
    folder=$etc/gen/$next_generation
    is_whole "$folder" || refuse "the files of generation $next_generation are not here; run again."
    check_foreign "$folder"
    if [ "$(in_force generation) $(in_force keys)" = "$next_generation $next_keys" ] &&
        is_alone && is_live "$next_generation" "$next_keys"; then
        say "current $next_generation"
        exit 0
    fi
    carry_adopted
}

# What of others is out of force already, with what is to be.
carry_adopted() {
    tables=$({ value_in "$confirmed" table; say "$tables"; } | sed '/^$/d' | sort -u)
    [ -n "$firewall" ] || firewall=$(value_in "$confirmed" firewall)
}

write_pending() {
    {
        say "generation $next_generation"
        say "keys $next_keys"
        say "token $token"
        say "operator $operator"
        say "ends $(($(uptime_now) + window))"
        [ -z "$firewall" ] || say "firewall $firewall"
        say "$tables" | sed '/^$/d; s/^/table /'
    } >"$etc/.pending" && flush && mv "$etc/.pending" "$pending" && flush
} 2>/dev/null

uptime_now() {
    cut -d . -f 1 /proc/uptime
}

# A process that begins now knows best what time it is for processes.
ticks_now() {
    sed 's/.*) //' /proc/self/stat | cut -d ' ' -f 20
}

# Somebody else's change stands in the way until it is confirmed or undone. One that nothing will end any
# more is ended here: its timer did not outlive it, or the device was restarted without la1r's boot hook.
# Sets `left`, the seconds until it is undone. What nobody will undo any more holds nothing.
is_held() {
    [ -e "$pending" ] || return 1
    left=$(($(value_in "$pending" ends) - $(uptime_now)))
    [ "$left" -ge -5 ] && has_undo_for "$(value_in "$pending" token)"
}

# Without what was there before, going back would take everything away.
has_undo_for() {
    [ -s "$undo/complete" ] && [ "$(cat "$undo/complete")" = "$1" ]
}

refuse_while_pending() {
    [ -e "$pending" ] || return 0
    if ! is_held; then
        go_back "abandoned"
        return 0
    fi
    say "held $(value_in "$pending" token) $(value_in "$pending" operator) $left"
    exit "$held"
}

# Whether this device could be changed now: it answers, can write, and nobody else is at work.
answer_ready() {
    enter ready
    refuse_while_pending
    say "ready"
}

# ---------------------------------------------------------------- the timer

arm() {
    if has_systemd; then
        systemd-run --quiet --collect --unit="la1r-undo-$token" --on-active="$1" \
            --timer-property=AccuracySec=100ms /bin/sh "$self" undo "$token" timer 2>/dev/null
        return
    fi
    # shellcheck disable=SC2016 # the words are for the shell that waits
    detach sh -c 'sleep "$1" && exec sh "$2" undo "$3" timer' la1r-timer "$1" "$self" "$token" \
        </dev/null >/dev/null 2>&1 &
    say $! >"$run/timer"
    kill -0 $! 2>/dev/null
}

disarm() {
    if has_systemd; then
        systemctl stop "la1r-undo-$1.timer" 2>/dev/null
    elif [ "$why" != timer ]; then # else the timer would end itself here
        kill -TERM "-$(cat "$run/timer" 2>/dev/null)" 2>/dev/null
    fi
    rm -f "$run/timer"
}

# ---------------------------------------------------------------- what was there before

# A folder of the same form as a generation's, from what is live. Its last file says that it is whole.
take_snapshot() {
    rm -rf "$undo"
    (
        umask 077
        mkdir -p "$undo/wireguard" || exit 1
        touch "$run/interfaces" "$run/original"
        for file in interfaces original live listed.nft loaded.nft; do
            [ ! -f "$run/$file" ] || cp "$run/$file" "$undo/$file.before" || exit 1
        done
        # Rules that somebody changed come back as they were, and are no more what was loaded.
        [ "$(rules_digest)" = "$(value_in "$run/live" rules)" ] || rm -f "$undo/loaded.nft.before"
        save_rules && save_settings "$1" && save_interfaces "$1" && save_routes "$1" || exit 1
        [ "$firewall" != ufw ] || ! has_active_ufw || : >"$undo/ufw" || exit 1
        link=$(readlink "$etc/current") || link=none
        say "${link#gen/}" >"$undo/link" && say "$token" >"$undo/complete"
    )
}

save_rules() {
    {
        say "table $table"
        say "delete table $table"
        # shellcheck disable=SC2086 # a family and a name
        nft -s list table $table 2>/dev/null
        say "$tables" | while read -r family name; do
            [ -n "$name" ] || continue
            printf 'table %s %s\ndelete table %s %s\n' "$family" "$name" "$family" "$name"
            nft -s list table "$family" "$name" >"$undo/table-$family-$name" 2>/dev/null
            cat "$undo/table-$family-$name"
        done
    } >"$undo/nftables.nft"
    try nft -c -f "$undo/nftables.nft"
}

save_settings() {
    { read_settings "$1/sysctl.conf"; read_settings "$run/original"; } | cut -d ' ' -f 1 | sort -u >"$undo/names"
    while read -r key; do
        say "$key = $(setting "$key")"
    done <"$undo/names" >"$undo/sysctl.conf"
}

save_interfaces() {
    { list_interfaces "$1"; list_owned; } | sort -u >"$undo/names"
    while read -r name; do
        has_interface "$name" || continue
        describe_interface "$name"
        live_addresses "$name" | sed "s/.*/address & dev $name/"
        if wg show "$name" listen-port >/dev/null 2>&1; then
            wg showconf "$name" >"$undo/wireguard/$name.conf" 2>/dev/null || because "wg cannot read $name." || exit 1
            [ ! -f "$run/wg/$name.endpoints" ] || cp "$run/wg/$name.endpoints" "$undo/$name.endpoints"
        fi
    done <"$undo/names" >"$undo/addresses"
}

# Ours, and those of others that the new ones take the place of; `ip` leaves out the protocol `boot`.
save_routes() {
    read_routes "$1" | awk '{ print $1 }' | sort -u >"$undo/names"
    ip -4 route show table main | sed 's/ linkdown//; s/ dead//' | awk -v names="$undo/names" -v ours="$protocol" '
        BEGIN { while ((getline line <names) > 0) wanted[line] = 1 }
        !/ proto / { $0 = $0 " proto boot" }
        ($0 " ") ~ (" proto " ours " ") || ($1 in wanted)
    ' >"$undo/routes"
}

restore() {
    # A firewall that was out of force before the change is so again.
    tables='' firewall=$(value_in "$confirmed" firewall)
    enforce "$undo" /dev/null "$(cat "$undo/link")" anyway
    back=$?
    for file in interfaces original live listed.nft; do
        if [ -f "$undo/$file.before" ]; then
            cp "$undo/$file.before" "$run/$file"
        else
            rm -f "$run/$file"
        fi
    done
    for file in "$undo"/*.endpoints; do
        [ ! -f "$file" ] || cp "$file" "$run/wg/"
    done
    # The kernel may list the same sets in another order now.
    if [ -f "$undo/loaded.nft.before" ] && [ -f "$run/live" ]; then
        list_rules >"$run/listed.nft"
        sed -i "s/^rules .*/rules $(digest_of "$run/listed.nft")/" "$run/live"
        cp "$undo/loaded.nft.before" "$run/loaded.nft"
    fi
    return "$back"
}

# Takes the change back. The end of `pending` is the moment from which it never was.
go_back() {
    why=$1 taken_back=$(value_in "$pending" token)
    : >"$run/left-over"
    if has_undo_for "$taken_back" && ! restore; then
        tr '\n' ' ' <"$run/failures" >"$run/left-over"
    fi
    say "$taken_back $why $(cat "$run/left-over")" >"$etc/last" 2>/dev/null
    rm -f "$pending" "$run/activated"
    flush
    disarm "$taken_back"
    rm -rf "$undo"
}

say_left_over() {
    [ ! -s "$run/left-over" ] || say " But on the way back: $(cat "$run/left-over")"
}

undo_change() {
    token=$1 why=$2
    make_folders
    stop_change
    enter undo
    if [ "$(value_in "$pending" token)" = "$token" ]; then
        go_back "$why"
        say "undone$(say_left_over)"
    else
        say "gone"
    fi
}

# A change that still works is ended; a step that only looks or confirms is given time to end.
stop_change() {
    waited=0
    while holder=$(cat "$run/busy/process" 2>/dev/null) && is_alive "$holder"; do
        if [ "${holder##* }" = change ] || [ "$waited" -gt 50 ]; then
            kill -KILL "-${holder%% *}" 2>/dev/null || kill -KILL "${holder%% *}" 2>/dev/null
        fi
        waited=$((waited + 1))
        pause
    done
}

# ---------------------------------------------------------------- confirming

# Called over a connection that proves that one can still be made.
confirm() {
    token=$1
    make_folders
    if [ "$(value_in "$confirmed" token)" = "$token" ]; then # its answer was lost on the way
        say "confirmed $(in_force generation)"
        exit 0
    fi
    enter confirm
    if [ "$(value_in "$pending" token)" != "$token" ]; then
        say_how_it_ended >&2
        exit "$undone"
    fi
    activated=$(value_in "$run/activated" "$token")
    [ -n "$activated" ] || exit "$busy"
    started=$(connection_start) || refuse "this step was not started over SSH, so it proves nothing."
    if [ "$started" -le "$activated" ]; then
        say "this connection began before the change, so it does not show that a new one gets in." >&2
        exit "$too_old"
    fi
    next_generation=$(value_in "$pending" generation) next_keys=$(value_in "$pending" keys)
    if [ "$next_generation" != none ] && ! is_live "$next_generation" "$next_keys"; then
        found=$(reason)
        go_back "not as declared"
        refuse "after the change, $found. The device is as it was before.$(say_left_over)"
    fi
    commit
    say "confirmed $next_generation"
}

# One rename decides: before it a restart goes back, after it forward.
commit() {
    [ "$next_generation" != none ] || keep_list
    mv "$pending" "$confirmed" || refuse "$confirmed cannot be written: $(say_space)"
    flush
    why=confirmed
    disarm "$token"
    [ "$next_generation" = none ] || keep_adopted
    rm -rf "$undo" "$run/activated"
    [ "$next_generation" != none ] || return 0
    touch "$etc/gen/$next_generation"
    # shellcheck disable=SC2012 # names are made of hexadecimal digits
    ls -t "$etc/gen" | sed "1,${generations_kept}d" | while read -r old; do
        [ "$old" = "$next_generation" ] || rm -rf "$etc/gen/$old"
    done
    drop_lists
    keep_resolving
}

say_how_it_ended() {
    read -r ended why left_over <"$etc/last" 2>/dev/null || ended=
    if [ "$ended" != "$token" ]; then
        say "the device knows nothing of this change any more."
        return
    fi
    case $why in
    timer*) say "no new connection got in, so the device undid the change by itself. $left_over" ;;
    restart*) say "the device was restarted before the change was confirmed, so it went back. $left_over" ;;
    *) say "the change was undone ($why). $left_over" ;;
    esac
}

# When the connection began that this process serves: the oldest SSH server among its ancestors that is not
# the one which listens for all. A later one, forked after the login, would make an old connection look new.
connection_start() {
    process=$$ servers=
    while [ "${process:-0}" -gt 1 ]; do
        case $(cat "/proc/$process/comm" 2>/dev/null) in
        sshd* | dropbear*) servers="$process $servers" ;;
        esac
        process=$(sed 's/.*) //' "/proc/$process/stat" 2>/dev/null | cut -d ' ' -f 2)
    done
    # shellcheck disable=SC2086 # process numbers
    set -- $servers
    [ $# -gt 0 ] || return 1
    if [ $# -gt 1 ] && is_listener "$1"; then shift; fi
    start_of "$1"
}

# OpenSSH calls a process that serves a connection `sshd: USER...` or `sshd-session: USER...`.
is_listener() {
    case $(tr '\0' ' ' <"/proc/$1/cmdline") in
    *'[listener]'*) return 0 ;;
    sshd*:*) return 1 ;;
    esac
}
