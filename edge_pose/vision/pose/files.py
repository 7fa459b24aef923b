"""The files behind a head pose: the pose network and the 3D face."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edge_pose.config.vision import PoseConfig
from edge_pose.models import HEAD_POSE, find
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.face.pose_network import HeadPoseModel

FACE_BASIS: Final = PACKAGE_FOLDER / "face_basis.npz"


def open_network(config: PoseConfig) -> HeadPoseModel:
    """The pose network: the shipped one, or the file that the config names."""
    path = Path(config.model).expanduser() if config.model else find(HEAD_POSE.name)
    return HeadPoseModel(path, threads=config.threads, delegate=config.delegate or None)
