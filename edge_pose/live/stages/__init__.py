"""The live program's stages: each wraps one part of the program in a thread of its own.

CaptureStage ─Latest→ InferenceStage ─Mailbox/Latest→ SinkStage …
VehicleStage … → VehicleInputs ┘     ├────────────→ SceneFeed → ViewStage …
                                     └─────Latest─→ MemoryStage
"""

from __future__ import annotations

from edge_pose.live.stages.capture import CaptureStage
from edge_pose.live.stages.inference import InferenceStage, Outlet
from edge_pose.live.stages.memory import MemoryStage
from edge_pose.live.stages.sink import SinkStage
from edge_pose.live.stages.vehicle import VehicleStage
from edge_pose.live.stages.view import ViewStage

__all__ = [
    "CaptureStage",
    "InferenceStage",
    "MemoryStage",
    "Outlet",
    "SinkStage",
    "VehicleStage",
    "ViewStage",
]
