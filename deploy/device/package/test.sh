#!/usr/bin/env bash
# Proves the package on bare systems: apt installs it, the program works for root and finds its
# models and records, an upgrade keeps config and events, a purge leaves nothing.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: test.sh PACKAGE.deb NEWER.deb [bookworm|trixie ...]     (needs root and mmdebstrap)

variables: ROOTS (/var/tmp/edge-pose-machines), where the bare systems are kept as .tar
TEXT
}

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'test.sh: %s\n' "$*" >&2
    exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
roots=${ROOTS:-/var/tmp/edge-pose-machines}
[[ $# -ge 2 ]] || { usage >&2 && exit 2; }
package=$1 newer=$2
shift 2
suites=("$@")
((${#suites[@]})) || suites=(bookworm trixie)
"$here/../needs.sh" test-deb root mmdebstrap=mmdebstrap

mounted=()
leave() {
    local i
    for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount "${mounted[i]}" || true; done
    mounted=()
}
trap 'leave' EXIT

enter() { # SUITE ROOT
    [[ -e $roots/$1.tar ]] || mmdebstrap --quiet --variant=apt --include=ca-certificates "$1" "$roots/$1.tar"
    rm -rf "$2" && mkdir -p "$2"
    tar -C "$2" -xf "$roots/$1.tar" --exclude './dev/*'
    mount -t proc proc "$2/proc" && mounted+=("$2/proc")
    mount --bind /dev "$2/dev" && mounted+=("$2/dev")
    cp /etc/resolv.conf "$2/etc/resolv.conf"
    printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d" && chmod +x "$2/usr/sbin/policy-rc.d"
    mkdir "$2/media/debs" && cp "$package" "$2/media/debs/edge-pose_1.deb" && cp "$newer" "$2/media/debs/edge-pose_2.deb"
}

run_suite() {
    local suite=$1 root=$roots/chroot-$1
    inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
    enter "$suite" "$root"
    say "$suite: apt install"
    inside apt-get -q update >/dev/null
    inside apt-get -q -y install --no-install-recommends /media/debs/edge-pose_1.deb >"$root.log" 2>&1 || { tail -20 "$root.log" && die "$suite: it does not install"; }
    tail -2 "$root.log"
    # From here on no network is needed.
    rm "$root/etc/resolv.conf"
    inside edge-pose --version
    inside edge-pose doctor --set camera.source=demo: || die "$suite: the doctor has found a failure"
    inside edge-pose models verify
    inside su -s /bin/sh edge-pose -c 'edge-pose check' >/dev/null
    [[ -e $root/usr/share/man/man1/edge-pose.1.gz && -L $root/etc/systemd/system/multi-user.target.wants/edge-pose.service ]]

    say "$suite: upgrade keeps config and events"
    printf '[camera]\nfps = 15\n' >"$root/etc/edge-pose/config.toml"
    install -d -o "$(inside id -u edge-pose)" "$root/var/lib/edge-pose"
    printf 'records\n' >"$root/var/lib/edge-pose/events.db"
    local before
    before=$(readlink "$root/opt/edge-pose/current")
    inside apt-get -q -y install /media/debs/edge-pose_2.deb >>"$root.log" 2>&1 || { tail -20 "$root.log" && die "$suite: it does not upgrade"; }
    [[ $(readlink "$root/opt/edge-pose/current") != "$before" ]] || die "the old release still runs"
    [[ $(readlink "$root/opt/edge-pose/previous") == "$before" ]] || die "the old release is gone"
    grep -q 'fps = 15' "$root/etc/edge-pose/config.toml" || die "the config is lost"
    grep -q records "$root/var/lib/edge-pose/events.db" || die "the events are lost"
    inside edge-pose --version

    say "$suite: remove keeps them, purge leaves nothing"
    inside apt-get -q -y remove edge-pose >>"$root.log" 2>&1
    [[ -e $root/etc/edge-pose/config.toml && -e $root/var/lib/edge-pose/events.db ]] || die "remove took config or events"
    inside apt-get -q -y purge edge-pose >>"$root.log" 2>&1
    local left
    left=$(find "$root/opt" "$root/etc" "$root/var/lib" "$root/usr" -iname '*edge-pose*' -not -path "$root/var/lib/dpkg/info/*" -not -path "$root/var/lib/systemd/deb-systemd-helper-*"  2>/dev/null || true)
    [[ -z $left ]] || die "left behind: $left"
    ! inside getent passwd edge-pose || die "the user is left"
    leave
    rm -rf "$root"
    say "$suite: passed"
}

for suite in "${suites[@]}"; do run_suite "$suite"; done
