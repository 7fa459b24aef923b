"""What the whole suite shares: which outside things are here, and a word on what was left out."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong.
settings.register_profile("edge_pose", deadline=None)
settings.load_profile("edge_pose")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EDGE_POSE_SHARED", ROOT.parent / "shared"))


def _program(*names: str) -> bool:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return all(shutil.which(name, path=path) for name in names)


def _rendering() -> bool:
    return importlib.util.find_spec("bpy") is not None and (SHARED / "heads").is_dir()


def _training_stack() -> bool:
    return all(importlib.util.find_spec(name) for name in ("keras", "tensorflow"))


NEEDS = {
    "shared": (
        (SHARED / "clips").is_dir,
        "the evaluation photos and clips: put them beside the checkout as ../shared, "
        "or name their folder in EDGE_POSE_SHARED",
    ),
    "broker": (lambda: _program("mosquitto", "openssl"), "apt-get install mosquitto openssl"),
    "postgres": (
        lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        "apt-get install postgresql",
    ),
    "gpsd": (lambda: _program("gpsd", "gpsfake"), "apt-get install gpsd gpsd-clients"),
    "browser": (
        lambda: _program("chromium", "chromedriver"),
        "apt-get install chromium chromium-driver",
    ),
    "xvfb": (lambda: _program("Xvfb"), "apt-get install xvfb"),
    "weston": (lambda: _program("weston", "weston-screenshooter"), "apt-get install weston"),
    "systemd": (lambda: _program("systemd-analyze"), "apt-get install systemd"),
    "shellcheck": (lambda: _program("shellcheck"), "apt-get install shellcheck"),
    "model": (_training_stack, "make test-model (installs the training stack, 1.6 GB)"),
    "heads": (_rendering, "make test-heads (installs Blender's module), and the parts of heads"),
    "tflite_runtime": (lambda: "EDGE_POSE_TFLITE_PYTHON" in os.environ, "make test-tflite-runtime"),
    "homeassistant": (lambda: "EDGE_POSE_HA_PYTHON" in os.environ, "make test-homeassistant"),
    "machine": (lambda: "EDGE_POSE_MACHINE" in os.environ, "make test-machine"),
    "soak": (lambda: "EDGE_POSE_SOAK" in os.environ, "make soak"),
}
_MEASURED = "measured"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = {need: present() for need, (present, _) in NEEDS.items()}
    for item in items:
        for need in NEEDS:
            if item.get_closest_marker(need) and not here[need]:
                item.add_marker(pytest.mark.skip(reason=f"needs {need}: {NEEDS[need][1]}"))
                break


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """From the tests' reports alone, since these come from the workers of a parallel run too."""
    _summarise_measured(terminalreporter)
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    if not reasons:
        terminalreporter.write_line("nothing was left out")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"left out: {count} tests: {reason}")


def _summarise_measured(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        f"{report.nodeid}: {text}"
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, text in report.user_properties
        if name == _MEASURED
    ]
    if not told:
        return
    describe = ["git", "describe", "--always", "--dirty"]
    said = subprocess.run(describe, cwd=ROOT, capture_output=True, text=True, check=False)
    terminalreporter.section(f"measured on {said.stdout.strip() or 'an unknown commit'}")
    for line in told:
        terminalreporter.write_line(line)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes what a long run measured for the summary at the end, which names the commit."""

    def note(text: str) -> None:
        request.node.user_properties.append((_MEASURED, text))

    return note


@pytest.fixture(autouse=True)
def _the_log_as_it_was() -> Iterator[None]:
    """A verb run inside a test sets up the program's log; the next test gets it untouched."""
    loggers = [logging.getLogger(name) for name in ("edge_pose", "asyncio", "uvicorn")]
    before = [(logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    yield
    for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of evaluation photos and clips (tests using it carry the marker ``shared``)."""
    return SHARED


@pytest.fixture(scope="session")
def root_dir() -> Path:
    """The checkout."""
    return ROOT
