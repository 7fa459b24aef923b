#!/usr/bin/env bash
# Makes the disk that most proofs start from: the bare system with the package in it, installed by
# apt in a root of its own (at this machine's speed), with the demo clip for a camera.
# usage: installed.sh amd64|arm64
set -euo pipefail

arch=${1:?amd64 or arm64}
machines=${MACHINES:-/var/tmp/edge-pose-machines}
root=$machines/installed-$arch
rm -rf "$root"
cp -a "$machines/root-$arch" "$root"
trap 'umount "$root/proc/cpuinfo" "$root/proc" 2>/dev/null || true' EXIT
mount -t proc proc "$root/proc"
words=(PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive)
if [[ $arch == arm64 && $(dpkg --print-architecture) != arm64 ]]; then
    # shellcheck source-path=SCRIPTDIR source=../../deploy/device/arm64/emulation.sh
    source "$(dirname "${BASH_SOURCE[0]}")/../../deploy/device/arm64/emulation.sh"
    enable_emulation
    cpuinfo_of_a_pi >"$machines/cpuinfo-$arch"
    mount --bind "$machines/cpuinfo-$arch" "$root/proc/cpuinfo"
    words+=("QEMU_CPU=$QEMU_CPU")
fi

cp "$machines/media-$arch/0.0.1.deb" "$root/tmp/"
chroot "$root" /usr/bin/env -i "${words[@]}" apt-get -q -y install /tmp/0.0.1.deb >"$root.log" 2>&1 ||
    { tail "$root.log" && exit 1; }
rm "$root/tmp/0.0.1.deb"
MACHINES=$machines "$(dirname "${BASH_SOURCE[0]}")/config.sh" "$root" "$machines/media-$arch"
if mountpoint -q "$root/proc/cpuinfo"; then umount "$root/proc/cpuinfo"; fi
umount "$root/proc"
# Modules of the kernel that runs as a program, where it has been made.
if [[ $arch == amd64 && -d $machines/user-mode-modules ]]; then
    for folder in "$machines"/user-mode-modules/lib/modules/*; do
        cp -a "$folder" "$root/lib/modules/"
        chroot "$root" /sbin/depmod "$(basename "$folder")"
    done
fi

rm -f "$machines/installed-$arch.img"
truncate -s 6G "$machines/installed-$arch.img"
mke2fs -q -t ext4 -L GUEST -d "$root" "$machines/installed-$arch.img"
