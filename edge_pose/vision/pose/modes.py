"""The pose estimator that the config names."""

from __future__ import annotations

from pathlib import Path

from edge_pose.config.vision import PoseConfig
from edge_pose.models import HEAD_POSE, find
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.face.pose_network import HeadPoseModel
from edge_pose.vision.pose.estimator import NetworkPose, PoseEstimator
from edge_pose.vision.pose.fusion import HybridPose, Trust
from edge_pose.vision.pose.mesh_fit import FitPose, MeshFitter

FACE_BASIS = PACKAGE_FOLDER / "face_basis.npz"


def open_network(config: PoseConfig) -> HeadPoseModel:
    """The pose network: the shipped one, or the file that the config names."""
    path = Path(config.model).expanduser() if config.model else find(HEAD_POSE.name)
    return HeadPoseModel(path, threads=config.threads, delegate=config.delegate or None)


def open_pose(config: PoseConfig, *, hfov_deg: float) -> PoseEstimator:
    """A ready estimator; raises ModelError when a model is missing or damaged."""
    if config.mode == "network":
        return NetworkPose(open_network(config))
    fitter = MeshFitter.load(FACE_BASIS)
    if config.mode == "fit":
        return FitPose(fitter, hfov_deg=hfov_deg)
    return HybridPose(open_network(config), fitter, Trust(), hfov_deg=hfov_deg)
