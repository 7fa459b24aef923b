"""What the driver's eyes do, frame by frame, from the eye network: how open, shut, turned, seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import EyesConfig
from edge_pose.values import EyeBaseline, HeadPose
from edge_pose.vision.eyes.eye_network import EyesReading
from edge_pose.vision.eyes.in_view import in_view
from edge_pose.vision.eyes.open_eye import OpenEye, OpenEyePair, OpenEyes
from edge_pose.vision.face.face_network import FaceFlags
from edge_pose.vision.geometry import EyeInHead

NETWORK_OPENINGS: Final = OpenEyes(
    usual=0.95, narrowest=0.45, widest=1.4, surely_open=0.75, top=1.5
)
"""The network's openings: 0 shut … 1 an open eye. Shut and lowered lids stay below 0.75."""
_SCALE: Final = "eyes-network"
_LOWERED: Final = 0.3
_JUDGED: Final = 0.5
"""From this probability an eye counts as seen, and a lid as shut."""


class EyesFromFace(Protocol):
    """The eye network, or a test's stand-in."""

    def read(
        self, image: NDArray[np.uint8], points: NDArray[np.floating], pose: HeadPose
    ) -> EyesReading: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesSeen:
    """``left``, ``right``: opening relative to this driver's open eye, None where hidden;
    ``look``: None where the eyes are hidden or shut. The rest as in ``Observation``."""

    left: float | None
    right: float | None
    look: EyeInHead | None
    lids_closed: float | None
    eyes_visible: float


class EyeSense:
    """Reads one driver's eyes and learns how far their open eyes are open."""

    def __init__(
        self, network: EyesFromFace, config: EyesConfig, remembered: EyeBaseline | None = None
    ) -> None:
        self._network, self._config = network, config
        self._open = OpenEyePair(_SCALE, NETWORK_OPENINGS, remembered)

    @property
    def baseline(self) -> EyeBaseline | None:
        """This driver's open eyes, once they are learned."""
        return self._open.baseline

    def forget(self) -> None:
        """Start anew: another driver."""
        self._open.forget()

    def read(
        self,
        image: NDArray[np.uint8],
        points: NDArray[np.floating],
        pose: HeadPose,
        flags: FaceFlags,
        t_s: float,
    ) -> EyesSeen:
        """``points``: float (68, 2), image pixels; ``pose``: as the face crop shows the head."""
        eyes = self._network.read(image, points, pose)
        left = _seen(eyes.visible[0], flags.eye_left_visible)
        right = _seen(eyes.visible[1], flags.eye_right_visible)
        # Steep heads were rare in training: there a shut lid reads as a lowered one.
        left = left if in_view(pose, self._config, right=False) else 0.0
        right = right if in_view(pose, self._config, right=True) else 0.0
        opened = (
            self._opening(self._open.left, eyes.opening[0], eyes.shut[0], left, t_s),
            self._opening(self._open.right, eyes.opening[1], eyes.shut[1], right, t_s),
        )
        shut = [_shut(*pair) for pair in zip(eyes.shut, opened, strict=True)]
        closed = _both_shut((shut[0], shut[1]), (left, right))
        visible = max(left, right)
        looks = visible >= _JUDGED and (closed is None or closed < _JUDGED)
        return EyesSeen(
            left=opened[0],
            right=opened[1],
            look=_look(eyes) if looks else None,
            lids_closed=closed,
            eyes_visible=visible,
        )

    def _opening(
        self, eye: OpenEye, opening: float, shut: float, visible: float, t_s: float
    ) -> float | None:
        if visible < _JUDGED:
            return None
        eye.learn(opening, t_s, shut)
        return eye.openness(opening, 0.0)


def _seen(in_strip: float, in_face: float) -> float:
    """An eye is seen where both networks say so: dark glasses, hands, glare, turned away."""
    return min(in_strip, in_face)


def _shut(probability: float, opening: float | None) -> float:
    """A lid that leaves no gap is shut, whatever else is said of it: lids that follow a look down
    leave a third of the open eye and more, through which the iris is seen."""
    return probability if opening is None else max(probability, 1.0 - opening / _LOWERED)


def _both_shut(shut: tuple[float, float], seen: tuple[float, float]) -> float | None:
    """The geometric mean over the eyes that are seen: lids move together, so both are evidence of
    one thing, and a wink stays low; None = neither eye is seen."""
    judged = [lid for lid, visible in zip(shut, seen, strict=True) if visible >= _JUDGED]
    return math.prod(judged) ** (1.0 / len(judged)) if judged else None


def _look(eyes: EyesReading) -> EyeInHead:
    return EyeInHead(yaw_deg=eyes.yaw_deg, pitch_deg=eyes.pitch_deg, std_deg=eyes.std_deg)
