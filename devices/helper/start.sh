# What la1r runs on a Linux device: takes a set of files, checks it, puts it into force, and undoes that
# unless a connection that began afterwards confirms it. The parts of this script are in devices/helper/.
#
# /etc/la1r/gen/ID       the files of a generation, as they came
# /etc/la1r/current      link to the generation that devices' programs read
# /etc/la1r/confirmed    which generation and keys are in force; a restart goes back to these
# /etc/la1r/pending      the same of a change that nobody has confirmed yet; renamed, it is `confirmed`
# /etc/la1r/keys         private keys, and lists of what the key names in the files stand for
# /run/la1r              what a restart may forget: what was there before a change, joined keys
set -u
umask 022
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

self=$0
root=${LA1R_ROOT:-} # tests put a folder before every path
etc=$root/etc/la1r
run=$root/run/la1r
keys=$etc/keys
confirmed=$etc/confirmed
pending=$etc/pending
undo=$run/undo
mark="Written by la1r"

# Exit codes that the operator's side understands; 1 is a refusal or a failure, said in a sentence.
undone=3  # the change was taken back
held=75   # somebody else's change is not confirmed yet
busy=76   # another step is still at work: ask again
too_old=77 # this connection began before the change: make a new one

# In routes: marks those that are ours (rtnetlink(7), rtm_protocol; no routing program uses it).
protocol=108
table="inet la1r"
# Without a handshake for as long, WireGuard has given up on the session (REJECT_AFTER_TIME is 180 s).
silent_seconds=135
generations_kept=5

say() {
    printf '%s\n' "$*"
}

refuse() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The reason of a failure, kept for whoever can say what followed from it.
because() {
    printf '%s\n' "$*" >"$run/reason"
    return 1
}

reason() {
    cat "$run/reason" 2>/dev/null
}

# Runs a command; its own words become the reason. Keys are no words that anybody should read.
try() {
    if "$@" >/dev/null 2>"$run/errors"; then
        return 0
    fi
    because "$1 failed: $(hide_keys <"$run/errors" | tr -s '\n' ' ' | sed 's/^ *//; s/ *$//' | cut -c 1-400)"
}

hide_keys() {
    sed -e "s/\`[^']*'/[...]/g" -e 's#[A-Za-z0-9+/]\{42,43\}=\{0,1\}#[key]#g'
}

has() {
    command -v "$1" >/dev/null 2>&1
}

has_systemd() {
    [ -d "$root/run/systemd/system" ] && has systemctl
}

pause() {
    sleep 0.1 2>/dev/null || sleep 1 # some know whole seconds only
}

flush() {
    sync -f "$etc" 2>/dev/null || sync
}

digest_of() {
    sha256sum "$1" | cut -c 1-64
}

# When a process began, in ticks since the device started (proc_pid_stat(5), field 22).
start_of() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20
}

value_in() {
    sed -n "s/^$2 //p" "$1" 2>/dev/null
}

in_force() {
    value=$(value_in "$confirmed" "$1")
    say "${value:-none}"
}

# ---------------------------------------------------------------- one step at a time

enter() {
    make_folders
    waited=0
    until mkdir "$run/busy" 2>/dev/null; do
        holder=$(cat "$run/busy/process" 2>/dev/null)
        # Whoever made the folder a moment ago has not written its number yet.
        if { [ -n "$holder" ] || [ "$waited" -gt 20 ]; } && ! is_alive "$holder"; then
            clear_dead "$holder"
        fi
        waited=$((waited + 1))
        if [ "$waited" -gt 60 ]; then
            printf '%s\n' "another step of la1r (process ${holder%% *}) is at work here." >&2
            exit "$busy"
        fi
        pause
    done
    trap leave EXIT
    own "$1"
}

own() {
    say "$$ $(start_of $$) $1" >"$run/busy/process"
}

leave() {
    rm -rf "$run/busy"
}

is_alive() {
    [ -n "${1%% *}" ] && [ "$(start_of "${1%% *}")" = "$(say "$1" | cut -d ' ' -f 2)" ]
}

# Moved away first: of two that find the same dead holder, one alone may go on.
clear_dead() {
    mv "$run/busy" "$run/dead.$$" 2>/dev/null || return 0
    if [ "$(cat "$run/dead.$$/process" 2>/dev/null)" = "$1" ]; then
        rm -rf "$run/dead.$$"
    else
        mv "$run/dead.$$" "$run/busy" 2>/dev/null
    fi
}

make_folders() {
    for folder in "$etc" "$etc/gen" "$keys" "$run" "$run/wg" "$root/var/lib/la1r"; do
        if ! mkdir -p "$folder" 2>/dev/null; then
            refuse "$folder cannot be made: $(mkdir -p "$folder" 2>&1 | sed 's/.*: //')."
        fi
    done
    if ! chmod 700 "$keys" "$run" 2>/dev/null; then
        refuse "$keys cannot be closed to others: $(chmod 700 "$keys" "$run" 2>&1 | sed 's/.*: //')."
    fi
    if ! : >"$etc/.writable" 2>/dev/null; then
        refuse "$etc cannot be written to: $( (: >"$etc/.writable") 2>&1 | sed 's/.*: //')."
    fi
    rm -f "$etc/.writable"
}
