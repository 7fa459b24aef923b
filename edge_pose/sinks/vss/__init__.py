"""The driver in the Vehicle Signal Specification's words."""

from __future__ import annotations

from edge_pose.sinks.vss.sink import VssSink

__all__ = ["VssSink"]
