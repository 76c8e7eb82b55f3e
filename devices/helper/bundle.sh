
# ---------------------------------------------------------------- a set of files arrives

# Takes the text on standard input apart. Its form is described in render/files.py: one line about the
# set, then for each file one line about it and exactly as many lines of content as that says.
stage() {
    id=$1 adopt=$2 clock=$3
    enter stage
    refuse_while_pending
    new=$etc/gen/.new
    rm -rf "$etc/gen"/.new*
    trap 'rm -rf "$new" "$new.text"; leave' EXIT
    require_tools
    require_clock "$clock"
    recall_list
    receive
    unpack
    require_generation "$new" "$id"
    check_generation "$new"
    put_hooks
    keep "$id"
    if is_current "$id"; then
        say "current $id"
    else
        say "staged $id"
        [ "$(in_force generation)" != "$id" ] || reason >&2
    fi
}

receive() {
    if ! cat >"$new.text" 2>/dev/null; then
        refuse "the files cannot be written to $etc/gen: $(say_space "$etc/gen")"
    fi
    size=$(wc -c <"$new.text")
    # Unpacked files take as much again, and a change writes a little more.
    if [ "$(free_space "$etc/gen")" -lt $((size / 512 + 256)) ]; then
        refuse "there is no room for the files: $(say_space "$etc/gen")"
    fi
}

# A folder of ours may be on a disk of its own.
free_space() {
    df -Pk "${1:-$etc}" | awk 'NR == 2 { print $4 }'
}

say_space() {
    say "$(free_space "${1:-$etc}") kB are free under ${1:-$etc}."
}

unpack() {
    list=$new/.list
    mkdir -p "$new" || refuse "$new cannot be made."
    # First the lines about files, so that no name is used before it was looked at.
    if ! awk '
        NR == 1 { if (!/^la1r bundle 1 generation [0-9a-f]+ files [0-9]+$/) exit 1; files = $7; next }
        left > 0 { left--; next }
        !/^==== [A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)* mode 0(600|644|755) lines [0-9]+ sha256 [0-9a-f]+$/ { exit 1 }
        { print $4, $8, $2; left = $6; seen++ }
        END { if (left > 0 || seen != files) exit 1 }
    ' "$new.text" >"$list"; then
        refuse "the text was cut off or damaged on its way here; send it again."
    fi
    while read -r mode digest path; do
        case $path in
        */*) mkdir -p "$new/${path%/*}" ;;
        esac
        : >"$new/$path"
        chmod "$mode" "$new/$path"
    done <"$list"
    awk -v folder="$new" '
        NR == 1 { next }
        left > 0 { print >file; left--; next }
        { if (file) close(file); file = folder "/" $2; left = $6 }
    ' "$new.text" 2>/dev/null || refuse "the files cannot be written to $etc/gen: $(say_space "$etc/gen")"
}

# Whether a folder holds exactly what its list says, and the list is what the name stands for.
require_generation() {
    while read -r mode digest path; do
        if [ "$(digest_of "$1/$path")" != "$digest" ]; then
            refuse "$path did not arrive as it was sent; send it again. Under $etc/gen, $(free_space "$etc/gen") kB are free."
        fi
    done <"$1/.list"
    if [ "$(name_of "$1")" != "$2" ]; then
        refuse "the files are not those of generation $2; send them again."
    fi
}

name_of() {
    { say "la1r renderer 1" && cat "$1/.list"; } | sha256sum | cut -c 1-64
}

is_whole() {
    [ -f "$1/.list" ] || return 1
    while read -r mode digest path; do
        [ "$(digest_of "$1/$path" 2>/dev/null)" = "$digest" ] || return 1
    done <"$1/.list"
}

keep() {
    place=$etc/gen/$1
    if ! is_whole "$place"; then
        if [ "$(in_force generation)" = "$1" ]; then
            : >"$run/altered"
            # dnsmasq has perhaps read what was here.
            cmp -s "$new/dnsmasq.conf" "$place/dnsmasq.conf" || rm -f "$run/dnsmasq.options"
            rm -f "$run/dnsmasq.leases"
        fi
        rm -rf "$place"
        flush # the content is on the disk before its name is
        mv "$new" "$place" || refuse "$place cannot be written."
        flush
    fi
}

is_current() {
    [ "$(in_force generation)" = "$1" ] && is_alone && is_live "$1" "$(in_force keys)"
}
