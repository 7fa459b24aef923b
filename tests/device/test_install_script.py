"""The installer, tried on machines that are only folders: it says what it would do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_pose.config.loader import load

DEVICE = Path(__file__).resolve().parents[2] / "deploy" / "device"
INSTALL = DEVICE / "install.sh"


def machine(
    root: Path, *, distribution: str, codename: str, model: str = "", soc: str = "", pi_os: bool
) -> Path:
    """A folder that looks like a machine as far as the installer looks."""
    (root / "etc").mkdir(parents=True)
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
@pytest.mark.parametrize("script", ["install.sh", "pack.sh"])
def test_the_scripts_are_clean(script: str) -> None:
    said = subprocess.run(
        ["shellcheck", str(DEVICE / script)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout


def test_pi_os_gets_picamera2_and_sees_system_packages(tmp_path: Path) -> None:
    steps = plan(tmp_path, "pi trixie")
    assert "python3-picamera2" in steps
    assert "--system-site-packages" in steps
    assert "picamera.toml" in steps
    assert "constraint: numpy" not in steps


def test_bookworm_holds_numpy_for_the_sake_of_picamera2(tmp_path: Path) -> None:
    steps = plan(tmp_path, "pi bookworm")
    assert "constraint: numpy<2" in steps
    assert "constraint: opencv-python-headless<4.12" in steps


@pytest.mark.parametrize(
    ("kind", "extra", "example"),
    [("snapdragon", "gpiod", "snapdragon.toml"), ("pc", "", "usb.toml")],
)
def test_other_boards_keep_to_their_own_venv(
    tmp_path: Path, kind: str, extra: str, example: str
) -> None:
    steps = plan(tmp_path, kind)
    assert "picamera2" not in steps.replace("picamera.toml", "")
    assert "--system-site-packages" not in steps
    assert f"{example} /etc/edge-pose/config.toml" in steps
    assert (f"source\\[{extra}\\]" in steps) == bool(extra)


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
    assert "--no-index" in said.stdout
    assert f"models install --from {tmp_path / 'parcel'}" in said.stdout
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
    assert "source\\[screen\\]" in desktop
    assert "systemd/user/edge-pose-desktop.service" in desktop


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


def staged(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A machine and the variables that stage an installation below tmp_path, with a stand-in for
    Python: what pip and the program do is theirs, the files are ours."""
    root = machine(tmp_path / "machine", **MACHINES["pc"])  # type: ignore[arg-type]
    python = tmp_path / "python3"
    python.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        '  "-m venv"*) for d; do :; done; mkdir -p "$d/bin"; cp "$0" "$d/bin/python";\n'
        '     printf "#!%s/bin/python\\n" "$d" >"$d/bin/edge-pose"; chmod +x "$d/bin/edge-pose";;\n'
        "esac\n"
    )
    python.chmod(0o755)
    stage = tmp_path / "stage"
    variables = {
        "DESTDIR": str(stage),
        "PYTHON": str(python),
        "PATH": f"{fake_dpkg(tmp_path)}:{os.environ['PATH']}",
    }
    return root, variables


def test_an_installation_can_be_repeated_checked_and_removed(tmp_path: Path) -> None:
    root, variables = staged(tmp_path)
    stage = tmp_path / "stage"
    config = stage / "etc/edge-pose/config.toml"
    first = install(root=root, arch="amd64", **variables)
    assert first.returncode == 0, first.stdout + first.stderr
    assert (stage / "etc/systemd/system/edge-pose.service").is_file()
    assert (stage / "etc/udev/rules.d/60-edge-pose.rules").is_file()
    assert (stage / "etc/edge-pose/credentials").stat().st_mode & 0o777 == 0o700
    assert (stage / "opt/edge-pose/bin/edge-pose").read_text() == "#!/opt/edge-pose/bin/python\n"

    config.write_text("[camera]\nfps = 15\n")
    again = install(root=root, arch="amd64", **variables)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "kept as it is" in again.stdout
    assert config.read_text() == "[camera]\nfps = 15\n"

    assert install("--check", root=root, arch="amd64", **variables).returncode == 0
    (stage / "etc/systemd/system/edge-pose.service").unlink()
    broken = install("--check", root=root, arch="amd64", **variables)
    assert broken.returncode == 1
    assert "MISS  service" in broken.stdout

    removed = install("--uninstall", root=root, arch="amd64", **variables)
    assert removed.returncode == 0, removed.stderr
    assert config.is_file()
    assert not (stage / "opt/edge-pose").exists()
    assert install("--uninstall", "--purge", root=root, arch="amd64", **variables).returncode == 0
    assert not config.parent.exists()


def test_another_prefix_is_written_into_the_unit(tmp_path: Path) -> None:
    root, variables = staged(tmp_path)
    said = install(root=root, arch="amd64", PREFIX="/usr/local/edge-pose", **variables)
    assert said.returncode == 0, said.stdout + said.stderr
    unit = (tmp_path / "stage/etc/systemd/system/edge-pose.service").read_text()
    assert "ExecStart=/usr/local/edge-pose/bin/edge-pose run" in unit
    assert "/opt/edge-pose" not in unit


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
