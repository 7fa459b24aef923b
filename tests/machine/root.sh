#!/usr/bin/env bash
# A Debian bookworm in a folder, with what a guest that boots needs. Of another architecture's
# packages this machine's own dpkg unpacks and orders all, and only their scripts are emulated.
# usage: root.sh amd64|arm64 ROOT
set -euo pipefail

arch=${1:?amd64 or arm64} root=${2:?a folder}
packages=(
    apt "linux-image-$arch" systemd systemd-sysv systemd-timesyncd udev dbus kmod iproute2 procps
    openssh-server python3 python3-venv gpiod alsa-utils v4l-utils sqlite3 curl
    mosquitto mosquitto-clients
)
include=$(printf '%s,' "${packages[@]}" | sed 's/,$//')
rm -rf "$root"
if [[ $arch == "$(dpkg --print-architecture)" ]]; then
    exec mmdebstrap --quiet --variant=apt --arch="$arch" --include="$include" bookworm "$root"
fi

mmdebstrap --quiet --variant=extract --arch="$arch" --skip=cleanup/apt/cache \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --include='?essential' --include="$include" bookworm "$root"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
# Its first picture of memory holds what qemu's board boots from, and not every driver there is:
# those it would look through by emulated scripts.
install -d "$root/etc/initramfs-tools/conf.d" "$root/usr/share/initramfs-tools/modules.d"
echo MODULES=list >"$root/etc/initramfs-tools/conf.d/guest"
printf '%s\n' virtio_pci virtio_blk ext4 >"$root/usr/share/initramfs-tools/modules.d/guest"
# Made here they need not be made by an emulated processor.
ssh-keygen -A -f "$root" >/dev/null

mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
of_the_root() { # DPKG'S WORDS
    env LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg --root="$root" \
        --force-architecture --force-depends --force-unsafe-io "$@" >>"$root.log" 2>&1 ||
        { tail "$root.log" && return 1; }
}
rm -f "$root.log"
of_the_root --unpack "$root"/var/cache/apt/archives/*.deb
of_the_root --configure -a
rm "$root"/var/cache/apt/archives/*.deb
