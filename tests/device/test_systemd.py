"""The units: systemd finds nothing to say about them, and they are shut tight."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
PROGRAM = "/opt/edge-pose/bin/edge-pose"
RELEASES = "/opt/edge-pose/sbin/releases.sh"

pytestmark = pytest.mark.systemd


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder of the units whose program exists (a stub): verify asks for that."""
    stub = tmp_path / "bin" / "edge-pose"
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\n")
    stub.chmod(0o755)
    for unit in SYSTEMD.glob("*.service"):
        (tmp_path / unit.name).write_text(
            unit.read_text().replace(PROGRAM, str(stub)).replace(RELEASES, str(stub))
        )
    return tmp_path


def analyze(*arguments: str, runtime: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(runtime)},
    )


@pytest.mark.parametrize(
    ("unit", "scope"), [("edge-pose.service", "--system"), ("edge-pose-desktop.service", "--user")]
)
def test_systemd_has_nothing_to_say(units: Path, unit: str, scope: str) -> None:
    said = analyze("verify", "--man=no", scope, str(units / unit), runtime=units)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_drop_in_for_a_screen_fits(units: Path) -> None:
    folder = units / "edge-pose.service.d"
    folder.mkdir()
    drop_in = (SYSTEMD / "edge-pose-screen-lite.conf").read_text()
    (folder / "screen.conf").write_text(drop_in.replace(PROGRAM, str(units / "bin/edge-pose")))
    said = analyze("verify", "--man=no", str(units / "edge-pose.service"), runtime=units)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_drop_in_for_can_and_serial_adapters_fits(units: Path) -> None:
    folder = units / "edge-pose.service.d"
    folder.mkdir()
    shutil.copy(SYSTEMD / "edge-pose-vehicle.conf", folder / "vehicle.conf")
    said = analyze("verify", "--man=no", str(units / "edge-pose.service"), runtime=units)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_a_key_that_systemd_does_not_know_would_be_seen(units: Path) -> None:
    unit = units / "edge-pose.service"
    unit.write_text(unit.read_text() + "\n[Service]\nProtectEverything=yes\n")
    assert "ProtectEverything" in analyze("verify", "--man=no", str(unit), runtime=units).stderr


def test_the_exposure_is_low(units: Path) -> None:
    said = analyze(
        "--offline=true", "security", str(units / "edge-pose.service"), runtime=units
    ).stdout
    found = re.search(r"exposure level for edge-pose\.service: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) <= 3.0


def test_a_missing_credential_has_a_fallback() -> None:
    """systemd refuses to start a service whose LoadCredential is absent and has no fallback."""
    unit = (SYSTEMD / "edge-pose.service").read_text()
    loaded = re.findall(r"^LoadCredential=([\w-]+):", unit, re.MULTILINE)
    fallback = re.findall(r"^SetCredential=([\w-]+):", unit, re.MULTILINE)
    assert "mqtt-password" in loaded
    assert loaded == fallback


def test_the_user_and_groups_can_be_made() -> None:
    said = subprocess.run(
        ["systemd-sysusers", "--dry-run", str(SYSTEMD / "edge-pose.sysusers")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "Invalid" not in said.stderr
