
# ---------------------------------------------------------------- giving the device back

# A folder of the same form as a generation's, in which there is nothing of ours, and again what was put out
# of force for us: the device as it was before the first generation.
make_bare() {
    rm -rf "$run/bare" && mkdir -p "$run/bare/wireguard" || return 1
    : >"$run/bare/addresses" && : >"$run/bare/sysctl.conf" || return 1
    {
        say "table $table"
        say "delete table $table"
        value_in "$confirmed" table | while read -r family name; do
            # One that came back by itself is not doubled.
            nft list table "$family" "$name" >/dev/null 2>&1 || cat "$(saved_table "$family" "$name")" 2>/dev/null
        done
    } >"$run/bare/nftables.nft"
    cat "$etc/saved/routes" >"$run/bare/routes" 2>/dev/null
    [ "$(value_in "$confirmed" firewall)" != ufw ] || : >"$run/bare/ufw"
}

# Nothing has to be undone where nothing is in force: what is left over is taken away by `forget`.
plan_bare() {
    if [ "$(in_force generation)" = none ]; then
        say "current none"
        exit 0
    fi
    folder=$run/bare firewall='' tables=$(value_in "$confirmed" table)
    make_bare || refuse "$run cannot be written, so nothing was changed."
}

saved_table() {
    say "$etc/saved/table-$1-$2.nft"
}

# What a confirmed change put out of force is kept for the day on which the device is given back.
keep_adopted() {
    mkdir -p "$etc/saved"
    value_in "$confirmed" table | while read -r family name; do
        [ ! -s "$undo/table-$family-$name" ] || cp "$undo/table-$family-$name" "$(saved_table "$family" "$name")"
    done
    grep -v " proto $protocol\( \|\$\)" "$undo/routes" >>"$etc/saved/routes"
    sort -u -o "$etc/saved/routes" "$etc/saved/routes"
} 2>/dev/null

forget() {
    enter forget
    refuse_while_pending
    [ "$(in_force generation)" = none ] || refuse "a generation is in force here, so nothing was taken away."
    give_back
    say "forgotten"
}

# What is known of others' keys outlives the device's time here, as its own keys do: nobody sends it again
# before it changes, for to an engine nothing has.
keep_list() {
    last=$(list_file "$(in_force keys)")
    [ -f "$last" ] || return 0
    (umask 077 && cp "$last" "$keys/.kept") && mv "$keys/.kept" "$keys/kept"
}

can_recall_list() {
    [ -f "$keys/kept" ] && [ "$(in_force generation) $(in_force keys)" = "none none" ]
}

recall_list() {
    can_recall_list || return 0
    digest=$(digest_of "$keys/kept")
    mv "$keys/kept" "$keys/list-$digest" || refuse "the list of keys cannot be written: $(say_space "$keys")"
    adopt_list "$digest"
}

# Takes away what starts at boot, and all files but keys: with them the same tunnels can be made again.
# Whatever of others stood where ours do is put back.
give_back() {
    keep_list
    if has_systemd; then
        systemctl --quiet disable --now la1r-resolve.timer la1r.service la1r-early.service 2>/dev/null
    else
        kill -TERM "-$(cat "$run/resolver" 2>/dev/null)" 2>/dev/null
    fi
    for file in $(list_own_paths); do
        is_foreign "$file" || rm -f "$file"
        aside=$etc/saved/$(say "${file#"$root"/}" | tr / _)
        [ -e "$file" ] || [ ! -e "$aside" ] || mv "$aside" "$file"
    done
    ! has_systemd || systemctl daemon-reload
    (cd "$etc" && rm -rf gen saved bin current confirmed last)
    rm -rf "$root/var/lib/la1r"
    rm -f "$keys"/list-*
    rmdir "$keys" "$etc" 2>/dev/null
    flush
    rm -rf "$run"
}
