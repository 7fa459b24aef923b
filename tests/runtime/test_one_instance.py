"""One program to a state directory."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_pose.errors import ConfigError, EdgePoseError
from edge_pose.runtime.one_instance import FILE, only_instance


def test_a_second_program_is_told_in_one_line_who_is_there(tmp_path: Path) -> None:
    with only_instance(tmp_path):
        second = subprocess.run(
            [sys.executable, "-m", "edge_pose", "run", "--source", "demo:",
             "--set", f"runtime.state_dir={tmp_path}", "--set", "web.enabled=false"],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert second.returncode == 2
    assert f"in use by process {os.getpid()}" in second.stderr
    assert len([line for line in second.stderr.splitlines() if "edge-pose:" in line]) == 1
    assert "Traceback" not in second.stderr


def test_after_a_kill_the_directory_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from edge_pose.runtime.one_instance import only_instance\n"
        "with only_instance(pathlib.Path(sys.argv[1])): print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(ConfigError, match=f"process {holder.pid}"), only_instance(tmp_path):
        pass
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with only_instance(tmp_path):
        assert (tmp_path / FILE).read_text() == str(os.getpid())


def test_a_directory_that_cannot_be_locked_is_no_reason_not_to_monitor(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with only_instance(tmp_path / "file"):
        assert "cannot be locked" in caplog.text


def test_a_full_disk_is_no_reason_not_to_monitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with (
        only_instance(tmp_path),
        pytest.raises(ConfigError, match="in use"),
        only_instance(tmp_path),
    ):
        pass


def test_a_service_that_finds_another_program_is_to_be_tried_again(tmp_path: Path) -> None:
    """Its unit takes exit code 2 for a wrong config and never starts it again."""
    again = only_instance(tmp_path, as_service=True)
    with only_instance(tmp_path), pytest.raises(EdgePoseError, match="in use by") as told, again:
        pass
    assert told.value.exit_code == 1
