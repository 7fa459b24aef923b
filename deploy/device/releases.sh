#!/usr/bin/env bash
# The releases of edge_pose on a device. Each is a folder of its own (a Python venv with its
# models); one symbolic link says which one runs, and changing it is one atomic step:
#
#   /opt/edge-pose/releases/0007-0.1.0/      complete once it holds .complete
#   /opt/edge-pose/current  -> releases/0007-0.1.0
#   /opt/edge-pose/previous -> releases/0006-0.1.0
#   /opt/edge-pose/trial                     there while `current` has not proved itself
#   /opt/edge-pose/bin/edge-pose -> ../current/bin/edge-pose
#
# A cut of power at any moment leaves `current` on a complete release.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: releases.sh build PAYLOAD   make a release beside the others, print its name
       releases.sh use NAME        run it from the next start of the service on
       releases.sh try NAME        the same on trial: `recover` goes back, `keep` ends the trial
       releases.sh keep            the current release has proved itself
       releases.sh back            use the release before
       releases.sh recover [restart]
                                   after a cut: end a trial by going back, remove unfinished ones;
                                   restart: let the service change to it at once
       releases.sh adopt           put the units of the current release in place
       releases.sh list            the complete releases, the current one marked

variables: PREFIX (/opt/edge-pose), DESTDIR (stage below this folder), PYTHON (python3),
           SYSTEM_PACKAGES=yes (the venv sees the system's packages: picamera2, lgpio)
TEXT
}

die() {
    printf 'releases.sh: %s\n' "$*" >&2
    exit 1
}
note() { printf '%s\n' "$*" >&2; }

DESTDIR=${DESTDIR:-}
PREFIX=${PREFIX:-/opt/edge-pose}
PYTHON=${PYTHON:-python3}
home=$DESTDIR$PREFIX
releases=$home/releases
# A release takes about 350 MB; a full disk must not stop the one that runs.
needed_mb=600

# ---- links that change in one step ----------------------------------------------------------

point() { # LINK TARGET
    ln -sfn "$2" "$home/$1.new"
    mv -T "$home/$1.new" "$home/$1"
}

target() { # LINK: the release's name, nothing where there is no such link
    [[ ! -L $home/$1 ]] || basename "$(readlink "$home/$1")"
}

settle() { sync -f "$home" 2>/dev/null || sync; }

complete() { [[ -n ${1:-} && -e $releases/$1/.complete ]]; }

# ---- making one -----------------------------------------------------------------------------

next_name() { # VERSION
    local last
    last=$(find "$releases" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sed -n 's/^0*\([0-9]\+\)-.*/\1/p' | sort -n | tail -1)
    printf '%04d-%s' "$((${last:-0} + 1))" "${1//[^A-Za-z0-9.+~]/_}"
}

remove_unfinished() {
    local folder
    for folder in "$releases"/*/; do
        [[ -d $folder ]] || continue
        complete "$(basename "$folder")" || rm -rf "$folder"
    done
}

room() {
    local free
    free=$(df --output=avail -BM "$home" | tail -1 | tr -dc 0-9)
    ((free >= needed_mb)) || die "$home has $free MB free, a release needs $needed_mb: delete files there"
}

lock_for() { # PAYLOAD
    local python
    python=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
        die "$PYTHON is not here: apt-get install python3 python3-venv"
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        die "Python's venv module is missing: apt-get install python3-venv"
    [[ -e $1/lock/py$python.txt ]] ||
        die "this release serves $(cd "$1/lock" && printf '%s ' py*.txt | sed 's/py/Python /g; s/\.txt//g')not Python $python"
    printf '%s' "$1/lock/py$python.txt"
}

# Every file is checked against its sha256; nothing is built and nothing else is fetched.
install_packages() { # PAYLOAD VENV LOCK
    local words=("$2/bin/python" -m pip install --quiet --disable-pip-version-check
        --no-deps --only-binary=:all: --require-hashes)
    if compgen -G "$1/wheels/numpy-*.whl" >/dev/null; then
        words+=(--no-index --find-links "$1/wheels")
    else
        words+=(--find-links "$1/wheels" --timeout 15 --retries 2)
    fi
    "${words[@]}" -r "$3" -r "$1/program.txt" >"$2/pip.log" 2>&1 || {
        { grep -E '^ERROR' "$2/pip.log" || cat "$2/pip.log"; } | tail -2 >&2
        die "the packages could not be installed (no network?). On a machine with network:" \
            "deploy/device/pack.sh FOLDER; here: install.sh --offline FOLDER"
    }
}

# A staged venv names the staging folder in its scripts; the device knows only PREFIX.
correct_shebangs() { # VENV
    local script
    for script in "$1"/bin/*; do
        if [[ -f $script && ! -L $script ]] && head -c 2 "$script" | grep -q '#!'; then
            sed -i "1s|$DESTDIR||" "$script"
        fi
    done
}

build() { # PAYLOAD
    local payload=$1 name release lock
    local words=("$PYTHON" -m venv)
    [[ -e $payload/release.json ]] || die "$payload: holds no release (pack.sh makes one)"
    lock=$(lock_for "$payload")
    mkdir -p "$releases"
    exec 9>"$home/.lock"
    flock -w 600 9 || die "another installation is running"
    remove_unfinished
    remove_others
    room
    name=$(next_name "$(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$payload/release.json")")
    release=$releases/$name
    [[ ${SYSTEM_PACKAGES:-no} == no ]] || words+=(--system-site-packages)
    note "making $PREFIX/releases/$name"
    "${words[@]}" "$release"
    install_packages "$payload" "$release" "$lock"
    mkdir -p "$release/share"
    cp -r "$payload/models" "$payload/examples" "$payload/system" "$payload/release.json" \
        "$payload/SHA256SUMS" "$payload/releases.sh" "$release/share/"
    chmod -R a+rX "$release"
    [[ -z $DESTDIR ]] || correct_shebangs "$release"
    "$release/bin/python" -m edge_pose --version >&2
    settle
    : >"$release/.complete"
    settle
    printf '%s\n' "$name"
}

# ---- choosing one ---------------------------------------------------------------------------

use() { # NAME
    complete "$1" || die "$1: no complete release; there are: $(list | paste -sd ' ')"
    local now
    now=$(target current)
    [[ -z $now || $now == "$1" ]] || point previous "releases/$now"
    point current "releases/$1"
    mkdir -p "$home/bin"
    point bin/edge-pose ../current/bin/edge-pose
    remove_single_venv
    settle
}

# Before there were releases, PREFIX itself was the venv.
remove_single_venv() {
    [[ -e $home/pyvenv.cfg ]] || return 0
    rm -rf "${home:?}/lib" "${home:?}/lib64" "${home:?}/include" "${home:?}/share"
    find "$home/bin" -mindepth 1 ! -name edge-pose -delete
    rm -f "$home/pyvenv.cfg"
}

try() { # NAME
    complete "$1" || die "$1: no complete release"
    local now
    now=$(target current)
    complete "$now" || die "nothing to go back to: install without a trial"
    printf '%s\n' "$now" >"$home/.trial.new"
    mv "$home/.trial.new" "$home/trial"
    settle
    use "$1"
}

back() {
    local old
    old=$(cat "$home/trial" 2>/dev/null || target previous)
    complete "$old" || die "there is no release to go back to"
    point current "releases/$old"
    settle
    rm -f "$home/trial"
    settle
    note "edge-pose is back to $old"
}

keep() {
    rm -f "$home/trial"
    settle
    remove_others
}

# All but the release that runs and the one before.
remove_others() {
    local folder name
    for folder in "$releases"/*/; do
        [[ -d $folder ]] || continue
        name=$(basename "$folder")
        [[ $name == "$(target current)" || $name == "$(target previous)" ]] || rm -rf "$folder"
    done
}

recover() { # [restart]
    # An update that is running ends its own trial.
    exec 8>"$home/.update"
    flock -n 8 || return 0
    if [[ -e $home/trial ]]; then
        back
        [[ ${1:-} != restart ]] || systemctl --no-block restart edge-pose.service
    fi
    (
        # An installation that is running owns the unfinished one.
        flock -n 9 || exit 0
        remove_unfinished
        rm -rf "$home/incoming"
    ) 9>"$home/.lock"
}

# Only where install.sh put them: those of a package are dpkg's.
adopt() {
    local system=$home/current/share/system units=$DESTDIR/etc/systemd/system unit
    for unit in edge-pose edge-pose-recover; do
        [[ -f $units/$unit.service && -f $system/$unit.service ]] || continue
        sed "s|/opt/edge-pose|$PREFIX|g" "$system/$unit.service" >"$units/.$unit.new"
        mv "$units/.$unit.new" "$units/$unit.service"
    done
    [[ ! -f $home/current/share/releases.sh ]] ||
        install -m 0755 "$home/current/share/releases.sh" "$home/sbin/releases.sh.new"
    [[ ! -f $home/sbin/releases.sh.new ]] || mv "$home/sbin/releases.sh.new" "$home/sbin/releases.sh"
    settle
    [[ -n $DESTDIR ]] || systemctl daemon-reload
}

list() {
    local folder name
    for folder in "$releases"/*/; do
        name=$(basename "$folder")
        complete "$name" || continue
        if [[ $name == "$(target current)" ]]; then printf '%s *\n' "$name"; else printf '%s\n' "$name"; fi
    done
}

case ${1:-} in
    build | use | try) [[ $# -eq 2 ]] || { usage >&2 && exit 2; } ;;
    recover) [[ $# -le 2 ]] || { usage >&2 && exit 2; } ;;
    keep | back | adopt | list) [[ $# -eq 1 ]] || { usage >&2 && exit 2; } ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
esac
"$@"
