"""Settings: pydantic at the edge, frozen values inside."""

from __future__ import annotations

from edge_pose.config.loader import load
from edge_pose.config.root import Config

__all__ = ["Config", "load"]
