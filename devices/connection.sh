# How the operator's side logs in to a device: read by devices/apply and devices/read.
#
# They say what did not happen in `failed`, and have a `folder` for files that last as long as they run.

no_connection=255 # exit code of ssh itself
dial_seconds=5

tell() {
    printf '%s: %s\n' "$device" "$*" >&2
}

fail() {
    tell "$@"
    exit 1
}

# Each becomes a line of ssh's configuration.
require_value() {
    case $2 in
    '') fail "$failed. $1 is not set: nothing says how to log in." ;;
    *[!A-Za-z0-9@._:/+=\ -]*) fail "$failed. $1 holds a character that has no place there." ;;
    esac
}

digest() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -c 1-64
}

require_way_in() {
    require_value LA1R_HOST "${LA1R_HOST:-}"
    require_value LA1R_PORT "${LA1R_PORT:-}"
    require_value LA1R_USER "${LA1R_USER:-}"
    require_value LA1R_HOST_KEY "${LA1R_HOST_KEY:-}"
    if [ -n "${LA1R_JUMP:-}" ]; then
        require_value LA1R_JUMP "$LA1R_JUMP"
        require_value LA1R_JUMP_HOST_KEY "${LA1R_JUMP_HOST_KEY:-}"
    fi
}

# ---------------------------------------------------------------- SSH

write_ssh_files() {
    printf 'device %s\n' "$LA1R_HOST_KEY" >"$folder/known"
    {
        printf 'Host *\n  HostName %s\n  Port %s\n  User %s\n' "$LA1R_HOST" "$LA1R_PORT" "$LA1R_USER"
        if [ -n "${LA1R_JUMP:-}" ]; then
            printf '  ProxyCommand ssh -F "%s" -W [%s]:%s jump\n' "$folder/jump" "$LA1R_HOST" "$LA1R_PORT"
        fi
        write_ssh_options device
    } >"$folder/config"
    if [ -n "${LA1R_JUMP:-}" ]; then
        printf 'jump %s\n' "$LA1R_JUMP_HOST_KEY" >>"$folder/known"
        target=${LA1R_JUMP#*@}
        {
            printf 'Host *\n  HostName %s\n  Port %s\n' "${target%:*}" "${target##*:}"
            printf '  User %s\n  ProxyJump none\n' "${LA1R_JUMP%%@*}"
            write_ssh_options jump
        } >"$folder/jump"
    fi
}

# The first value of an option counts, so nothing in the operator's own files loosens these.
write_ssh_options() {
    cat <<END
  HostKeyAlias $1
  UserKnownHostsFile "$folder/known"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  VerifyHostKeyDNS no
  UpdateHostKeys no
  CheckHostIP no
  ControlMaster no
  ControlPath none
  BatchMode yes
  ConnectTimeout $dial_seconds
  ServerAliveInterval 5
  ServerAliveCountMax 3
  ClearAllForwardings yes
  ForwardAgent no
  ForwardX11 no
  PermitLocalCommand no
  RemoteCommand none
  RequestTTY no
  LogLevel ERROR
Include ~/.ssh/config
Include /etc/ssh/ssh_config
END
}

why() {
    tr '\n' ' ' <"$folder/errors" | sed 's/ *$//'
}

why_no_connection() {
    case $(cat "$folder/errors") in
    *"Host key verification failed"* | *"REMOTE HOST IDENTIFICATION"*)
        echo "It answers with another host key than the description has. If it was replaced, write its new key there." ;;
    *"Permission denied"*)
        echo "It refuses the login of $LA1R_USER: is the key in your SSH agent (ssh-add -l)?" ;;
    *) echo "It cannot be reached: $(why)" ;;
    esac
}

# ---------------------------------------------------------------- the device's side

join_helper() {
    here=$(dirname "$0")/helper
    echo '#!/bin/sh'
    for part in start bundle checks live tunnels services guard strip boot read main; do
        cat "$here/$part.sh" || exit 1
    done
}
