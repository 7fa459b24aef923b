#!/usr/bin/env bash
# Proves on an x86-64 machine that edge_pose installs and gives the same results on arm64: makes
# an emulated Debian root, installs there with install.sh (from the network, then from a parcel
# without it), runs doctor and the fast tests, and compares head angles with this machine's.
# Never for timing: emulation says nothing about speed.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: test.sh [bookworm|trixie ...]        (default: both; needs root)

variables: ARM64_ROOT (/var/tmp/edge-pose-arm64), where the roots are kept and reused
           EDGE_POSE_PYTHON (.venv-*/bin/python), this machine's side of the comparison
           EDGE_POSE_SHARED (../shared), evaluation pictures; without them the packaged demo
           clip is compared
           IMAGES (60), how many pictures are compared
           MODES ("network fit hybrid"), the pose.mode values that are compared
           STEPS ("install offline tests compare"), to repeat only some
           TESTS (tests/runtime tests/capture … tests/models), the tests that run there
TEXT
}

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'test.sh: %s\n' "$*" >&2
    exit 1
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../../.." && pwd)
roots=${ARM64_ROOT:-/var/tmp/edge-pose-arm64}
shared=${EDGE_POSE_SHARED:-$tree/../shared}
images=${IMAGES:-60}
read -ra modes <<<"${MODES:-network fit hybrid}"
read -ra tests <<<"${TESTS:-$(printf 'tests/%s ' runtime capture doctor vision monitor models)}"
read -ra steps <<<"${STEPS:-install offline tests compare}"
mirror=${MIRROR:-http://deb.debian.org/debian}
# shellcheck source-path=SCRIPTDIR source=emulation.sh
source "$here/emulation.sh"

case ${1:-} in -h | --help) usage && exit 0 ;; esac
suites=("${@:-bookworm}")
(($#)) || suites=(bookworm trixie)

[[ $EUID -eq 0 ]] || die "needs root: debootstrap and chroot"
for tool in debootstrap qemu-aarch64-static update-binfmts; do
    command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null ||
        die "$tool is missing: apt-get install debootstrap qemu-user-static binfmt-support"
done
python=${EDGE_POSE_PYTHON:-$(find "$tree" -maxdepth 3 -path "$tree/.venv*/bin/python" | sort | head -1)}
[[ -x $python ]] || die "no Python with edge_pose here: make test first, or set EDGE_POSE_PYTHON"

make_root() {
    local suite=$1 root=$2
    [[ ! -e $root/.ready ]] || return 0
    say "$suite: making an arm64 root in $root (some minutes, once)"
    rm -rf "$root"
    mkdir -p "$roots"
    debootstrap --arch=arm64 --variant=minbase \
        --include=python3,python3-venv,ca-certificates,systemd,alsa-utils \
        "$suite" "$root" "$mirror" >"$root.log" 2>&1 || die "debootstrap failed, see $root.log"
    touch "$root/.ready"
}

mounted=()
enter_mounts() {
    local root=$1
    mkdir -p "$root/proc" "$root/dev" "$root/sys"
    mount -t proc proc "$root/proc" && mounted+=("$root/proc")
    mount -t sysfs -o ro sysfs "$root/sys" && mounted+=("$root/sys")
    mount --bind /dev "$root/dev" && mounted+=("$root/dev")
    cpuinfo_of_a_pi >"$root/tmp/cpuinfo"
    mount --bind "$root/tmp/cpuinfo" "$root/proc/cpuinfo" && mounted+=("$root/proc/cpuinfo")
    if [[ -d $shared ]]; then
        mkdir -p "$root/shared"
        mount --bind -o ro "$shared" "$root/shared" && mounted+=("$root/shared")
    fi
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # Networks that look into TLS have an authority of their own.
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
}

leave_mounts() {
    local i
    for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount "${mounted[i]}" || true; done
    mounted=()
}
trap leave_mounts EXIT

# A command inside the root; variables that matter to pip travel along.
inside() {
    local root=$1
    shift
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 QEMU_CPU="$QEMU_CPU" \
        PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_ROOT_USER_ACTION=ignore PIP_NO_COMPILE=1 \
        EDGE_POSE_SHARED=/nowhere "$@"
}

copy_tree() {
    rm -rf "$1/src"
    mkdir -p "$1/src"
    git -C "$tree" ls-files -z --cached --others --exclude-standard |
        tar -C "$tree" --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -C "$1/src" -xf -
}

# The pictures to compare: some of the evaluation photos, else frames of the demo clip.
make_list() {
    PYTHONPATH=$tree "$python" "$here/pictures.py" "$1/compare" --count "$images" --shared "$shared"
}

compare() {
    local root=$1 mode
    make_list "$root"
    for mode in "${modes[@]}"; do
        say "$2: head angles on arm64 against this machine, pose.mode = $mode"
        (cd "$tree" && "$python" -m edge_pose pose "$root/compare/list.csv" \
            --out "$root/compare/here.csv" --mode "$mode")
        # This tree's code and pose network: a new model needs no new installation.
        inside "$root" PYTHONPATH=/src \
            /opt/edge-pose/current/bin/python -m edge_pose \
            pose /compare/list.csv --out /compare/there.csv --mode "$mode"
        "$python" "$here/difference.py" "$root/compare/here.csv" "$root/compare/there.csv"
    done
    rm -rf "$root/compare"
}

doctor() {
    local root=$1 prefix=$2
    inside "$root" "$prefix/bin/edge-pose" doctor \
        --set camera.source=demo: || die "the doctor has found a failure"
}

step_install() {
    say "$2: install.sh from the network"
    inside "$1" bash /src/deploy/device/install.sh
    inside "$1" bash /src/deploy/device/install.sh --check
    doctor "$1" /opt/edge-pose
}

step_offline() {
    say "$2: install.sh --offline from a parcel made on this machine"
    PYTHON=$python "$here/../pack.sh" --release "$2" --board arm "$1/parcel"
    inside "$1" PREFIX=/opt/edge-pose-offline PIP_NO_INDEX=1 \
        bash /src/deploy/device/install.sh --offline /parcel --no-start
    doctor "$1" /opt/edge-pose-offline
    inside "$1" rm -rf /opt/edge-pose-offline /parcel
}

# In a venv of their own that sees the release's packages: from a release, root's `run` would go on
# as the service's user, and take the tests along.
step_tests() {
    say "$2: the fast tests"
    # shellcheck disable=SC2016  # the shell inside expands them
    inside "$1" EDGE_POSE_MODELS=/opt/edge-pose/current/share/models bash -ec '
        python3 -m venv /opt/tests
        echo /opt/edge-pose/current/lib/python3.*/site-packages >"$(echo /opt/tests/lib/python3.*/site-packages)/release.pth"
        /opt/tests/bin/python -m pip install -q --disable-pip-version-check \
            "pytest>=8" "hypothesis>=6.100" "gpiozero>=2.0.1"
        cd /src && /opt/tests/bin/python -m pytest "$@"' tests "${tests[@]}"
    inside "$1" rm -rf /opt/tests
}

step_compare() { compare "$1" "$2"; }

run_suite() {
    local suite=$1 root=$roots/$1 step
    make_root "$suite" "$root"
    enter_mounts "$root"
    copy_tree "$root"
    for step in "${steps[@]}"; do "step_$step" "$root" "$suite"; done
    leave_mounts
    say "$suite: passed (${steps[*]})"
}

enable_emulation
for suite in "${suites[@]}"; do run_suite "$suite"; done
