"""What the programs of a load test use: processor seconds and memory, from /proc."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


class Usage:
    """Processor seconds by name, summed over processes that come and go."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], float] = {}
        self.peak_mb: dict[str, float] = {}

    def look(self, name: str, pid: int) -> None:
        """Take notice of a process and its children, as long as they live."""
        for one in (pid, *children(pid)):
            try:
                stat = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
                status = Path(f"/proc/{one}/status").read_text()
            except OSError:
                continue
            self._seen[name, one] = (int(stat[11]) + int(stat[12])) / _TICK
            for line in status.splitlines():
                if line.startswith("VmHWM"):
                    peak = float(line.split()[1]) / 1024.0
                    self.peak_mb[name] = max(self.peak_mb.get(name, 0.0), peak)

    def seconds(self, name: str) -> float:
        return sum(seconds for (one, _), seconds in self._seen.items() if one == name)


def children(pid: int) -> list[int]:
    """The processes that this one has started and that still run."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
