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

package() { # TREE VERSION NAME
    EDGE_POSE_VERSION=$2 SIGN_KEY=$machines/maker "$1/deploy/device/package/build.sh" --arch "$arch" "$folder"
    mv "$folder/edge-pose_$2_$arch.deb" "$folder/$3.deb"
    mv "$folder/edge-pose_$2_$arch.deb.sig" "$folder/$3.deb.sig"
}

# A release that installs and starts, but ends before it is ready.
broken=$machines/broken-$arch
rm -rf "$broken" && mkdir -p "$broken"
cp -r "$folder/tree" "$broken/tree"
printf 'raise SystemExit("broken on purpose")\n' >"$broken/tree/edge_pose/live/service.py"

# The first one fetches what the others need.
package "$tree" 0.0.1 0.0.1
"$tree/deploy/device/pack.sh" --release bookworm --board "$board" "$folder/parcel" &
jobs=($!)
package "$tree" 0.0.2 0.0.2 &
jobs+=($!)
package "$broken/tree" 0.0.3 broken &
jobs+=($!)
for job in "${jobs[@]}"; do wait "$job"; done

cp "$tree"/tests/machine/inside/* "$folder/"
rm -f "$machines/media-$arch.img"
truncate -s 1500M "$machines/media-$arch.img"
mke2fs -q -t ext4 -L MEDIA -d "$folder" "$machines/media-$arch.img"
