#!/usr/bin/env bash
# Makes the disk that guests read: packages of three versions (the last one broken on purpose), an
# offline parcel, this tree, and a key's signatures.
# usage: media.sh amd64|arm64
set -euo pipefail

arch=${1:?amd64 or arm64}
machines=${MACHINES:-/var/tmp/edge-pose-machines}
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$machines/media-$arch
board=pc
[[ $arch == amd64 ]] || board=arm
export PYTHON=${PYTHON:-python3} WHEELS=$machines/wheels

rm -rf "$folder"
mkdir -p "$folder/tree"
[[ -e $machines/maker ]] || ssh-keygen -q -t ed25519 -N '' -C maker -f "$machines/maker"
cp "$machines/maker.pub" "$folder/"
git -C "$tree" ls-files -z --cached --others --exclude-standard |
    tar -C "$tree" --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -C "$folder/tree" -xf -
"$tree/deploy/device/pack.sh" --release bookworm --board "$board" "$folder/parcel"
for version in 0.0.1 0.0.2; do
    EDGE_POSE_VERSION=$version SIGN_KEY=$machines/maker "$tree/deploy/device/package/build.sh" --arch "$arch" "$folder"
    mv "$folder/edge-pose_${version}_$arch.deb" "$folder/$version.deb"
    mv "$folder/edge-pose_${version}_$arch.deb.sig" "$folder/$version.deb.sig"
done
# A release that installs and starts, but ends before it is ready.
broken=$machines/broken-$arch
rm -rf "$broken" && mkdir -p "$broken"
cp -r "$folder/tree" "$broken/tree"
printf 'raise SystemExit("broken on purpose")\n' >"$broken/tree/edge_pose/live/service.py"
EDGE_POSE_VERSION=0.0.3 SIGN_KEY=$machines/maker "$broken/tree/deploy/device/package/build.sh" --arch "$arch" "$folder"
mv "$folder/edge-pose_0.0.3_$arch.deb" "$folder/broken.deb"
mv "$folder/edge-pose_0.0.3_$arch.deb.sig" "$folder/broken.deb.sig"
cp "$tree"/tests/machine/inside/* "$folder/"
rm -f "$machines/media-$arch.img"
truncate -s 1500M "$machines/media-$arch.img"
mke2fs -q -t ext4 -L MEDIA -d "$folder" "$machines/media-$arch.img"
