"""Mesh landmarks of every training crop: targets for training, written to ``cache/mesh.npz``.

python -m deploy.model.labels.mesh_targets --faces ../shared/faces --cache CACHE --landmarker F
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import Samples, faces
from deploy.model.data.profile_sources import upright_deg
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker


def mesh_targets(samples: Samples, landmarker: Landmarker) -> dict[str, NDArray[np.float32]]:
    """``points`` (N, 468, 3) in crop pixels and ``score`` (N,), found at the labelled roll."""
    points = np.zeros((len(samples), 468, 3), np.float32)
    score = np.zeros(len(samples), np.float32)
    for i in range(len(samples)):
        x1, y1, x2, y2 = samples.box[i].tolist()
        image = cv2.cvtColor(np.asarray(samples.images[i]), cv2.COLOR_RGB2BGR)
        box = Box(x1=x1, y1=y1, x2=x2, y2=y2)
        rotation = np.asarray(samples.rotation[i], np.float64)
        found = landmarker.locate(np.asarray(image, np.uint8), box, upright_deg(rotation))
        points[i], score[i] = found.points, found.score
        if i % 5000 == 4999:
            print(f"{i + 1} of {len(samples)}", flush=True)
    return {"points": points, "score": score}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--landmarker", type=Path, required=True)
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    samples = faces(args.faces, args.cache, None)
    np.savez(args.cache / "mesh.npz", **mesh_targets(samples, Landmarker(args.landmarker)))


if __name__ == "__main__":
    main()
