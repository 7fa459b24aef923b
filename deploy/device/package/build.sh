#!/usr/bin/env bash
# Builds the Debian package of edge_pose for one architecture, for bookworm and trixie. The same
# commit gives the same bytes.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: build.sh [--arch amd64|arm64] OUT     (this machine's architecture)

variables: PYTHON (python3, with pip), WHEELS (a folder that keeps fetched packages),
           EDGE_POSE_VERSION (another version), SIGN_KEY (an ssh key: signs the package too)
TEXT
}

die() {
    printf 'build.sh: %s\n' "$*" >&2
    exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../../.." && pwd)
PYTHON=${PYTHON:-python3}
arch=$(dpkg --print-architecture) out=''
while (($#)); do
    case $1 in
        --arch) arch=${2:?} && shift ;;
        -h | --help) usage && exit 0 ;;
        -*) usage >&2 && die "unknown option $1" ;;
        *) out=$1 ;;
    esac
    shift
done
[[ -n $out ]] || { usage >&2 && exit 2; }
case $arch in
    amd64) board=pc ;;
    arm64) board=pi ;;
    *) die "no package for $arch: amd64 or arm64" ;;
esac

mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
lib=$root/usr/lib
payload=$lib/edge-pose/payload
umask 022

put() { install -D -m "${3:-0644}" "$1" "$2"; } # FROM TO [MODE]

WHEELS=${WHEELS:-} PYTHON=$PYTHON "$here/../pack.sh" --release all --board "$board" "$payload" >&2
version=$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$payload/release.json")
SOURCE_DATE_EPOCH=$(cd "$source_tree" && "$PYTHON" -m deploy.device.payload.identity . --epoch)
export SOURCE_DATE_EPOCH

for unit in edge-pose edge-pose-recover; do
    put "$source_tree/systemd/$unit.service" "$lib/systemd/system/$unit.service"
done
put "$source_tree/systemd/edge-pose-desktop.service" "$lib/systemd/user/edge-pose-desktop.service"
put "$source_tree/systemd/edge-pose.sysusers" "$lib/sysusers.d/edge-pose.conf"
put "$source_tree/systemd/60-edge-pose.rules" "$lib/udev/rules.d/60-edge-pose.rules"
put "$here/../releases.sh" "$root/opt/edge-pose/sbin/releases.sh" 0755
put "$here/edge-pose.bash" "$root/usr/share/bash-completion/completions/edge-pose"
put "$payload/bill.cdx.json" "$root/usr/share/doc/edge-pose/bill.cdx.json"
put "$here/copyright" "$root/usr/share/doc/edge-pose/copyright"
install -d "$root/usr/bin" "$root/usr/share/man/man1"
ln -s /opt/edge-pose/bin/edge-pose "$root/usr/bin/edge-pose"
gzip -9n <"$here/edge-pose.1" >"$root/usr/share/man/man1/edge-pose.1.gz"
gzip -9n <"$source_tree/CHANGELOG.md" >"$root/usr/share/doc/edge-pose/changelog.gz"

for script in postinst prerm postrm; do put "$here/$script" "$root/DEBIAN/$script" 0755; done
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$(du -sk --exclude DEBIAN "$root" | cut -f1)/" \
    "$here/control" >"$root/DEBIAN/control"
(cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z |
    xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
package=$out/edge-pose_${version}_$arch.deb
# The wheels are compressed already.
dpkg-deb --root-owner-group -Znone --build "$root" "$package" >&2
[[ -z ${SIGN_KEY:-} ]] || { rm -f "$package.sig" && ssh-keygen -q -Y sign -f "$SIGN_KEY" -n edge-pose "$package" >&2; }
printf '%s\n' "$package"
