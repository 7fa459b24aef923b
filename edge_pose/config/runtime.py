"""Settings of the machinery that keeps the stages running."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

from pydantic import field_validator

from edge_pose.config.section import Section, setting
from edge_pose.installation import BOARD_STATE, release_folder
from edge_pose.this_device import default_vehicle_id


class RuntimeConfig(Section):
    """``[runtime]``: restarts, the summary line, and what to do when the board is hot."""

    vehicle_id: str = setting(
        "",
        "name of this car in topics and records; empty: <host name>-<8 digits of this device>",
        pattern=r"^[A-Za-z0-9_-]{0,64}$",
        form="up to 64 letters without accents, digits, - and _",
    )
    state_dir: Path | None = setting(
        None,
        "where neutral pose, events and backlog are kept; unset: $STATE_DIRECTORY (systemd), else "
        "/var/lib/edge-pose on an installed board, else ~/.local/state/edge-pose",
    )
    restarts: int = setting(
        5, "restarts of one failing stage allowed within restart_window_s", ge=0, le=1000
    )
    restart_window_s: float = setting(
        60.0, "the time over which restarts are counted", unit="s", gt=0, le=86400
    )
    restart_delay_s: float = setting(
        0.5, "wait before the first restart; doubles with each", unit="s", gt=0, le=60
    )
    restart_delay_max_s: float = setting(
        5.0, "longest wait before a restart", unit="s", gt=0, le=600
    )
    stop_s: float = setting(
        1.5,
        "all stages must have stopped within this time; then outputs are forced off",
        unit="s",
        gt=0,
        le=30,
    )
    stall_s: float = setting(
        5.0,
        "time without progress before a stage counts as hung and the watchdog is no longer fed",
        unit="s",
        ge=1,
        le=300,
    )
    mute_max_s: float = setting(
        16200.0,
        "muted by a person, tones and buzzer are heard again after this",
        unit="s",
        source="EC 561/2006: 4.5 h is the longest drive without a break",
        gt=0,
        le=16200.0,
    )
    gap_s: float = setting(
        3.0,
        "gap in measuring that is reported: the program was stopped, starved or the machine "
        "asleep: told",
        unit="s",
        source="Euro NCAP: a long distraction is 3–4 s",
        ge=1,
        le=60,
    )
    summary_every_s: float = setting(
        60.0, "interval of the summary line in the log; 0 = none", unit="s", ge=0, le=86400
    )
    hot_c: float = setting(
        75.0,
        "board temperature from which the frame rate is lowered in steps",
        unit="°C",
        source="Raspberry Pi 4 throttles from 80 °C",
        ge=30,
        le=120,
    )
    hot_margin_c: float = setting(
        5.0, "how far below hot_c it must cool before a step is taken back", unit="°C", gt=0, le=50
    )
    thermal_steps: tuple[float, ...] = setting(
        (1.0, 0.75, 0.5, 0.33), "shares of the normal frame rate, from cool to hottest"
    )
    thermal_step_s: float = setting(20.0, "least time between two steps", unit="s", ge=1, le=3600)

    @property
    def vehicle(self) -> str:
        """The name of this car in effect; no two devices have the same by default."""
        return self.vehicle_id or default_vehicle_id()

    @property
    def state_path(self) -> Path:
        """The state directory in effect."""
        if self.state_dir is not None:
            return self.state_dir.expanduser()
        given = os.environ.get("STATE_DIRECTORY")
        if given:
            return Path(given.split(":")[0])
        if release_folder() is not None:
            return BOARD_STATE
        base = os.environ.get("XDG_STATE_HOME")
        return (Path(base) if base else Path.home() / ".local" / "state") / "edge-pose"

    @field_validator("thermal_steps")
    @classmethod
    def _falling_shares(cls, steps: tuple[float, ...]) -> tuple[float, ...]:
        falling = all(a > b for a, b in pairwise(steps))
        if not steps or steps[0] != 1.0 or not falling or steps[-1] <= 0.0:
            raise ValueError("give shares that start at 1.0 and fall, each above 0")
        return steps
