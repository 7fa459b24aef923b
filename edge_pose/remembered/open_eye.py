"""The open eyes that the device remembers between drives: whoever gets in with tired eyes is judged
by what they measure when awake."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_pose.errors import ConfigError
from edge_pose.remembered.fields import number, read_table
from edge_pose.remembered.files import swap_in
from edge_pose.values import EyeBaseline

log = logging.getLogger(__name__)

_LEAST, _MOST = 0.05, 1.5
"""Below, no eye is open; above, no scale in use ends."""
_NEWS = 0.03
"""A change of less than 3 % is not worth a write."""


class OpenEyeMemory:
    """The open eyes' measures under the state directory, beside the neutral pose."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "open_eye.json"
        self._saved: EyeBaseline | None = None

    def load(self) -> EyeBaseline | None:
        """What was remembered; None if there is nothing, or an impossible one (which is logged)."""
        try:
            fields = read_table(self._path)
            self._saved = EyeBaseline(
                scale=str(fields["scale"]),
                left=number(fields, "left", _LEAST, _MOST),
                right=number(fields, "right", _LEAST, _MOST),
            )
        except FileNotFoundError:
            self._saved = None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: ignored, the open eye is learned again (%s)", self._path, error)
            self._saved = None
        return self._saved

    def save(self, eyes: EyeBaseline) -> None:
        """Keep what has changed. A directory that cannot be written is a warning."""
        if self._is_close(eyes):
            return
        fields = {"scale": eyes.scale, "left": round(eyes.left, 4), "right": round(eyes.right, 4)}
        try:
            swap_in(self._path, fields)
        except ConfigError as error:
            log.warning("the open eye cannot be saved: %s", error)
        self._saved = eyes

    def forget(self) -> None:
        """Another driver, or a person asks for it."""
        self._path.unlink(missing_ok=True)
        self._saved = None

    def _is_close(self, eyes: EyeBaseline) -> bool:
        saved = self._saved
        return (
            saved is not None
            and saved.scale == eyes.scale
            and abs(saved.left - eyes.left) < _NEWS * saved.left
            and abs(saved.right - eyes.right) < _NEWS * saved.right
        )
