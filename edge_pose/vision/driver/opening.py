"""The reader of the driver's face that the config names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge_pose.config.vision import EyesConfig, ModelConfig, PoseConfig
from edge_pose.models import FACE_LANDMARKS, find
from edge_pose.models.card import is_face_card
from edge_pose.models.catalog import EYES, FACE
from edge_pose.values import EyeBaseline
from edge_pose.vision.driver.network_reader import NetworkReader, PoseFromFace
from edge_pose.vision.driver.reading import FaceReader
from edge_pose.vision.eyes.eye_network import EyeNetwork
from edge_pose.vision.eyes.eye_sense import EyeSense
from edge_pose.vision.face.face_network import FaceNetwork, FaceSource
from edge_pose.vision.face.levelled import LevelledFace
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.placing import HeadPlacer
from edge_pose.vision.pose.files import FACE_BASIS, open_network
from edge_pose.vision.pose.from_face import NetworkFacePose

if TYPE_CHECKING:
    from edge_pose.vision.driver.mesh_reader import MeshReader


def open_reader(
    pose: PoseConfig,
    eyes: EyesConfig,
    model: ModelConfig,
    *,
    hfov_deg: float,
    remembered: EyeBaseline | None = None,
    several_looks: bool = False,
) -> FaceReader:
    """A ready reader. Raises ModelError when a model is missing or damaged. ``remembered``: the
    driver's open eyes, from an earlier drive. ``several_looks``: each face is read ten times by the
    face network, for still pictures."""
    if pose.landmarks == "mesh":
        return _mesh_reader(pose, eyes, hfov_deg, remembered)
    sense = EyeSense(open_eyes(eyes, model), eyes, remembered) if eyes.enabled else None
    face: FaceSource = open_face(pose, model)
    if several_looks:
        from edge_pose.vision.face.several_looks import SeveralLooks  # a service has no use for it

        face = SeveralLooks(face)
    return NetworkReader(
        face=LevelledFace(face),
        pose=open_face_pose(pose, hfov_deg=hfov_deg),
        eyes=sense,
        eyes_rate_hz=eyes.rate_hz,
    )


def open_face(pose: PoseConfig, model: ModelConfig) -> FaceNetwork:
    """The face network: the shipped one of the chosen weights, or the file that ``pose.model``
    names if that is one."""
    path = _own_face(pose) or find(FACE[model.weights].name)
    return FaceNetwork(path, threads=pose.threads, delegate=pose.delegate or None)


def open_eyes(eyes: EyesConfig, model: ModelConfig) -> EyeNetwork:
    """The eye network of the chosen weights."""
    return EyeNetwork(find(EYES[model.weights].name), threads=eyes.threads)


def open_face_pose(pose: PoseConfig, *, hfov_deg: float) -> PoseFromFace:
    """What makes a pose of the face network's reading, as ``pose.mode`` says. A ``pose.model``
    that is a pose network alone gives the angles; the landmarks are the face network's."""
    basis = FaceBasis.load(FACE_BASIS).chosen(IBUG_68)
    other = open_network(pose) if pose.model and _own_face(pose) is None else None
    network = NetworkFacePose(HeadPlacer(basis, hfov_deg=hfov_deg), other)
    if pose.mode == "network":
        return network
    # The 3D fit, and below the mesh: a service that asks for neither does not load them.
    from edge_pose.vision.pose.fitted_face import FittedFacePose
    from edge_pose.vision.pose.fusion import NETWORK_TRUST
    from edge_pose.vision.pose.landmark_fit import LandmarkFit

    trust = NETWORK_TRUST if pose.mode == "hybrid" else None
    return FittedFacePose(network, LandmarkFit.of_68(basis), trust)


def _own_face(pose: PoseConfig) -> Path | None:
    if not pose.model:
        return None
    path = Path(pose.model).expanduser()
    return path if is_face_card(path) else None


def _mesh_reader(
    pose: PoseConfig, eyes: EyesConfig, hfov_deg: float, remembered: EyeBaseline | None
) -> MeshReader:
    from edge_pose.vision.driver.mesh_reader import MeshReader
    from edge_pose.vision.pose.modes import open_pose

    estimator = open_pose(pose, hfov_deg=hfov_deg)
    meshed = eyes.enabled or estimator.needs_landmarks
    landmarker = Landmarker(find(FACE_LANDMARKS.name), threads=eyes.threads) if meshed else None
    return MeshReader(pose=estimator, landmarker=landmarker, eyes=eyes, remembered=remembered)
