"""The installer, tried on machines that are only folders: it says what it would do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from staged_device import PYTHON, Device

from edge_pose.config.loader import load

DEVICE = Path(__file__).resolve().parents[2] / "deploy" / "device"
INSTALL = DEVICE / "install.sh"


def machine(
    root: Path, *, distribution: str, codename: str, model: str = "", soc: str = "", pi_os: bool
) -> Path:
    """A folder that looks like a machine as far as the installer looks."""
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/os-release").write_text(f'ID={distribution}\nVERSION_CODENAME="{codename}"\n')
    if pi_os:
        (root / "etc/rpi-issue").write_text("Raspberry Pi reference 2025-05-13\n")
    if model:
        (root / "proc/device-tree").mkdir(parents=True)
        (root / "proc/device-tree/model").write_bytes(model.encode() + b"\0")
        (root / "proc/device-tree/compatible").write_bytes(soc.encode() + b"\0")
    return root


MACHINES = {
    "pi bookworm": {
        "distribution": "debian", "codename": "bookworm", "pi_os": True,
        "model": "Raspberry Pi 4 Model B Rev 1.5", "soc": "raspberrypi,4-model-b\0brcm,bcm2711",
    },
    "pi trixie": {
        "distribution": "debian", "codename": "trixie", "pi_os": True,
        "model": "Raspberry Pi 4 Model B Rev 1.5", "soc": "raspberrypi,4-model-b\0brcm,bcm2711",
    },
    "snapdragon": {
        "distribution": "ubuntu", "codename": "noble", "pi_os": False,
        "model": "Qualcomm Robotics RB5", "soc": "qcom,qrb5165-rb5\0qcom,qrb5165",
    },
    "pc": {"distribution": "debian", "codename": "bookworm", "pi_os": False},
}  # fmt: skip


def install(
    *arguments: str, root: Path | None = None, arch: str = "arm64", **variables: str
) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "EDGE_POSE_ARCH": arch, **variables}
    if root is not None:
        environ["EDGE_POSE_MACHINE"] = str(root)
    return subprocess.run(
        ["bash", str(INSTALL), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environ,
    )


def plan(tmp_path: Path, kind: str, *arguments: str) -> str:
    """What the installer would do on this kind of machine."""
    root = machine(tmp_path / "machine", **MACHINES[kind])  # type: ignore[arg-type]
    arch = "amd64" if kind == "pc" else "arm64"
    said = install("--dry-run", *arguments, root=root, arch=arch)
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.mark.shellcheck
def test_the_scripts_are_clean() -> None:
    scripts = [*DEVICE.rglob("*.sh"), *(DEVICE / "package").glob("*inst"), *DEVICE.rglob("*rm")]
    scripts += (DEVICE.parents[1] / "tests/machine").rglob("*.sh")
    assert len(scripts) > 12
    said = subprocess.run(
        ["shellcheck", *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout


def test_pi_os_gets_picamera2_and_sees_system_packages(tmp_path: Path) -> None:
    steps = plan(tmp_path, "pi trixie")
    assert "python3-picamera2" in steps
    assert "SYSTEM_PACKAGES=yes" in steps


@pytest.mark.parametrize("kind", ["snapdragon", "pc"])
def test_other_boards_keep_to_their_own_venv(tmp_path: Path, kind: str) -> None:
    steps = plan(tmp_path, kind)
    assert "picamera2" not in steps
    assert "SYSTEM_PACKAGES" not in steps


@pytest.mark.parametrize(
    ("kind", "example"),
    [("pi bookworm", "picamera"), ("snapdragon", "snapdragon"), ("pc", "usb")],
)
def test_a_board_gets_its_example_for_a_config(tmp_path: Path, kind: str, example: str) -> None:
    root = machine(tmp_path / "machine", **MACHINES[kind])  # type: ignore[arg-type]
    stage = tmp_path / "stage"
    subprocess.run(
        ["bash", str(DEVICE / "system.sh"), "config", str(DEVICE)],
        check=True,
        env={
            **os.environ,
            "DESTDIR": str(stage),
            "EDGE_POSE_MACHINE": str(root),
            "EDGE_POSE_ARCH": "amd64" if kind == "pc" else "arm64",
        },
    )
    config = stage / "etc/edge-pose/config.toml"
    assert config.read_text() == (DEVICE / f"{example}.toml").read_text()
    assert config.stat().st_mode & 0o777 == 0o640


def test_without_systemd_the_user_is_made_with_the_classic_programs(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    log = tmp_path / "log"
    for tool in ("groupadd", "useradd", "usermod"):
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >>{log}\n')
        (tools / tool).chmod(0o755)
    (tools / "getent").write_text("#!/bin/sh\nexit 2\n")
    (tools / "getent").chmod(0o755)
    (tools / "bash").symlink_to(shutil.which("bash") or "/bin/bash")
    subprocess.run(
        [str(tools / "bash"), str(DEVICE / "system.sh"), "user",
         str(DEVICE.parents[1] / "systemd" / "edge-pose.sysusers")],
        check=True, env={"PATH": str(tools)},
    )  # fmt: skip
    did = log.read_text()
    assert "useradd --system --user-group" in did
    for group in ("video", "gpio", "audio"):
        assert f"usermod --append --groups {group} edge-pose" in did


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_package_of_a_device_is_locked_with_its_hashes(python: str) -> None:
    lock = (DEVICE / "lock" / f"py{python}.txt").read_text()
    names = [line.split("==")[0] for line in lock.splitlines() if "==" in line]
    assert {"numpy", "opencv-python-headless", "gpiozero", "pygame-ce", "python-can"} <= {*names}
    assert lock.count("--hash=sha256:") > len(names)
    # Bookworm's picamera2 is built for numpy 1, which OpenCV bears up to 4.11.
    assert "opencv-python-headless==4.11" in lock
    assert ("numpy==1." in lock) == (python == "3.11")


def test_a_job_says_at_once_what_it_lacks() -> None:
    said = subprocess.run(
        ["bash", str(DEVICE / "needs.sh"), "fly", "sh=dash", "no-such-wings=wings"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    assert said.stderr == "fly needs no-such-wings: sudo apt-get install wings\n"


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    stage = tmp_path / "stage"
    root = machine(tmp_path / "machine", **MACHINES["pc"])  # type: ignore[arg-type]
    said = install("--dry-run", root=root, arch="amd64", DESTDIR=str(stage))
    assert said.returncode == 0, said.stderr
    assert not stage.exists()


def test_offline_asks_no_index(tmp_path: Path) -> None:
    (tmp_path / "parcel").mkdir()
    root = machine(tmp_path / "machine", **MACHINES["pc"])  # type: ignore[arg-type]
    said = install(
        "--dry-run", "--offline", str(tmp_path / "parcel"), root=root, arch="amd64",
        PATH=f"{fake_dpkg(tmp_path)}:{os.environ['PATH']}",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert f"releases.sh build {tmp_path / 'parcel'}" in said.stdout
    assert "pack.sh" not in said.stdout
    assert "apt-get" not in said.stdout


def fake_dpkg(tmp_path: Path) -> Path:
    """A folder for PATH whose dpkg-query finds everything installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "dpkg-query").write_text("#!/bin/sh\necho 'install ok installed'\n")
    (folder / "dpkg-query").chmod(0o755)
    return folder


def test_a_screen_brings_its_package_and_its_unit(tmp_path: Path) -> None:
    assert "edge-pose.service.d/screen.conf" in plan(
        tmp_path / "a", "pi trixie", "--screen", "lite"
    )
    desktop = plan(tmp_path / "b", "pc", "--screen", "desktop")
    assert "systemd/user/edge-pose-desktop.service" in desktop


def test_the_view_in_a_desktop_takes_the_place_of_the_system_service(tmp_path: Path) -> None:
    (tmp_path / "machine/run/systemd/system").mkdir(parents=True)
    planned = plan(tmp_path, "pc", "--screen", "desktop")
    assert "+ systemctl disable --now edge-pose.service" in planned
    assert "+ systemctl restart edge-pose.service" not in planned


@pytest.mark.parametrize(
    ("screen", "file"),
    [
        ("lite", "etc/systemd/system/edge-pose.service.d/screen.conf"),
        ("desktop", "etc/systemd/user/edge-pose-desktop.service"),
    ],
)
def test_a_later_installation_keeps_the_screen_until_told_otherwise(
    tmp_path: Path, screen: str, file: str
) -> None:
    root, variables, parcel = staged(tmp_path)
    unit = tmp_path / "stage" / file
    words = ("--offline", str(parcel))
    assert install(*words, "--screen", screen, root=root, arch="amd64", **variables).returncode == 0
    shipped = unit.read_text()
    unit.write_text("of an older release")
    assert install(*words, root=root, arch="amd64", **variables).returncode == 0
    assert unit.read_text() == shipped
    assert install(*words, "--screen", "none", root=root, arch="amd64", **variables).returncode == 0
    assert not unit.exists()


@pytest.mark.parametrize(
    ("changes", "arch", "word"),
    [
        ({}, "armhf", "64-bit"),
        ({}, "riscv64", "not supported"),
        ({"distribution": "fedora"}, "amd64", "not supported"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    tmp_path: Path, changes: dict[str, object], arch: str, word: str
) -> None:
    root = machine(tmp_path, **{**MACHINES["pc"], **changes})  # type: ignore[arg-type]
    said = install("--dry-run", root=root, arch=arch)
    assert said.returncode == 1
    assert word in said.stderr


@pytest.mark.parametrize(
    "arguments", [["--screen", "tv"], ["--offline", "/no/such/folder"], ["--frobnicate"]]
)
def test_a_wrong_option_is_refused(arguments: list[str]) -> None:
    assert install(*arguments, "--dry-run").returncode == 1


def staged(tmp_path: Path) -> tuple[Path, dict[str, str], Path]:
    """A machine, the variables that stage an installation below tmp_path with a stand-in for
    Python (what pip and the program do is theirs, the files are ours), and a parcel."""
    root = machine(tmp_path / "machine", **MACHINES["pc"])  # type: ignore[arg-type]
    python = tmp_path / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    variables = {
        "DESTDIR": str(tmp_path / "stage"),
        "PYTHON": str(python),
        "PATH": f"{fake_dpkg(tmp_path)}:{os.environ['PATH']}",
    }
    return root, variables, Device(tmp_path / "parcels").payload("0.1.0")


def test_an_installation_can_be_repeated_checked_and_removed(tmp_path: Path) -> None:
    root, variables, parcel = staged(tmp_path)
    stage = tmp_path / "stage"
    config = stage / "etc/edge-pose/config.toml"

    def does(*words: str) -> subprocess.CompletedProcess[str]:
        return install(*words, root=root, arch="amd64", **variables)

    first = does("--offline", str(parcel))
    assert first.returncode == 0, first.stdout + first.stderr
    assert (stage / "etc/systemd/system/edge-pose.service").is_file()
    assert (stage / "etc/systemd/system/edge-pose-recover.service").is_file()
    assert (stage / "etc/udev/rules.d/60-edge-pose.rules").is_file()
    assert (stage / "etc/edge-pose/credentials").stat().st_mode & 0o777 == 0o700
    assert (stage / "usr/local/bin/edge-pose").readlink() == Path("/opt/edge-pose/bin/edge-pose")
    assert (stage / "opt/edge-pose/bin/edge-pose").is_file()

    config.write_text("[camera]\nfps = 15\n")
    again = does("--offline", str(parcel))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "kept as it is" in again.stdout
    assert config.read_text() == "[camera]\nfps = 15\n"

    checked = does("--check")
    assert checked.returncode == 0, checked.stdout
    (stage / "etc/systemd/system/edge-pose.service").unlink()
    broken = does("--check")
    assert broken.returncode == 1
    assert "MISS  service" in broken.stdout

    by_hand = stage / "etc/systemd/system/edge-pose.service.d/vehicle.conf"
    by_hand.parent.mkdir()
    by_hand.write_text("[Service]\nRestrictAddressFamilies=AF_CAN\n")
    assert does("--uninstall").returncode == 0
    assert config.is_file()
    assert by_hand.is_file()
    assert not (stage / "opt/edge-pose").exists()
    assert not (stage / "usr/local/bin/edge-pose").is_symlink()
    assert does("--uninstall", "--purge").returncode == 0
    assert not config.parent.exists()
    assert not by_hand.parent.exists()


def test_a_release_that_cannot_be_made_ends_the_installation(tmp_path: Path) -> None:
    root, variables, parcel = staged(tmp_path)
    (parcel / "lock/py3.11.txt").unlink()
    said = install("--offline", str(parcel), root=root, arch="amd64", **variables)
    assert said.returncode == 1
    assert "not Python 3.11" in said.stderr
    assert "done." not in said.stdout
    assert not (tmp_path / "stage/usr/local/bin/edge-pose").is_symlink()


def test_another_prefix_is_written_into_the_units(tmp_path: Path) -> None:
    root, variables, parcel = staged(tmp_path)
    variables["PREFIX"] = "/usr/local/edge-pose"
    said = install("--offline", str(parcel), root=root, arch="amd64", **variables)
    assert said.returncode == 0, said.stdout + said.stderr
    for unit in ("edge-pose", "edge-pose-recover"):
        text = (tmp_path / f"stage/etc/systemd/system/{unit}.service").read_text()
        assert "=/usr/local/edge-pose/" in text
        assert "/opt/edge-pose" not in text


@pytest.mark.parametrize("name", ["picamera.toml", "usb.toml", "snapdragon.toml"])
def test_the_example_configs_are_valid_as_they_are_and_with_every_comment_used(
    tmp_path: Path, name: str
) -> None:
    text = (DEVICE / name).read_text()
    load(DEVICE / name)
    lines: dict[tuple[str, str], str] = {}
    section = ""
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith("["):
            section = bare
        key, equals, value = bare.partition(" = ")
        if equals and key.isidentifier() and value:
            lines[section, key] = bare
    assert len(lines) > 8
    full = tmp_path / name
    sections = dict.fromkeys(section for section, _ in lines)
    full.write_text(
        "\n".join(
            "\n".join([s, *(line for (owner, _), line in lines.items() if owner == s)])
            for s in sections
        )
    )
    load(full)


def test_the_wiring_sketch_is_the_config_that_works(tmp_path: Path) -> None:
    sketch = (DEVICE / "wiring.md").read_text()
    block = sketch.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "config.toml"
    path.write_text(block)
    gpio = load(path).gpio
    assert gpio.enabled
    for line in (gpio.led, gpio.tone, gpio.buzzer, gpio.relay, gpio.acknowledge, gpio.speed):
        assert line is not None
        assert f"({line.pin})" in sketch


def test_bash_is_what_the_scripts_ask_for() -> None:
    assert shutil.which("bash")
    assert INSTALL.read_text().startswith("#!/usr/bin/env bash\n")
    assert os.access(INSTALL, os.X_OK)
