"""The neutral pose that the device remembers between drives."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_pose.config.neutral import NeutralConfig
from edge_pose.errors import ConfigError
from edge_pose.remembered.fields import number, read_table
from edge_pose.remembered.files import swap_in
from edge_pose.values import NeutralPose

log = logging.getLogger(__name__)


class NeutralMemory:
    """The neutral pose saved under the state directory, one per camera place."""

    def __init__(self, state_dir: Path, limits: NeutralConfig | None = None) -> None:
        """``limits``: a pose beyond them cannot be anybody's neutral, whoever wrote it."""
        self._limits = limits or NeutralConfig()
        self._path = state_dir / "neutral.json"
        self._saved: NeutralPose | None = None

    def load(self) -> NeutralPose | None:
        """The saved neutral pose; None if there is none, or a damaged one (which is logged)."""
        limits = self._limits
        try:
            fields = read_table(self._path)
            self._saved = NeutralPose(
                yaw_deg=number(fields, "yaw_deg", -limits.yaw_limit_deg, limits.yaw_limit_deg),
                pitch_deg=number(
                    fields, "pitch_deg", limits.pitch_lowest_deg, limits.pitch_highest_deg
                ),
            )
        except FileNotFoundError:
            self._saved = None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: ignored, the neutral pose is learned again (%s)", self._path, error)
            self._saved = None
        return self._saved

    def save(self, neutral: NeutralPose | None) -> None:
        """Keep a confirmed neutral pose that moved by 0.5° or more since the last save.

        A directory that cannot be written is a warning: monitoring goes on without memory.
        """
        if neutral is None or not neutral.confirmed or self._is_close(neutral):
            return
        try:
            self.keep(neutral)
        except ConfigError as error:
            log.warning("the neutral pose cannot be saved: %s", error)
        self._saved = neutral

    def keep(self, neutral: NeutralPose) -> None:
        """Write it down. Raises ConfigError where the directory cannot be written."""
        fields = {"yaw_deg": round(neutral.yaw_deg, 2), "pitch_deg": round(neutral.pitch_deg, 2)}
        swap_in(self._path, fields)
        self._saved = neutral

    def forget(self) -> None:
        """Delete the saved pose, as a recalibration asks."""
        self._path.unlink(missing_ok=True)
        self._saved = None

    def _is_close(self, neutral: NeutralPose) -> bool:
        saved = self._saved
        return (
            saved is not None
            and abs(saved.yaw_deg - neutral.yaw_deg) < 0.5
            and abs(saved.pitch_deg - neutral.pitch_deg) < 0.5
        )
