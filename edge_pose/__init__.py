"""edge_pose: a driver monitor for small boards."""

from __future__ import annotations

__version__ = "0.1.0"
