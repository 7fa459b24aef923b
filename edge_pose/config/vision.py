"""Config of the vision part: detector, tracking, pose, eyes."""

from __future__ import annotations

from typing import Literal

from edge_pose.config.section import Section, setting


class DetectorConfig(Section):
    """How faces are found."""

    backend: str = setting(
        "blazeface",
        "blazeface: the shipped int8 model; blazeface_float: as MediaPipe publishes it (edge-pose "
        "models install --mesh); mediapipe: through the mediapipe package, where that installs "
        "(Python 3.12 and older); or a detector that another package registers",
        source="on 2000 labelled faces both find 92.5 % (deploy/detector)",
    )
    min_score: float = setting(
        0.5,
        "a face counts from this detector score",
        source="MediaPipe's own default",
        gt=0.0,
        lt=1.0,
    )
    threads: int = setting(1, "inference threads of the detector", ge=1, le=4)


class ModelConfig(Section):
    """Which set of our own networks runs."""

    weights: Literal["research", "clean"] = setting(
        "research",
        "research: trained on real photos whose terms allow research only; clean: trained on "
        "rendered heads, free of those terms",
    )


class TrackingConfig(Section):
    """How the driver's face is held from frame to frame."""

    recheck_s: float = setting(
        2.0,
        "the detector re-checks a held face at least this often; with pose.landmarks = mesh, "
        "where nothing else follows the face, at least every 0.12 s",
        unit="s",
        source="the landmarks follow the face in between; a passenger takes over after 3 s at the "
        "earliest",
        ge=0.0,
        le=5.0,
    )
    min_presence: float = setting(
        0.5,
        "below this probability of a face its landmarks do not move the box, and the detector "
        "looks again",
        gt=0.0,
        lt=1.0,
    )
    recheck_std_deg: float = setting(
        12.0,
        "re-check at once when the pose network expects a larger error than this",
        unit="deg",
        ge=1.0,
        le=90.0,
    )
    seat: Literal["any", "left", "right"] = setting(
        "any",
        "half of the image in which the driver sits; faces centred in the other half are ignored",
    )
    near_tie: float = setting(
        0.7,
        "faces of at least this share of the largest one's side count as equally large: then the "
        "most central is the driver",
        gt=0.0,
        le=1.0,
    )
    hold_s: float = setting(
        0.25,
        "a face that the detector no longer sees is given up after this",
        unit="s",
        source="longer than one missed look, far shorter than any rule",
        ge=0.0,
        le=2.0,
    )
    lost_s: float = setting(
        10.0,
        "how long only a face near the last place may be the driver again; after that anyone",
        unit="s",
        source="a passenger must not stand in for a driver who looks away",
        ge=0.0,
        le=120.0,
    )
    takeover_s: float = setting(
        3.0,
        "someone clearly larger than the held face becomes the driver after this",
        unit="s",
        ge=0.0,
        le=60.0,
    )


class PoseConfig(Section):
    """How head angles are measured."""

    mode: Literal["network", "fit", "hybrid"] = setting(
        "network",
        "network: the face network's own angles; fit: a 3D face fitted to its landmarks; hybrid: "
        "both, weighted by their expected errors. With pose.landmarks = mesh: the same of the pose "
        "network and MediaPipe's mesh, and only fit and hybrid then know where the head is",
        source="mean error on 160 photos with truth: network 2.25°, fit 2.34°, hybrid 2.26°; by "
        "the mesh 2.32°, 2.40° and 2.24°",
    )
    landmarks: Literal["network", "mesh"] = setting(
        "network",
        "network: the face network's own 68 landmarks; mesh: MediaPipe's face mesh (float, "
        "optional: edge-pose models install --mesh), which also reads the lids then",
    )
    model: str = setting(
        "",
        "path of another pose or face network (.tflite with its card beside it); a pose network "
        "gives the angles alone",
    )
    delegate: str = setting(
        "", "path of an external TFLite delegate (e.g. Hexagon or QNN on Snapdragon)"
    )
    threads: int = setting(
        1,
        "inference threads of the pose network",
        source="leave cores for camera and view",
        ge=1,
        le=4,
    )


class EyesConfig(Section):
    """Eyes and mouth: how open, shut or lowered, where they look."""

    enabled: bool = setting(True, "measure eyes and mouth")
    rate_hz: float = setting(
        15.0,
        "how often the eyes are read, by frame time (with pose.landmarks = mesh: the mesh)",
        unit="Hz",
        source="closures count from 0.25 s (PERCLOS) and 1 s (microsleep), nods want 15 Hz",
        gt=0.0,
        le=60.0,
    )
    min_mesh_score: float = setting(
        0.6, "below this face score of the mesh nothing is measured", ge=0.0, le=1.0
    )
    max_yaw_deg: float = setting(
        40.0,
        "beyond this yaw the eye that turns away is not measured; the near eye up to 15° more",
        unit="deg",
        ge=10.0,
        le=75.0,
    )
    max_pitch_deg: float = setting(
        26.0,
        "beyond this pitch, up or down, eyes are not measured; less where the head is turned too "
        "(yaw and pitch share one ellipse)",
        unit="deg",
        source="training photos: open eyes read 17 % too closed at 35° of yaw and 20° down",
        ge=10.0,
        le=60.0,
    )
    min_eye_px: float = setting(
        10.0, "an eye narrower than this in the image is not measured", unit="px", ge=2.0, le=100.0
    )
    min_shade: float = setting(
        0.19,
        "an eye darker than this share of the cheek is covered (dark glasses) and not measured",
        source="training photos: dark glasses read 0.07–0.21, uncovered eyes above 0.2",
        ge=0.0,
        le=1.0,
    )
    min_sharpness: float = setting(
        0.02,
        "an eye with less texture than this is blurred and not measured",
        source="training photos: 1 % are below 0.03; blurred until the ratio errs by 15 %: 0.024",
        ge=0.0,
        le=1.0,
    )
    floor_share: float = setting(
        0.53,
        "closed-eye aspect ratio as a share of this driver's open one",
        source="closed eyes in training photos read 0.12–0.155, the median open eye 0.264",
        ge=0.2,
        le=0.8,
    )
    threads: int = setting(1, "inference threads of the face mesh", ge=1, le=4)
