#!/usr/bin/env bash
# Makes a folder with everything that install.sh --offline needs: wheels for the board, and models.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: pack.sh [--release bookworm|trixie|jammy|noble] [--board pi|arm|snapdragon|pc] [--screen] DIR

  --release   what the board runs; decides its Python (bookworm)
  --board     the kind of board (pi)
  --screen    with the packages of the view on a screen
TEXT
}

die() {
    printf 'pack.sh: %s\n' "$*" >&2
    exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../.." && pwd)
PYTHON=${PYTHON:-python3}
release=bookworm board=pi screen=no parcel=''
while (($#)); do
    case $1 in
        --release) release=${2:?} && shift ;;
        --board) board=${2:?} && shift ;;
        --screen) screen=yes ;;
        -h | --help) usage && exit 0 ;;
        -*) usage >&2 && die "unknown option $1" ;;
        *) parcel=$1 ;;
    esac
    shift
done
[[ -n $parcel ]] || { usage >&2 && exit 2; }

case $release in
    bookworm) python=3.11 glibc=36 ;;
    noble) python=3.12 glibc=39 ;;
    trixie) python=3.13 glibc=41 ;;
    jammy) die "Ubuntu 22.04 has Python 3.10; edge_pose needs 3.11" ;;
    *) die "unknown release $release" ;;
esac
case $board in
    pi) machine=aarch64 extras=pi ;;
    arm | snapdragon) machine=aarch64 extras=gpiod ;;
    pc) machine=x86_64 extras='' ;;
    *) die "unknown board $board" ;;
esac
[[ $screen == no ]] || extras=${extras:+$extras,}screen

platforms=(--platform "manylinux2014_$machine")
for ((minor = 17; minor <= glibc; minor++)); do
    platforms+=(--platform "manylinux_2_${minor}_$machine")
done

mkdir -p "$parcel"
parcel=$(cd "$parcel" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/constraints.txt"
if [[ $release == bookworm && $board == pi ]]; then
    # apt's picamera2 there is built for numpy 1.
    printf '%s\n' 'numpy<2' 'opencv-python-headless<4.12' >"$scratch/constraints.txt"
fi

mkdir "$scratch/source"
cp -r "$source_tree/edge_pose" "$source_tree/pyproject.toml" "$source_tree/README.md" \
    "$source_tree/LICENSE" "$scratch/source/"
"$PYTHON" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$parcel" "$scratch/source"
wheel=$(find "$parcel" -name 'edge_pose-*.whl' -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2-)
"$PYTHON" -m pip download --quiet --disable-pip-version-check --dest "$parcel" --only-binary=:all: \
    --implementation cp --python-version "$python" "${platforms[@]}" \
    --constraint "$scratch/constraints.txt" "$wheel${extras:+[$extras]}"

"$PYTHON" -m pip download --quiet --disable-pip-version-check --dest "$scratch" --no-deps \
    --only-binary=:all: --python-version 3.12 --platform manylinux2014_x86_64 mediapipe==0.10.18
"$PYTHON" - "$parcel" "$scratch"/mediapipe-*.whl <<'PY'
import pathlib, sys, zipfile

parcel, wheel = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(wheel) as archive:
    for member in (
        "mediapipe/modules/face_detection/face_detection_short_range.tflite",
        "mediapipe/modules/face_landmark/face_landmark.tflite",
    ):
        (parcel / pathlib.PurePosixPath(member).name).write_bytes(archive.read(member))
PY

printf '%s: %s files, %s\n' "$parcel" "$(find "$parcel" -type f | wc -l)" "$(du -sh "$parcel" | cut -f1)"
