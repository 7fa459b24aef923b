"""The values that flow one way through the program; frozen, so threads may share them.

Units are suffixes. Angles follow ``vision/geometry.py``. Times ``t``/``t_s`` are monotonic
seconds of the frame's clock. ``None`` means *not measured*, never *zero*.
"""

from edge_pose.kinds import AlertKind
from edge_pose.values.alert import Alert, AlertLevel, AlertPhase, EpisodeStep
from edge_pose.values.command import Command
from edge_pose.values.driver import DriverState, NeutralPose
from edge_pose.values.eye_baseline import EyeBaseline
from edge_pose.values.face import Box, EyeState, Face, Gaze, HeadPose, HeadPosition, Landmarks
from edge_pose.values.frame import Frame, ImageQuality
from edge_pose.values.guide import GuideView, PlacementVerdict
from edge_pose.values.observation import Observation
from edge_pose.values.scene import Health, Scene
from edge_pose.values.sight import SightStatistics
from edge_pose.values.trouble import CameraCondition, Trouble
from edge_pose.values.vehicle import VehicleState

__all__ = [
    "Alert",
    "AlertKind",
    "AlertLevel",
    "AlertPhase",
    "Box",
    "CameraCondition",
    "Command",
    "DriverState",
    "EpisodeStep",
    "EyeBaseline",
    "EyeState",
    "Face",
    "Frame",
    "Gaze",
    "GuideView",
    "HeadPose",
    "HeadPosition",
    "Health",
    "ImageQuality",
    "Landmarks",
    "NeutralPose",
    "Observation",
    "PlacementVerdict",
    "Scene",
    "SightStatistics",
    "Trouble",
    "VehicleState",
]
