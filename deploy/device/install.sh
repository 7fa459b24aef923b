#!/usr/bin/env bash
# Installs edge_pose as a service: Pi OS bookworm and trixie (64-bit), Debian and Ubuntu on
# arm64 (Snapdragon boards) and x86-64. Safe to run again: it repairs and upgrades.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: install.sh [--check | --uninstall [--purge]] [options]

  --check            say what is installed and what is missing; change nothing
  --uninstall        stop and remove the service; config and recorded events stay
  --purge            with --uninstall: remove config, events and the user too
  --dry-run          print the commands instead of running them
  --offline DIR      no network: packages and models come from DIR (pack.sh makes it)
  --screen lite      show the view on a screen without a desktop (KMS/DRM)
  --screen desktop   install the user unit that shows the view in a desktop session
  --no-start         do not enable and start the service

variables: PREFIX (/opt/edge-pose), DESTDIR (stage below this folder: no system changes),
           PYTHON (python3)
TEXT
}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

# Runs a command, or prints it.
run() {
    if [[ $dry_run == yes ]]; then
        printf '+'
        printf ' %q' "$@"
        printf '\n'
    else
        "$@"
    fi
}

# Runs a command that changes the running system; staging leaves the system alone.
system() { [[ -n $DESTDIR ]] || run "$@"; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../.." && pwd)
DESTDIR=${DESTDIR:-}
PREFIX=${PREFIX:-/opt/edge-pose}
PYTHON=${PYTHON:-python3}
# Where the machine is looked at; tests show other machines here.
machine=${EDGE_POSE_MACHINE:-}
job=install dry_run=no purge=no offline='' screen='' start=yes

while (($#)); do
    case $1 in
        --check) job=check ;;
        --uninstall) job=uninstall ;;
        --purge) purge=yes ;;
        --dry-run) dry_run=yes ;;
        --offline) offline=${2:?--offline needs a folder} && shift ;;
        --screen) screen=${2:?--screen needs lite or desktop} && shift ;;
        --no-start) start=no ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && die "unknown option $1" ;;
    esac
    shift
done
[[ $screen =~ ^(|lite|desktop)$ ]] || die "--screen $screen: use lite or desktop"
[[ -z $offline || -d $offline ]] || die "--offline $offline: no such folder"
[[ -z $offline ]] || offline=$(cd "$offline" && pwd)

venv=$DESTDIR$PREFIX
config=$DESTDIR/etc/edge-pose/config.toml
state=$DESTDIR/var/lib/edge-pose
unit=$DESTDIR/etc/systemd/system/edge-pose.service
drop_in=$DESTDIR/etc/systemd/system/edge-pose.service.d/screen.conf
user_unit=$DESTDIR/etc/systemd/user/edge-pose-desktop.service
sysusers=$DESTDIR/usr/lib/sysusers.d/edge-pose.conf
rules=$DESTDIR/etc/udev/rules.d/60-edge-pose.rules
models=$PREFIX/share/models

# ---- what machine this is -------------------------------------------------------------------

look_at_machine() {
    local release=$machine/etc/os-release model=''
    [[ -r $release ]] || die "$release is missing: is this Debian, Ubuntu or Pi OS?"
    distribution=$(sed -n 's/^ID=//p' "$release" | tr -d '"')
    codename=$(sed -n 's/^VERSION_CODENAME=//p' "$release" | tr -d '"')
    architecture=${EDGE_POSE_ARCH:-$(dpkg --print-architecture)}
    if [[ -r $machine/proc/device-tree/model ]]; then
        model=$(tr -d '\0' <"$machine/proc/device-tree/model")
    fi
    board=pc
    [[ $architecture == amd64 ]] || board=arm
    [[ $model != *'Raspberry Pi'* ]] || board=pi
    if [[ -r $machine/proc/device-tree/compatible ]] &&
        tr '\0' '\n' <"$machine/proc/device-tree/compatible" | grep -q '^qcom,'; then
        board=snapdragon
    fi
    # Pi OS brings picamera2 and libcamera in its own archive; plain Debian on a Pi does not.
    pi_os=no
    [[ $board != pi || ! -e $machine/etc/rpi-issue ]] || pi_os=yes
    case $distribution in
        debian | ubuntu | raspbian) ;;
        *) die "$distribution is not supported: Debian, Ubuntu or Pi OS is needed" ;;
    esac
    case $architecture in
        arm64 | amd64) ;;
        armhf) die "32-bit system: the inference runtime needs the 64-bit image of Pi OS" ;;
        *) die "$architecture is not supported: arm64 or amd64 is needed" ;;
    esac
    say "$distribution ${codename:-} on $architecture, ${model:-$board}"
}

# ---- the steps of an installation -----------------------------------------------------------

apt_packages() {
    printf '%s\n' python3 python3-venv alsa-utils
    if [[ $pi_os == yes ]]; then
        printf '%s\n' python3-picamera2 python3-lgpio
    elif [[ $board == pi ]]; then
        printf '%s\n' python3-lgpio
    fi
}

missing_packages() {
    local package
    [[ -z $DESTDIR ]] || return 0
    while read -r package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            printf '%s\n' "$package"
    done < <(apt_packages)
    return 0
}

install_packages() {
    local missing
    if [[ -n $DESTDIR ]]; then
        say "staging: the device needs $(apt_packages | paste -sd ' ')"
        return
    fi
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} == 0)); then
        say "system packages: all here"
        return
    fi
    [[ -z $offline ]] || die "without network, first install: apt-get install ${missing[*]}"
    system apt-get update -qq
    system env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}"
}

# The packages from apt that the venv must see: picamera2 and lgpio exist nowhere else.
needs_system_packages() { [[ $board == pi ]]; }

make_venv() {
    local words=("$PYTHON" -m venv)
    needs_system_packages && words+=(--system-site-packages)
    if [[ -x $venv/bin/python ]] && "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        say "venv: $venv is here"
    else
        run "${words[@]}" --clear "$venv"
    fi
}

# On bookworm, apt's picamera2 is built for numpy 1: a newer numpy in the venv breaks it.
constraints() {
    if [[ $pi_os == yes && $codename == bookworm ]]; then
        printf '%s\n' 'numpy<2' 'opencv-python-headless<4.12'
    fi
}

extras() {
    local chosen=()
    case $board in
        pi) chosen+=(pi) ;;
        arm | snapdragon) chosen+=(gpiod) ;;
        pc) ;;
    esac
    [[ -z $screen ]] || chosen+=(screen)
    local IFS=,
    [[ ${#chosen[@]} -eq 0 ]] || printf '[%s]' "${chosen[*]}"
}

install_program() {
    local scratch words
    scratch=$(mktemp -d)
    constraints >"$scratch/constraints.txt"
    words=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade
        --constraint "$scratch/constraints.txt")
    if [[ -n $offline ]]; then
        words+=(--no-index --find-links "$offline" "edge-pose$(extras)")
    else
        # A copy: building in place would leave files in the source tree.
        run mkdir "$scratch/source"
        run cp -r "$source_tree/edge_pose" "$source_tree/pyproject.toml" "$source_tree/README.md" \
            "$source_tree/LICENSE" "$scratch/source/"
        words+=("$scratch/source$(extras)")
    fi
    run "${words[@]}"
    # A wheel of the same version counts as installed already; a repair means to replace it.
    [[ -z $offline ]] || run "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-index --find-links "$offline" --force-reinstall --no-deps edge-pose
    [[ $dry_run == yes && -s $scratch/constraints.txt ]] && sed 's/^/# constraint: /' "$scratch/constraints.txt"
    rm -rf "$scratch"
    [[ -z $DESTDIR || $dry_run == yes ]] || correct_shebangs
}

# A staged venv names the staging folder in its scripts; the device knows only PREFIX.
correct_shebangs() {
    local script
    for script in "$venv"/bin/*; do
        if [[ -f $script && ! -L $script ]] && head -c 2 "$script" | grep -q '#!'; then
            sed -i "1s|$DESTDIR||" "$script"
        fi
    done
}

install_models() {
    local words=(env "EDGE_POSE_MODELS=$DESTDIR$models" "$venv/bin/python" -m edge_pose models install)
    [[ -z $offline ]] || words+=(--from "$offline")
    run "${words[@]}"
}

install_file() { run install -D -m "${3:-0644}" "$1" "$2"; }

install_users() {
    install_file "$source_tree/systemd/edge-pose.sysusers" "$sysusers"
    system systemd-sysusers "$sysusers"
    install_file "$source_tree/systemd/60-edge-pose.rules" "$rules"
    if [[ -z $DESTDIR ]] && running_systemd; then
        run udevadm control --reload
        run udevadm trigger --subsystem-match=gpio --subsystem-match=dma_heap
    fi
}

example_config() {
    case $board in
        pi) printf 'picamera.toml' ;;
        snapdragon) printf 'snapdragon.toml' ;;
        *) printf 'usb.toml' ;;
    esac
}

install_config() {
    run install -d -m 0700 "$(dirname "$config")/credentials"
    run chmod 0755 "$(dirname "$config")"
    if [[ -e $config ]]; then
        say "config: $config is kept as it is"
    else
        install_file "$here/$(example_config)" "$config"
    fi
    for example in picamera.toml usb.toml snapdragon.toml; do
        install_file "$here/$example" "$venv/share/examples/$example"
    done
    [[ ! -e $source_tree/README.md ]] ||
        install_file "$source_tree/README.md" "$venv/share/doc/README.md"
}

running_systemd() { [[ -d /run/systemd/system ]]; }

# Copies a unit, with PREFIX in place of the path it is written for.
install_unit() {
    local text
    if [[ $PREFIX == /opt/edge-pose ]]; then
        install_file "$1" "$2"
        return
    fi
    text=$(mktemp)
    sed "s|/opt/edge-pose|$PREFIX|g" "$1" >"$text"
    install_file "$text" "$2"
    rm -f "$text"
}

install_units() {
    install_unit "$source_tree/systemd/edge-pose.service" "$unit"
    case $screen in
        lite) install_unit "$source_tree/systemd/edge-pose-screen-lite.conf" "$drop_in" ;;
        desktop)
            install_unit "$source_tree/systemd/edge-pose-desktop.service" "$user_unit"
            start=no
            ;;
    esac
    if [[ -z $DESTDIR ]] && running_systemd; then
        run systemctl daemon-reload
        if [[ $start == yes ]]; then
            run systemctl enable edge-pose.service
            run systemctl restart edge-pose.service
        fi
    fi
}

be_root() {
    [[ $dry_run == yes || -n $DESTDIR || $EUID -eq 0 ]] || die "run it with sudo"
}

install_all() {
    be_root
    look_at_machine
    step "system packages" && install_packages
    step "user, groups, devices" && install_users
    step "program in $venv" && make_venv && install_program
    step "models" && install_models
    step "config" && install_config
    step "service" && install_units
    if [[ -z $DESTDIR ]]; then
        step "doctor"
        run env "EDGE_POSE_MODELS=$models" "$venv/bin/edge-pose" doctor --config "$config" ||
            say "the doctor has found something: see above"
    fi
    say ""
    say "done. Config: $config; log: journalctl -u edge-pose; checks: $PREFIX/bin/edge-pose doctor"
}

# ---- check and uninstall --------------------------------------------------------------------

expect() {
    if "${@:2}" >/dev/null 2>&1; then
        say "OK    $1"
    else
        say "MISS  $1"
        missing_parts=$((missing_parts + 1))
    fi
}

check_all() {
    missing_parts=0
    look_at_machine
    local package
    while read -r package; do
        say "MISS  system package $package"
        missing_parts=$((missing_parts + 1))
    done < <(missing_packages)
    expect "program $venv/bin/edge-pose" test -x "$venv/bin/edge-pose"
    expect "its Python packages" "$venv/bin/python" -m edge_pose --version
    expect "models in $models" env "EDGE_POSE_MODELS=$DESTDIR$models" "$venv/bin/python" -m edge_pose models verify
    expect "user and groups ($sysusers)" test -e "$sysusers"
    expect "device rules ($rules)" test -e "$rules"
    expect "config $config" "$venv/bin/python" -m edge_pose check "$config"
    expect "service $unit" test -e "$unit"
    if [[ -z $DESTDIR ]]; then
        expect "user edge-pose" id edge-pose
        running_systemd && expect "the service runs" systemctl --quiet is-active edge-pose
    fi
    ((missing_parts == 0)) || {
        say "$missing_parts parts are missing: run install.sh again"
        exit 1
    }
    say "everything is installed"
}

uninstall_all() {
    be_root
    if [[ -z $DESTDIR ]] && running_systemd; then
        run systemctl disable --now edge-pose.service || true
    fi
    run rm -rf "$venv" "$unit" "$(dirname "$drop_in")" "$user_unit" "$rules" "$sysusers"
    if [[ -z $DESTDIR ]] && running_systemd; then run systemctl daemon-reload; fi
    if [[ $purge == yes ]]; then
        run rm -rf "$(dirname "$config")" "$state"
        if [[ -z $DESTDIR ]] && id edge-pose >/dev/null 2>&1; then run userdel edge-pose; fi
    else
        say "kept: $(dirname "$config") and $state (--purge removes them)"
    fi
    say "uninstalled"
}

case $job in
    install) install_all ;;
    check) check_all ;;
    uninstall) uninstall_all ;;
esac
