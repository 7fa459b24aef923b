"""What one observation costs in the rules: the best of five turns of ten simulated minutes.

python -m deploy.monitor.cost
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.values import Observation

SIMULATION = Path(__file__).resolve().parents[2] / "tests" / "simulation"
TURNS = 5


def cost_us(observations: Sequence[Observation]) -> float:
    """Microseconds of processor time an observation, from a cold start on."""
    monitor = Monitor(MonitorConfig())
    start = time.process_time()
    for observation in observations:
        monitor.update(observation)
    return 1e6 * (time.process_time() - start) / len(observations)


def main() -> None:
    """Print it for the head alone and with sight."""
    sys.path.insert(0, str(SIMULATION))
    from attentive import AttentiveDriver  # type: ignore[import-not-found]

    sight = list(AttentiveDriver(7, sight=True).drive(600.0, 15.0))
    head = [replace(o, gaze=None, lids_closed=None, eyes_visible=None) for o in sight]
    for name, observations in (("head alone", head), ("with sight", sight)):
        print(f"{name}: {min(cost_us(observations) for _ in range(TURNS)):.0f} µs an observation")


if __name__ == "__main__":
    main()
