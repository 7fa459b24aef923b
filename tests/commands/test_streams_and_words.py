"""The command line with streams that fail, stops at any moment, and arguments that are wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edge_pose.capture import demo_clip
from edge_pose.cli import main

EDGE_POSE = (sys.executable, "-m", "edge_pose")
ROOT = Path(__file__).resolve().parents[2]


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line.replace('edge-pose', ' '.join(EDGE_POSE))}"],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["check", "models list", "--version", "check --help"])
@pytest.mark.parametrize("where", [">&-", "| head -1", "2>&-", ">/dev/full"])
def test_an_output_that_fails_is_no_traceback(verb: str, where: str) -> None:
    done = shell(f"edge-pose {verb} {where}")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if where != ">/dev/full":
        assert done.returncode == 0


@pytest.mark.parametrize("verb", ["check", "models list", "pose --help", "bench --help"])
def test_a_terminal_that_knows_ascii_only_shows_a_question_mark(verb: str) -> None:
    done = shell(f"edge-pose {verb}", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr


def test_the_demo_goes_on_when_nobody_reads_its_alerts(tmp_path: Path) -> None:
    done = shell(f"edge-pose demo --fast | head -1; echo ${{PIPESTATUS[0]}} > {tmp_path}/status")
    assert done.stdout.startswith("ALERT ")
    assert (tmp_path / "status").read_text().strip() == "0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_demo_says_nothing_and_leaves_nothing(
    number: signal.Signals, tmp_path: Path
) -> None:
    program = subprocess.Popen(
        [*EDGE_POSE, "demo", "--set", "web.enabled=false"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert program.stderr is not None
    for line in program.stderr:
        if "camera: demo:" in line:
            break
    program.send_signal(number)
    _, rest = program.communicate(timeout=20)
    assert program.returncode == 128 + number
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_modules_load_is_no_traceback() -> None:
    for moment in ("edge_pose.cli", "edge_pose.config.root"):
        code = (
            "import os, signal, sys\n"
            "class Stop:\n"
            "    def find_spec(self, name, *_):\n"
            f"        if name == {moment!r}: os.kill(os.getpid(), signal.SIGINT)\n"
            "sys.meta_path.insert(0, Stop())\n"
            "sys.argv[1:] = ['check']\n"
            "from edge_pose.__main__ import program; program()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode in (-signal.SIGINT, 130)
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["replay", "{dir}", "--out", "{dir}/out"], 3, "is a folder"),
        (["replay", "{clip}", "--out", "{file}"], 2, "is a file"),
        (["replay", "{clip}", "--out", "/proc/nowhere"], 2, "name a folder that can be written"),
        (["doctor", "--bundle", "/nowhere/b.zip"], 1, "/nowhere/b.zip: no such file"),
        (["bench", "--width", "0"], 2, "from 16 to 8192"),
        (["events", "list", "--last", "0"], 2, "from 1 to"),
        (["events", "list", "--last", "-3"], 2, "from 1 to"),
        (["models", "install", "--from", "{file}"], 4, "give a mediapipe wheel"),
        (["pose", "{file}"], 0, "no face found"),
        (["pose", "{dir}/none.png"], 3, "no such file"),
        (["pose", "{dir}/list.csv"], 2, "needs --out"),
        (["pose", "{file}", "--landmarks", "{dir}/x.csv"], 2, "goes with --out"),
        (["pose", "{file}", "{file}", "--out", "{dir}/x.csv"], 0, "2 images, 0 with a pose"),
        (["pose", "{dir}"], 3, "a folder: name its pictures"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(
    words: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    picture = tmp_path / "grey.png"
    cv2.imwrite(str(picture), cv2.UMat(48, 64, cv2.CV_8UC3, (90, 90, 90)).get())
    places = {"dir": str(tmp_path), "file": str(picture), "clip": str(demo_clip())}
    assert main([word.format_map(places) for word in words]) == code
    told = capsys.readouterr()
    assert message in told.err + told.out
    assert "Error:" not in told.err


@pytest.mark.parametrize(
    ("words", "usage", "hint"),
    [
        (["rum"], "edge-pose", "did you mean run?"),
        (["run", "--confg", "x"], "edge-pose run", "--confg x: not known here; did you mean --con"),
        (["events", "lst"], "edge-pose events", "did you mean list?"),
        (["events", "list", "--lastt=3"], "edge-pose events list", "did you mean --last?"),
        (["pose", "a.png", "--mode", "fitt"], "edge-pose pose", "did you mean fit?"),
        (["check", "--nothing-like-it"], "edge-pose check", "--nothing-like-it: not known here"),
    ],
)
def test_a_misspelt_word_is_told_the_usage_and_the_right_one(
    words: list[str], usage: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"usage: {usage} [-h]")
    assert hint in told


@pytest.mark.parametrize("words", [["-v", "check"], ["check", "-v"]])
def test_verbose_before_or_after_the_verb(words: list[str]) -> None:
    assert main(words) == 0
