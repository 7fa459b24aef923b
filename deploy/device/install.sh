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
  --screen desktop   install the user unit that shows the view in a desktop session; it takes the
                     place of the system service
  --screen none      no view again; without --screen it stays as it was chosen before
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
        --screen) screen=${2:?--screen needs lite, desktop or none} && shift ;;
        --no-start) start=no ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && die "unknown option $1" ;;
    esac
    shift
done
[[ $screen =~ ^(|lite|desktop|none)$ ]] || die "--screen $screen: use lite, desktop or none"
[[ -z $offline || -d $offline ]] || die "--offline $offline: no such folder"
[[ -z $offline ]] || offline=$(cd "$offline" && pwd)

home=$DESTDIR$PREFIX
current=$home/current
config=$DESTDIR/etc/edge-pose/config.toml
state=$DESTDIR/var/lib/edge-pose
units=$DESTDIR/etc/systemd/system
unit=$units/edge-pose.service
recovery=$units/edge-pose-recover.service
drop_in=$units/edge-pose.service.d/screen.conf
user_unit=$DESTDIR/etc/systemd/user/edge-pose-desktop.service
sysusers=$DESTDIR/usr/lib/sysusers.d/edge-pose.conf
rules=$DESTDIR/etc/udev/rules.d/60-edge-pose.rules
link=$DESTDIR/usr/local/bin/edge-pose
manual=$DESTDIR/usr/local/share/man/man1/edge-pose.1
completion=$DESTDIR/usr/local/share/bash-completion/completions/edge-pose
if [[ -z $screen && -e $user_unit ]]; then
    screen=desktop
elif [[ -z $screen && -e $drop_in ]]; then
    screen=lite
fi

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
    board=$(EDGE_POSE_ARCH=$architecture "$here/system.sh" board)
    pi_os=no
    ! EDGE_POSE_ARCH=$architecture "$here/system.sh" pi-os || pi_os=yes
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

packaged() { [[ -z $DESTDIR && -d $machine/usr/lib/edge-pose/payload ]]; }

# A folder with the program, and in an offline one its packages: what pack.sh makes.
make_payload() {
    if [[ -n $offline ]]; then
        payload=$offline
        return
    fi
    local builder=$PYTHON
    payload=$scratch/payload
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        run "$PYTHON" -m venv "$scratch/builder"
        builder=$scratch/builder/bin/python
    fi
    run env "PYTHON=$builder" "$here/pack.sh" --bare --models "$current/share/models" "$payload"
}

# A release of its own beside the one that runs, then one step from the old to the new.
install_program() {
    local words=(env "DESTDIR=$DESTDIR" "PREFIX=$PREFIX" "PYTHON=$PYTHON") name
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    make_payload
    ! needs_system_packages || words+=(SYSTEM_PACKAGES=yes)
    if [[ $dry_run == yes ]]; then
        run "${words[@]}" "$here/releases.sh" build "$payload"
        run "${words[@]}" "$here/releases.sh" use NEW
        return
    fi
    name=$("${words[@]}" "$here/releases.sh" build "$payload")
    "${words[@]}" "$here/releases.sh" use "$name"
    "${words[@]}" "$here/releases.sh" keep
}

install_link() {
    run install -d "$(dirname "$link")"
    run ln -sfn "$PREFIX/bin/edge-pose" "$link"
    install_file "$here/package/edge-pose.1" "$manual"
    install_file "$here/package/edge-pose.bash" "$completion"
    install_file "$here/releases.sh" "$home/sbin/releases.sh" 0755
}

install_file() { run install -D -m "${3:-0644}" "$1" "$2"; }

install_users() {
    install_file "$source_tree/systemd/edge-pose.sysusers" "$sysusers"
    system "$here/system.sh" user "$sysusers"
    install_file "$source_tree/systemd/60-edge-pose.rules" "$rules"
    if [[ -z $DESTDIR ]] && running_systemd; then
        { run udevadm control --reload &&
            run udevadm trigger --subsystem-match=gpio --subsystem-match=dma_heap; } 2>/dev/null ||
            say "udev does not run: the device rules hold from the next start of the machine on"
    fi
}

install_config() {
    run env "DESTDIR=$DESTDIR" "EDGE_POSE_MACHINE=$machine" "EDGE_POSE_ARCH=$architecture" \
        "$here/system.sh" config "$here"
}

running_systemd() { [[ -d $machine/run/systemd/system ]]; }

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
    install_unit "$source_tree/systemd/edge-pose-recover.service" "$recovery"
    install_screen
    if [[ -z $DESTDIR ]] && running_systemd; then
        run systemctl daemon-reload
        [[ $start == no ]] || start_service
    fi
}

install_screen() {
    [[ $screen == desktop ]] || run rm -f "$user_unit"
    [[ $screen == lite ]] || run rm -f "$drop_in"
    case $screen in
        lite) install_unit "$source_tree/systemd/edge-pose-screen-lite.conf" "$drop_in" ;;
        desktop) install_unit "$source_tree/systemd/edge-pose-desktop.service" "$user_unit" ;;
    esac
}

start_service() {
    run systemctl enable edge-pose-recover.service
    if [[ $screen == desktop ]]; then
        # A camera serves one program at a time.
        run systemctl disable --now edge-pose.service
        say "in the desktop session: systemctl --user enable edge-pose-desktop &&" \
            "systemctl --user restart edge-pose-desktop"
    else
        run systemctl enable edge-pose.service
        run systemctl restart edge-pose.service
    fi
}

be_root() {
    [[ $dry_run == yes || -n $DESTDIR || $EUID -eq 0 ]] || die "run it with sudo"
}

install_all() {
    be_root
    packaged && die "edge-pose is installed as a package: apt install ./edge-pose_NEW.deb (or: apt remove edge-pose)"
    look_at_machine
    step "system packages" && install_packages
    step "user, groups, devices" && install_users
    # One command a line: in a chain, a step that fails would not end the script.
    step "program and models in $home"
    install_program
    install_link
    step "config" && install_config
    step "service" && install_units
    if [[ -z $DESTDIR ]]; then
        step "doctor"
        run "$PREFIX/bin/edge-pose" doctor --config "$config" ||
            say "the doctor has found something: see above"
    fi
    say ""
    say "done. Config: $config; log: journalctl -u edge-pose; checks: sudo edge-pose doctor"
    running_systemd || [[ -n $DESTDIR ]] ||
        say "systemd does not run here: start it yourself with edge-pose run --config $config"
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
    [[ -n $DESTDIR || $EUID -eq 0 ]] || die "run it with sudo: config and records are closed to others"
    look_at_machine
    local package
    while read -r package; do
        say "MISS  system package $package"
        missing_parts=$((missing_parts + 1))
    done < <(missing_packages)
    expect "program $home/bin/edge-pose" test -x "$home/bin/edge-pose"
    expect "command $link" test -L "$link"
    expect "its Python packages" "$current/bin/python" -m edge_pose --version
    expect "models" "$current/bin/python" -m edge_pose models verify
    expect "user and groups ($sysusers)" test -e "$sysusers"
    expect "device rules ($rules)" test -e "$rules"
    expect "config $config" "$current/bin/python" -m edge_pose check "$config"
    expect "service $unit" test -e "$unit"
    if [[ -z $DESTDIR ]]; then
        expect "user edge-pose" id edge-pose
        ! running_systemd || [[ $screen == desktop ]] ||
            expect "the service runs" systemctl --quiet is-active edge-pose
    fi
    ((missing_parts == 0)) || {
        say "$missing_parts parts are missing: run install.sh again"
        exit 1
    }
    say "everything is installed"
}

uninstall_all() {
    be_root
    packaged && die "edge-pose is installed as a package: apt remove edge-pose (or purge)"
    if [[ -z $DESTDIR ]] && running_systemd; then
        run systemctl disable --now edge-pose.service edge-pose-recover.service || true
    fi
    run rm -rf "$home" "$unit" "$recovery" "$drop_in" "$user_unit" "$rules" "$sysusers" \
        "$link" "$manual" "$completion"
    if [[ -z $DESTDIR ]] && running_systemd; then run systemctl daemon-reload; fi
    if [[ $purge == yes ]]; then
        run rm -rf "$(dirname "$config")" "$state" "$(dirname "$drop_in")"
        system "$here/system.sh" remove-user
    else
        # Drop-ins that somebody put there by hand are config, too.
        run rmdir --ignore-fail-on-non-empty "$(dirname "$drop_in")" 2>/dev/null || true
        say "kept: $(dirname "$config") and $state (--purge removes them)"
    fi
    say "uninstalled"
}

case $job in
    install) install_all ;;
    check) check_all ;;
    uninstall) uninstall_all ;;
esac
