"""What reading a still picture ten times is worth, on validation photos:

python -m deploy.model.evaluation.still_looks edge_pose/models/face_int8.tflite
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.accuracy import HEADER, accuracy
from deploy.model.data.datasets import Samples, faces
from edge_pose.values import Box
from edge_pose.vision.face.face_network import FaceNetwork, FaceSource
from edge_pose.vision.face.several_looks import SeveralLooks
from edge_pose.vision.geometry import rotation_matrix

_EVERY = 4


def rotations(source: FaceSource, samples: Samples) -> NDArray[np.float64]:
    """What a reader says of each sample's face in its box: (N, 3, 3)."""
    found = []
    for image, box in zip(samples.images, samples.box.tolist(), strict=True):
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        x1, y1, x2, y2 = box
        pose = source.read(bgr, Box(x1=x1, y1=y1, x2=x2, y2=y2)).pose
        found.append(rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
    return np.stack(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("face", type=Path)
    parser.add_argument("--faces", type=Path, default=Path("../shared/faces"))
    parser.add_argument("--cache", type=Path, default=Path("out/model/cache"))
    args = parser.parse_args()
    whole = faces(args.faces, args.cache, "val")
    samples = whole.pick(np.arange(0, len(whole), _EVERY))
    truth = samples.rotation.astype(np.float64)
    network = FaceNetwork(args.face)
    print(f"{'':10s}{HEADER}")
    for name, source in (("one look", network), ("ten looks", SeveralLooks(network))):
        print(f"{name:10s}{accuracy(rotations(source, samples), truth).row()}", flush=True)


if __name__ == "__main__":
    main()
