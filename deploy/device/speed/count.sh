#!/usr/bin/env bash
# Counts the instructions of each model and of a whole frame on an emulated Cortex-A72, for the
# speed estimate (make pi-estimate). Nothing is installed by emulation, which would take half an
# hour: Debian's arm64 packages and the aarch64 wheels of the device's lock are only unpacked.
#
#   count.sh OUT_DIR MODEL.tflite ...     writes OUT_DIR/counts.csv (name, times, instructions)
#
# ARM64_FLAT (/var/tmp/edge-pose-arm64/flat): where they are unpacked, once. PYTHON: with pip.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../arm64/emulation.sh
source "$here/../arm64/emulation.sh"
root=${ARM64_FLAT:-/var/tmp/edge-pose-arm64/flat}
python=${PYTHON:-python3}
out=$1
shift

unpack_system() {
    local scratch=$root.debs
    rm -rf "$scratch" "$root"
    mkdir -p "$root"
    debootstrap --foreign --arch=arm64 --variant=minbase --include=python3 \
        bookworm "$scratch" "${MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 ||
        { echo "count.sh: debootstrap failed, see $root.log" >&2 && exit 1; }
    for deb in "$scratch"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$deb" "$root"; done
    rm -rf "$scratch"
}

unpack_wheels() {
    local platform platforms=()
    for platform in 2_17 2_27 2_28 2_31; do platforms+=(--platform "manylinux_${platform}_aarch64"); done
    "$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
        --require-hashes --implementation cp --python-version 3.11 "${platforms[@]}" \
        --platform manylinux2014_aarch64 --dest "$root/wheels" -r "$here/../lock/py3.11.txt"
    for wheel in "$root"/wheels/*.whl; do "$python" -m zipfile -e "$wheel" "$root/site"; done
    rm -rf "$root/wheels"
    touch "$root/.ready"
}

count() {
    local version=2
    if qemu-aarch64 --version | grep -q 'version [1-8]\.'; then version=1; fi
    cc -O2 -shared -fPIC -DPLUGIN_VERSION=$version -o "$out/instructions.so" "$here/instructions.c"
    cpuinfo_of_a_pi >"$out/cpuinfo"
    # shellcheck disable=SC2016 # expanded by that shell. A mount of our own: the rest of the machine keeps its /proc/cpuinfo.
    unshare -m bash -c 'mount --bind "$1" /proc/cpuinfo && shift && exec "$@"' bash "$out/cpuinfo" \
        qemu-aarch64 -L "$root" -cpu cortex-a72 -E PYTHONHOME="$root/usr" \
        -E PYTHONPATH="$tree:$root/site" -E PYTHONDONTWRITEBYTECODE=1 -E PYTHONHASHSEED=0 \
        -E OPENBLAS_NUM_THREADS=1 \
        -d plugin -D "$out/marks.txt" -plugin "$out/instructions.so" \
        "$root/usr/bin/python3.11" "$here/repeat.py" "$@" | tee "$out/names.txt"
    {
        printf 'name,times,instructions\n'
        paste -d ' ' "$out/names.txt" <(paste -d ' ' - - <"$out/marks.txt") |
            awk '{ printf "%s,%s,%.0f\n", $1, $2, $4 - $3 }'
    } >"$out/counts.csv"
    rm -f "$out/instructions.so" "$out/cpuinfo" "$out/names.txt" "$out/marks.txt"
}

mkdir -p "$out"
if [[ ! -e $root/.ready ]]; then
    echo "unpacking an arm64 system and its wheels in $root (some minutes, once)"
    unpack_system && unpack_wheels
fi
count "$@"
