"""Alerts as alarms of an open fleet server."""

from __future__ import annotations

from edge_pose.sinks.traccar.sink import TraccarSink

__all__ = ["TraccarSink"]
