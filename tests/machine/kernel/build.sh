#!/usr/bin/env bash
# Builds a kernel that runs as a program (User Mode Linux) from Debian's kernel source, with the
# devices of the proofs: vivid, gpio-sim, softdog. It boots the guests at this machine's own speed
# where KVM does not run. Made once; about nine minutes of one core.
# usage: build.sh ROOT        (a bookworm root that apt can fetch the source in)
set -euo pipefail

root=${1:?a bookworm root}
machines=${MACHINES:-/var/tmp/edge-pose-machines}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=linux-source-6.1
folder=$machines/kernel-source

mkdir -p "$folder"
if [[ ! -e $folder/$source/Makefile ]]; then
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -ec \
        "apt-get -q update >/dev/null; cd /tmp; rm -f $source*.deb; apt-get -q download $source"
    mv "$root"/tmp/$source*.deb "$folder/source.deb"
    dpkg-deb --fsys-tarfile "$folder/source.deb" | tar -C "$folder" -xf - "./usr/src/$source.tar.xz"
    tar -C "$folder" -xf "$folder/usr/src/$source.tar.xz"
    rm -rf "$folder/source.deb" "${folder:?}/usr"
fi

cd "$folder/$source"
export ARCH=um
make -s defconfig
scripts/kconfig/merge_config.sh -m .config "$here/user_mode.config" >/dev/null
make -s olddefconfig
make -s -j"$(nproc)" linux modules
rm -rf "$machines/user-mode-modules"
# The guest's own depmod lists them.
make -s modules_install INSTALL_MOD_PATH="$machines/user-mode-modules" DEPMOD=true
find "$machines/user-mode-modules" -type l -delete
strip --strip-debug -o "$machines/user-mode-linux" linux
