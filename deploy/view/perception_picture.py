"""The picture of docs/perception.md: what the two networks see and say in one frame.

    python -m deploy.view.perception_picture docs/perception.png [--clip FILE --at SECONDS]

Left the frame with the box, the 68 landmarks (a circle of twice the expected error each), and the
head's and the eyes' direction; right the two inputs, the face crop and the strip of both eyes.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.config.root import Config
from edge_pose.values import Box, HeadPose
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.driver.opening import open_eyes, open_face
from edge_pose.vision.eyes.eye_network import EyesReading
from edge_pose.vision.eyes.strip import cut_strip, strip_to_image
from edge_pose.vision.face.face_network import FaceReading
from edge_pose.vision.face.ibug import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from edge_pose.vision.geometry import EyeInHead, gaze_of
from edge_pose.vision.image.crop import face_crop

Image = NDArray[np.uint8]

DEMO = Path("edge_pose/demo/demo.mp4")
_WHITE, _GREEN, _ORANGE, _BLUE = (240, 240, 240), (110, 200, 90), (40, 150, 250), (230, 160, 60)
_SIDE = 480
_FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One frame and what both networks read in it."""

    image: Image
    face: FaceReading
    eyes: EyesReading
    crop: Image
    strip: Image


def main() -> None:
    parser = argparse.ArgumentParser(description="makes the picture of docs/perception.md")
    parser.add_argument("out", type=Path)
    parser.add_argument("--clip", type=Path, default=DEMO)
    parser.add_argument("--at", type=float, default=6.5, help="seconds")
    args = parser.parse_args()
    cv2.imwrite(str(args.out), sheet(read(_frame(args.clip, args.at))))


def read(image: Image, box: Box | None = None) -> Seen:
    """The largest face of a frame by the shipped networks, its box put right by its landmarks."""
    config = Config()
    network = open_face(config.pose, config.model)
    if box is None:
        box = max(open_detector(config.detector).detect(image), key=lambda f: f.box.side).box
    face = network.read(image, network.read(image, box).box)
    corners = [tuple(face.points[i].tolist()) for i in (RIGHT_EYE_OUTER, LEFT_EYE_OUTER)]
    return Seen(
        image=image,
        face=face,
        eyes=open_eyes(config.eyes, config.model).read(image, face.points, face.pose),
        crop=face_crop(image, face.box, network.card.input.crop_scale, network.card.input.size),
        strip=cut_strip(image, strip_to_image(*corners)),
    )


def sheet(seen: Seen) -> Image:
    """Frame and inputs side by side, uint8 BGR."""
    return np.asarray(np.hstack([_frame_panel(seen), _input_panel(seen)]), np.uint8)


def _frame_panel(seen: Seen) -> Image:
    """The surroundings of the face, large, with all that was read."""
    x, y = seen.face.box.center
    reach = 0.85 * seen.face.box.side
    scale = _SIDE / (2.0 * reach)
    shift = np.array([x - reach, y - reach])
    to_panel = np.array([[scale, 0, -scale * shift[0]], [0, scale, -scale * shift[1]]])
    warped = cv2.warpAffine(seen.image, to_panel, (_SIDE, _SIDE), flags=cv2.INTER_CUBIC)
    panel = np.asarray(warped, np.uint8)
    points = (seen.face.points - shift) * scale
    for (px, py), std in zip(points.tolist(), seen.face.point_std_px.tolist(), strict=True):
        cv2.circle(
            panel, (round(px), round(py)), max(2, round(2 * std * scale)), _GREEN, 1, cv2.LINE_AA
        )
    nose, eyes = points[30], (points[36:42].mean(axis=0) + points[42:48].mean(axis=0)) / 2.0
    _arrow(panel, nose, seen.face.pose.yaw_deg, seen.face.pose.pitch_deg, _BLUE)
    look = EyeInHead(
        yaw_deg=seen.eyes.yaw_deg, pitch_deg=seen.eyes.pitch_deg, std_deg=seen.eyes.std_deg
    )
    gaze = gaze_of(seen.face.pose, look)
    _arrow(panel, eyes, gaze.yaw_deg, gaze.pitch_deg, _ORANGE)
    return np.asarray(panel, np.uint8)


def _arrow(
    panel: Image,
    start: NDArray[np.floating],
    yaw_deg: float,
    pitch_deg: float,
    colour: tuple[int, int, int],
) -> None:
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    tip = start + 160.0 * np.array([-math.sin(yaw), -math.cos(yaw) * math.sin(pitch)])
    ends = [tuple(int(v) for v in np.rint(p)) for p in (start, tip)]
    cv2.arrowedLine(panel, ends[0], ends[1], colour, 3, cv2.LINE_AA, tipLength=0.2)


def _input_panel(seen: Seen) -> Image:
    panel = np.full((_SIDE, 320, 3), 32, np.uint8)
    panel[24:184, 80:240] = cv2.resize(seen.crop, (160, 160), interpolation=cv2.INTER_CUBIC)
    grey = cv2.resize(seen.strip, (288, 108), interpolation=cv2.INTER_CUBIC)
    panel[226:334, 16:304] = grey[:, :, None]
    pose, eyes = seen.face.pose, seen.eyes
    lines = [
        (18, "face crop", _WHITE), (220, "both eyes, levelled", _WHITE),
        (202, _angles("head", pose), _BLUE),
        (356, _look(eyes), _ORANGE),
        (380, "right eye      left eye", _WHITE),
        (402, f"open {eyes.opening[1]:.2f}      open {eyes.opening[0]:.2f}", _WHITE),
        (424, f"shut {eyes.shut[1]:.2f}      shut {eyes.shut[0]:.2f}", _WHITE),
        (446, f"seen {eyes.visible[1]:.2f}      seen {eyes.visible[0]:.2f}", _WHITE),
    ]  # fmt: skip
    for y, text, colour in lines:
        cv2.putText(panel, text, (16, y), _FONT, 0.5, colour, 1, cv2.LINE_AA)
    return panel


def _look(eyes: EyesReading) -> str:
    angles = f"{eyes.yaw_deg:+.0f}, {eyes.pitch_deg:+.0f}"
    return f"eyes in head {angles} +- {eyes.std_deg:.0f} deg"


def _angles(name: str, pose: HeadPose) -> str:
    return (
        f"{name} {pose.yaw_deg:+.0f}, {pose.pitch_deg:+.0f}, {pose.roll_deg:+.0f} "
        f"+- {pose.std_deg or 0.0:.1f} deg"
    )


def _frame(clip: Path, at_s: float) -> Image:
    film = cv2.VideoCapture(str(clip))
    film.set(cv2.CAP_PROP_POS_MSEC, 1e3 * at_s)
    good, image = film.read()
    film.release()
    if not good:
        raise SystemExit(f"{clip}: no frame at {at_s} s")
    return np.asarray(image, np.uint8)


if __name__ == "__main__":
    main()
