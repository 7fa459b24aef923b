#!/usr/bin/env bash
# Locks the packages of a device: one file for each Python, every version and every file's sha256.
# `make lock` runs it after a change of dependencies in pyproject.toml; UV is the resolver.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../.." && pwd)
UV=${UV:-uv}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Bookworm's picamera2 (Python 3.11) is built for numpy 1, and OpenCV from 4.12 on wants numpy 2.
# Later backports-strenum say that they end before Python 3.11; the resolver does not look there.
constraints() {
    printf '%s\n' 'opencv-python-headless<4.12' 'backports-strenum<1.3'
    [[ $1 != 3.11 ]] || printf '%s\n' 'numpy<2'
}

cd "$source_tree"
for python in 3.11 3.12 3.13; do
    constraints "$python" >"$scratch/constraints.txt"
    env -u PIP_FIND_LINKS "$UV" pip compile --quiet --no-config \
        --default-index https://pypi.org/simple --only-binary :all: --generate-hashes \
        --python-version "$python" --python-platform aarch64-manylinux_2_36 \
        --extra pi --extra gpiod --extra screen --extra can --extra obd --extra gps --extra kuksa --constraint "$scratch/constraints.txt" \
        --no-header --no-annotate --output-file "$scratch/py$python.txt" pyproject.toml
    install -D -m 0644 "$scratch/py$python.txt" "$here/lock/py$python.txt"
done
