
# ---------------------------------------------------------------- verbs

# Makes this version, which came as /etc/la1r/bin/DIGEST, the one that is started at boot.
install_self() {
    [ "$(id -u)" = 0 ] || refuse "la1r needs root on a device; this login is $(id -un). Set manage.user to root."
    make_folders
    ln -sfn "$1" "$etc/bin/la1r" || refuse "$etc/bin/la1r cannot be written: $(say_space)"
    # A pending change keeps the version it was started with.
    # shellcheck disable=SC2012 # names are made of hexadecimal digits
    ls -t "$etc/bin" | sed '1,4d' | while read -r old; do
        case $old in
        la1r | "$1") ;;
        *) rm -f "$etc/bin/$old" ;;
        esac
    done
    say "installed $1"
}

main() {
    verb=${1:-}
    [ $# -eq 0 ] || shift
    case $verb in
    install) install_self "$@" ;;
    ready) answer_ready ;;
    stage) stage "$@" ;;
    keys) take_keys ;;
    prepare) prepare ;;
    activate) activate "$@" ;;
    change) change "$@" ;;
    confirm) confirm "$@" ;;
    undo) undo_change "$@" ;;
    forget) forget ;;
    before-network) before_network ;;
    boot) boot ;;
    resolve) resolve ;;
    read) read_back "$@" ;;
    *) refuse "la1r: no verb '$verb'" ;;
    esac
}

main "$@"
