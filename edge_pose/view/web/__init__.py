"""The live page: picture, state, history and buttons in any browser."""

from __future__ import annotations

from edge_pose.view.web.server import WebServer
from edge_pose.view.web.site import History

__all__ = ["History", "WebServer"]
