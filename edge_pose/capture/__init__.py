"""Where frames come from: cameras, streams, files and the demo."""

from edge_pose.capture.opening import demo_clip, open_source
from edge_pose.capture.source import Source

__all__ = ["Source", "demo_clip", "open_source"]
