#!/usr/bin/env bash
# What an installation leaves outside its own folder: the service's user and the first config.
# install.sh and the .deb share it.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: system.sh board              which kind of board this is: pi, snapdragon, arm or pc
       system.sh pi-os              succeeds on Raspberry Pi OS
       system.sh user SYSUSERS      make the service's user and groups
       system.sh config EXAMPLES    put the board's example config in place, unless there is one
       system.sh remove-user

variables: DESTDIR (stage below this folder), EDGE_POSE_MACHINE, EDGE_POSE_ARCH (another machine)
TEXT
}

DESTDIR=${DESTDIR:-}
machine=${EDGE_POSE_MACHINE:-}
etc=$DESTDIR/etc/edge-pose

board() {
    local tree=$machine/proc/device-tree
    if [[ -r $tree/model ]] && tr -d '\0' <"$tree/model" | grep -q 'Raspberry Pi'; then
        echo pi
    elif [[ -r $tree/compatible ]] && tr '\0' '\n' <"$tree/compatible" | grep -q '^qcom,'; then
        echo snapdragon
    elif [[ ${EDGE_POSE_ARCH:-$(dpkg --print-architecture)} == amd64 ]]; then
        echo pc
    else
        echo arm
    fi
}

# Pi OS brings picamera2 and libcamera in its own archive; plain Debian on a Pi does not.
pi_os() { [[ $(board) == pi && -e $machine/etc/rpi-issue ]]; }

# systemd-sysusers where there is one, else the same with the classic programs.
user() { # SYSUSERS
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$1"
        return
    fi
    local kind name second rest
    while read -r kind name second rest; do
        case $kind in
            g) getent group "$name" >/dev/null || groupadd --system "$name" ;;
            u)
                getent passwd "$name" >/dev/null || useradd --system --user-group --no-create-home \
                    --home-dir /var/lib/edge-pose --shell /usr/sbin/nologin "$name"
                ;;
            m)
                getent group "$second" >/dev/null || groupadd --system "$second"
                usermod --append --groups "$second" "$name"
                ;;
        esac
    done <"$1"
    return 0
}

example() {
    case $(board) in
        pi) echo picamera.toml ;;
        snapdragon) echo snapdragon.toml ;;
        *) echo usb.toml ;;
    esac
}

# Only root changes the config; the service reads it through its group, others do not: it may
# hold a broker's address and a user's name.
config() { # EXAMPLES
    install -d -m 0755 "$etc"
    install -d -m 0700 "$etc/credentials"
    if [[ -e $etc/config.toml ]]; then
        echo "config: $etc/config.toml is kept as it is"
    else
        install -m 0640 "$1/$(example)" "$etc/config.toml"
    fi
    [[ -n $DESTDIR ]] || ! getent group edge-pose >/dev/null || chgrp edge-pose "$etc/config.toml"
}

remove_user() {
    ! getent passwd edge-pose >/dev/null || userdel edge-pose
    ! getent group edge-pose >/dev/null || groupdel edge-pose
}

case ${1:-} in
    board) board ;;
    pi-os) pi_os ;;
    user) user "${2:?which sysusers file}" ;;
    config) config "${2:?which folder of examples}" ;;
    remove-user) remove_user ;;
    -h | --help) usage ;;
    *) usage >&2 && exit 2 ;;
esac
