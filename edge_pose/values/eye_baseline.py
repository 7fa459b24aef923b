"""What one driver's open eyes measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeBaseline:
    """``left``, ``right``: the open eyes' measure, as far as it is known for certain. ``scale``:
    which measure it is (an aspect ratio of one mesh says nothing to another network)."""

    scale: str
    left: float
    right: float
