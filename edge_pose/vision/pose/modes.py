"""The pose estimator that the config names."""

from __future__ import annotations

from edge_pose.config.vision import PoseConfig
from edge_pose.vision.pose.estimator import NetworkPose, PoseEstimator
from edge_pose.vision.pose.files import FACE_BASIS, open_network
from edge_pose.vision.pose.fusion import HybridPose, Trust
from edge_pose.vision.pose.mesh_fit import FitPose, MeshFitter


def open_pose(config: PoseConfig, *, hfov_deg: float) -> PoseEstimator:
    """A ready estimator; raises ModelError when a model is missing or damaged."""
    if config.mode == "network":
        return NetworkPose(open_network(config))
    fitter = MeshFitter.load(FACE_BASIS)
    if config.mode == "fit":
        return FitPose(fitter, hfov_deg=hfov_deg)
    return HybridPose(open_network(config), fitter, Trust(), hfov_deg=hfov_deg)
