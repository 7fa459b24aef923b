#!/usr/bin/env bash
# Makes a payload: a folder with all that a device needs and fetches no more: the program, its
# packages for the device's Python, models, units. `install.sh --offline`, the .deb and
# `edge-pose update --from` take it.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: pack.sh [--release bookworm|trixie|noble|all] [--board pi|arm|snapdragon|pc] [--bare] DIR

  --release   what the board runs; decides its Python (bookworm); all: bookworm and trixie
  --board     the kind of board (pi)
  --bare      only the program: packages come from the network when it is installed
  --models D  take the models from folder D where they are right

variables: PYTHON (python3, with pip), WHEELS (a folder that keeps fetched packages)
TEXT
}

die() {
    printf 'pack.sh: %s\n' "$*" >&2
    exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../.." && pwd)
PYTHON=${PYTHON:-python3}
release=bookworm board=pi bare=no have='' parcel=''
while (($#)); do
    case $1 in
        --release) release=${2:?} && shift ;;
        --board) board=${2:?} && shift ;;
        --models) have=${2:?} && shift ;;
        --bare) bare=yes ;;
        -h | --help) usage && exit 0 ;;
        -*) usage >&2 && die "unknown option $1" ;;
        *) parcel=$1 ;;
    esac
    shift
done
[[ -n $parcel ]] || { usage >&2 && exit 2; }

case $release in
    bookworm) pythons=(3.11) ;;
    noble) pythons=(3.12) ;;
    trixie) pythons=(3.13) ;;
    all) pythons=(3.11 3.13) ;;
    jammy) die "Ubuntu 22.04 has Python 3.10; edge_pose needs 3.11" ;;
    *) die "unknown release $release" ;;
esac
case $board in
    pi | arm | snapdragon) machine=aarch64 ;;
    pc) machine=x86_64 ;;
    *) die "unknown board $board" ;;
esac
# The oldest C library among the releases: bookworm's.
platforms=(--platform "manylinux2014_$machine")
for ((minor = 17; minor <= 36; minor++)); do platforms+=(--platform "manylinux_2_${minor}_$machine"); done

mkdir -p "$parcel"
parcel=$(cd "$parcel" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wheels=${WHEELS:-$scratch/wheels}
mkdir -p "$wheels" "$parcel/wheels"
export SOURCE_DATE_EPOCH PYTHONPATH=$source_tree PYTHONDONTWRITEBYTECODE=1
SOURCE_DATE_EPOCH=$("$PYTHON" -m deploy.device.payload.identity "$source_tree" --epoch)

pip() { "$PYTHON" -m pip "$@" --quiet --disable-pip-version-check; }

# The same bytes whoever builds: one setuptools, plain file modes, times of the commit.
build_program() {
    "$PYTHON" -m deploy.device.payload.identity "$source_tree" >"$parcel/release.json"
    mkdir "$scratch/source"
    cp -r "$source_tree/edge_pose" "$source_tree/pyproject.toml" "$source_tree/README.md" \
        "$source_tree/LICENSE" "$scratch/source/"
    find "$scratch/source" -name __pycache__ -prune -exec rm -rf {} +
    cp "$parcel/release.json" "$scratch/source/edge_pose/build.json"
    chmod -R u=rwX,go=rX "$scratch/source"
    grep -ho '^setuptools==[0-9.]*' "$here/lock/py3.11.txt" >"$scratch/build.txt"
    rm -f "$parcel"/wheels/edge_pose-*.whl
    PIP_CONSTRAINT=$scratch/build.txt pip wheel --no-deps --wheel-dir "$parcel/wheels" "$scratch/source"
    local wheel
    wheel=$(find "$parcel/wheels" -name 'edge_pose-*.whl')
    printf 'edge-pose==%s --hash=sha256:%s\n' "$(basename "$wheel" | cut -d- -f2)" \
        "$(sha256sum "$wheel" | cut -d' ' -f1)" >"$parcel/program.txt"
}

fetch_packages() {
    local python file words
    for python in "${pythons[@]}"; do
        mkdir -p "$scratch/py$python"
        words=(download --no-deps --only-binary=:all: --require-hashes --find-links "$wheels"
            --implementation cp --python-version "$python" "${platforms[@]}"
            --dest "$scratch/py$python" -r "$here/lock/py$python.txt")
        pip "${words[@]}" --no-index >/dev/null 2>&1 || pip "${words[@]}" || return
        for file in "$scratch/py$python"/*.whl; do
            cp -n "$file" "$wheels/" 2>/dev/null || true
            cp "$file" "$parcel/wheels/"
        done
    done
}

fetch_models() {
    local version
    local models=("$PYTHON" -m deploy.device.payload.models "$source_tree" "$parcel/models")
    [[ -z $have ]] || ! "${models[@]}" "$have" 2>/dev/null || return 0
    version=$("$PYTHON" -c "
from pathlib import Path
from deploy.device.payload.catalog import wheel_version
print(wheel_version(Path('$source_tree')))")
    compgen -G "$wheels/mediapipe-$version-*.whl" >/dev/null ||
        pip download --dest "$wheels" --no-deps --only-binary=:all: --python-version 3.12 \
            --platform manylinux2014_x86_64 "mediapipe==$version" ||
        die "the models could not be fetched (no network?)"
    "${models[@]}" "$wheels"/mediapipe-"$version"-*.whl
}

copy_system() {
    mkdir -p "$parcel/system" "$parcel/examples" "$parcel/lock"
    cp "$source_tree"/systemd/* "$here/package/edge-pose.1" "$here/package/edge-pose.bash" \
        "$source_tree/README.md" "$source_tree/LICENSE" "$parcel/system/"
    cp "$here"/{picamera,usb,snapdragon}.toml "$parcel/examples/"
    cp "$here/releases.sh" "$here/system.sh" "$parcel/"
    if [[ $bare == yes ]]; then
        cp "$here"/lock/py*.txt "$parcel/lock/"
    else
        for python in "${pythons[@]}"; do cp "$here/lock/py$python.txt" "$parcel/lock/"; done
    fi
}

build_program || die "the program could not be built: is pip there, and the network? ($PYTHON -m pip)"
[[ $bare == yes ]] || fetch_packages || die "the packages could not be fetched (no network?)"
fetch_models
copy_system
"$PYTHON" -m deploy.device.payload.bill "$parcel" "$source_tree" >"$parcel/bill.cdx.json"
chmod -R u=rwX,go=rX "$parcel"
(cd "$parcel" && find . -type f ! -name 'SHA256SUMS*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS)
printf '%s: %s files, %s\n' "$parcel" "$(find "$parcel" -type f | wc -l)" "$(du -sh "$parcel" | cut -f1)"
