#!/usr/bin/env bash
# Makes the disk of a guest that boots: Debian bookworm with systemd, its kernel (vivid, softdog),
# a broker and ssh for one key. Kept in MACHINES and made once.
# usage: image.sh amd64|arm64
set -euo pipefail

arch=${1:?amd64 or arm64}
machines=${MACHINES:-/var/tmp/edge-pose-machines}
root=$machines/root-$arch
made=$machines/.root-$arch.made
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$machines"
if [[ $arch == arm64 && $(dpkg --print-architecture) != arm64 ]]; then
    # shellcheck source-path=SCRIPTDIR source=../../deploy/device/arm64/emulation.sh
    source "$here/../../deploy/device/arm64/emulation.sh"
    enable_emulation
fi
if [[ ! -e $made ]]; then
    "$here/root.sh" "$arch" "$root"
    : >"$made"
fi
[[ -e $machines/key ]] || ssh-keygen -q -t ed25519 -N '' -C machines -f "$machines/key"

install -D -m 0600 "$machines/key.pub" "$root/root/.ssh/authorized_keys"
echo "edge-pose-$arch" >"$root/etc/hostname"
: >"$root/etc/fstab" # the kernel's command line says how / is mounted: nobody waits for udev
printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' >"$root/etc/systemd/network/guest.network"
printf 'nameserver 10.0.2.3\n' >"$root/etc/resolv.conf"
install -d "$root/etc/systemd/system/multi-user.target.wants"
ln -sfn /lib/systemd/system/systemd-networkd.service "$root/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
# A kernel that runs as a program is told its address by "ip=".
install -d "$root/etc/systemd/system/sysinit.target.wants"
ln -sfn /lib/systemd/system/systemd-network-generator.service "$root/etc/systemd/system/sysinit.target.wants/systemd-network-generator.service"
# What has no place in a guest, and takes an emulated one many seconds at each boot.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    e2scrub_reap.service systemd-random-seed.service systemd-update-utmp.service getty@tty1.service \
    systemd-logind.service user@.service systemd-pstore.service systemd-binfmt.service; do
    ln -sfn /dev/null "$root/etc/systemd/system/$unit"
done
# Nobody waits for logind at each ssh command.
sed -i '/pam_systemd/d' "$root"/etc/pam.d/common-session*
# A device in a car waits for no network, and one that is cut off has its log on the disk.
ln -sfn /dev/null "$root/etc/systemd/system/systemd-networkd-wait-online.service"
install -d "$root/etc/systemd/journald.conf.d" "$root/var/log/journal"
printf '[Journal]\nStorage=persistent\nSyncIntervalSec=5s\n' >"$root/etc/systemd/journald.conf.d/guest.conf"
printf 'listener 1883 127.0.0.1\nallow_anonymous true\n' >"$root/etc/mosquitto/conf.d/guest.conf"
printf 'UseDNS no\n' >"$root/etc/ssh/sshd_config.d/guest.conf"
rm -f "$root"/etc/ssh/ssh_host_*_key*
ssh-keygen -A -f "$root" >/dev/null

kernel=$(find "$root/boot" -name 'vmlinuz-*' | sort | tail -1)
cp "$kernel" "$machines/kernel-$arch"
cp "${kernel/vmlinuz/initrd.img}" "$machines/initrd-$arch"
rm -f "$machines/disk-$arch.img"
truncate -s 6G "$machines/disk-$arch.img"
mke2fs -q -t ext4 -L GUEST -d "$root" "$machines/disk-$arch.img"
echo "$machines/disk-$arch.img: $(du -h "$machines/disk-$arch.img" | cut -f1)"
