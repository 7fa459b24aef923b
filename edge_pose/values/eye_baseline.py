"""What one driver's open eyes measure."""

from __future__ import annotations

from edge_pose.values.value import value


@value()
class EyeBaseline:
    """``left``, ``right``: the open eyes' measure, as far as it is known for certain. ``scale``:
    which measure it is (an aspect ratio of one mesh says nothing to another network)."""

    scale: str
    left: float
    right: float
