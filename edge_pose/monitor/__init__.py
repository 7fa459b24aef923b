"""The driver monitor: observations in, driver state and alerts out; pure rules."""

from __future__ import annotations

from edge_pose.monitor.engine import Monitor, Update

__all__ = ["Monitor", "Update"]
