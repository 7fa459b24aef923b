"""Mesh landmarks of every training crop: targets for training, written to ``cache/mesh.npz``.

python -m deploy.model.labels.mesh_targets --faces ../shared/faces --cache CACHE --landmarker F
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import MIRRORED_68
from deploy.model.data.datasets import Samples, faces
from deploy.model.data.profile_sources import upright_deg
from edge_pose.values import Box
from edge_pose.vision.face.mesh import IBUG_68, Landmarker

Floats = NDArray[np.float32]


def mesh_targets(samples: Samples, landmarker: Landmarker) -> dict[str, Floats]:
    """``points`` (N, 468, 3) in crop pixels and ``score`` (N,), found at the labelled roll; of the
    68 points the mean with what the mirrored photo shows, ``both`` (N, 68, 2), and the lower score
    of the two, ``both_score``."""
    count = len(samples)
    points, score = np.zeros((count, 468, 3), np.float32), np.zeros(count, np.float32)
    both, both_score = np.zeros((count, 68, 2), np.float32), np.zeros(count, np.float32)
    for i in range(count):
        image = np.ascontiguousarray(np.asarray(samples.images[i])[..., ::-1])
        lean = upright_deg(np.asarray(samples.rotation[i], np.float64))
        x1, y1, x2, y2 = samples.box[i].tolist()
        found = landmarker.locate(image, Box(x1=x1, y1=y1, x2=x2, y2=y2), lean)
        wide = image.shape[1]
        mirror = Box(x1=wide - x2, y1=y1, x2=wide - x1, y2=y2)
        other = landmarker.locate(np.ascontiguousarray(image[:, ::-1]), mirror, -lean)
        points[i], score[i] = found.points, found.score
        both[i] = (found.points[IBUG_68, :2] + _unmirrored(other.points, wide)) / 2
        both_score[i] = min(found.score, other.score)
        if i % 5000 == 4999:
            print(f"{i + 1} of {count}", flush=True)
    return {"points": points, "score": score, "both": both, "both_score": both_score}


def _unmirrored(points: Floats, wide: int) -> Floats:
    """The 68 points (68, 2) of a mirrored photo in the photo itself; pixel centres are whole."""
    flat = np.array(points[IBUG_68, :2])
    flat[:, 0] = wide - 1 - flat[:, 0]
    return flat[MIRRORED_68]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--landmarker", type=Path, required=True)
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    samples = faces(args.faces, args.cache, None)
    found: dict[str, Any] = {**mesh_targets(samples, Landmarker(args.landmarker))}
    np.savez(args.cache / "mesh.npz", **found)


if __name__ == "__main__":
    main()
