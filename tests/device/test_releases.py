"""Releases on a device: made beside each other, changed in one step, back after a cut."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from staged_device import Device


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def two_releases(device: Device) -> tuple[str, str]:
    """The one that runs and a newer one beside it."""
    old = device.build("0.1.0")
    device.does("use", old)
    return old, device.build("0.2.0")


def test_the_first_release_is_used_and_its_scripts_name_the_device(device: Device) -> None:
    name = device.build("0.1.0")
    device.does("use", name)
    assert name == "0001-0.1.0"
    assert device.link("current") == name
    program = (device.home / "bin/edge-pose").resolve()
    assert program.read_text() == f"#!/opt/edge-pose/releases/{name}/bin/python\n"


def test_the_one_before_stays_and_older_ones_go(device: Device) -> None:
    names = []
    for version in ("0.1.0", "0.2.0", "0.3.0"):
        names.append(device.build(version))
        device.does("use", names[-1])
    device.does("keep")
    assert device.releases == {names[1], names[2]}
    device.does("back")
    assert device.link("current") == names[1]


def test_a_trial_ends_by_keeping_or_by_going_back(device: Device) -> None:
    old, new = two_releases(device)
    device.does("try", new)
    assert device.link("current") == new
    device.does("recover")
    assert device.link("current") == old
    assert not (device.home / "trial").exists()
    device.does("try", new)
    device.does("keep")
    device.does("recover")
    assert device.link("current") == new


def test_a_cut_between_any_two_steps_of_a_trial_leaves_the_old_or_the_new(device: Device) -> None:
    """What is on the disk after each single step, then the start of the machine."""
    old, new = two_releases(device)
    (device.home / "trial").write_text(f"{old}\n")  # cut before the link changed
    device.does("recover")
    assert device.link("current") == old
    (device.home / "current.new").symlink_to(f"releases/{new}")  # cut before the rename
    device.does("recover")
    assert device.link("current") == old
    device.does("try", new)
    assert device.link("current") == new


def test_a_trial_whose_update_still_runs_is_left_to_it(device: Device) -> None:
    _, new = two_releases(device)
    device.does("try", new)
    with (device.home / ".update").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        device.does("recover")
        assert device.link("current") == new
    device.does("recover")
    assert device.link("current") != new


def test_releases_that_failed_do_not_pile_up(device: Device) -> None:
    old, _ = two_releases(device)
    newest = device.build("0.3.0")
    assert device.releases == {old, newest}


def test_what_was_cut_while_it_was_made_is_never_used_and_is_removed(device: Device) -> None:
    old = device.build("0.1.0")
    device.does("use", old)
    half = device.home / "releases/0002-0.2.0"
    half.mkdir()
    assert device.run("use", half.name).returncode == 1
    assert device.run("try", half.name).returncode == 1
    device.does("recover")
    assert device.releases == {old}


def test_packages_that_cannot_be_had_leave_the_old_one_running(device: Device) -> None:
    old = device.build("0.1.0")
    device.does("use", old)
    (device.home / "no-network").touch()
    failed = device.run("build", str(device.payload("0.2.0")))
    assert failed.returncode == 1
    assert "pack.sh" in failed.stderr
    assert len(failed.stderr.splitlines()) <= 4
    assert device.link("current") == old


def test_another_python_than_the_payload_serves_is_refused(device: Device) -> None:
    payload = device.payload("0.1.0")
    (payload / "lock/py3.11.txt").rename(payload / "lock/py3.13.txt")
    refused = device.run("build", str(payload))
    assert refused.returncode == 1
    assert "serves Python 3.13 not Python 3.11" in refused.stderr


def test_an_installation_from_before_there_were_releases_is_taken_over(device: Device) -> None:
    (device.home / "bin").mkdir()
    for file in ("bin/edge-pose", "bin/python", "pyvenv.cfg"):
        (device.home / file).write_text("old")
    (device.home / "lib").mkdir()
    device.does("use", device.build("0.1.0"))
    assert {path.name for path in device.home.iterdir()} >= {"bin", "current", "releases"}
    assert not (device.home / "lib").exists()
    assert [path.name for path in (device.home / "bin").iterdir()] == ["edge-pose"]


def test_a_wrong_call_is_refused(device: Device) -> None:
    assert device.run("use").returncode == 2
    assert device.run("fly").returncode == 2
    assert device.run("back").returncode == 1
