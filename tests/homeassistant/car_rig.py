"""The car's program as a test drives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Car:
    """The child program; it may be killed and started again with what it kept."""

    def __init__(self, port: int, folder: Path) -> None:
        self._command = [sys.executable, str(Path(__file__).with_name("car.py")), str(port),
                         str(folder)]  # fmt: skip
        self._program: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._program = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self._program.stdout is not None
        assert self._program.stdout.readline() == "open\n"

    def say(self, line: str) -> None:
        assert self._program is not None
        assert self._program.stdin is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()

    def alert(self, number: int, kind: str = "distraction.glance", level: str = "warning",
              phase: str = "new") -> None:  # fmt: skip
        self.say(f"alert {number} {kind} {level} {phase}")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self._program is not None:
            self.say("quit")
            self._end(None)

    def _end(self, how: signal.Signals | None) -> None:
        program, self._program = self._program, None
        assert program is not None
        if how is not None:
            program.send_signal(how)
        program.wait(20)
        for pipe in (program.stdin, program.stdout):
            assert pipe is not None
            pipe.close()
