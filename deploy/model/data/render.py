"""Re-rendering of a picture through a bent triangle mesh: painter's order, one map, one remap."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]
_SHIFT = 4


def render(
    image: Image, source: Floats, target: Floats, triangles: NDArray[np.int32], *, fine: int = 2
) -> Image:
    """The picture with every triangle moved from ``source`` (N, 2) to ``target`` (N, 3).

    Pixels, y down; ``target[:, 2]`` grows towards the viewer: nearer triangles hide farther ones.
    ``fine``: samples per pixel and axis, so that outlines come out smooth.
    """
    height, width = image.shape[:2]
    flat = (target[:, :2] + 0.5) * fine - 0.5
    owner = _owners(flat, target[:, 2], triangles, (width * fine, height * fine))
    map_xy = _map(source, flat, triangles, owner, fine)
    x, y = map_xy[..., 0], map_xy[..., 1]
    drawn = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if fine > 1:
        drawn = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(drawn, np.uint8)


def _owners(
    flat: Floats, depth: Floats, triangles: NDArray[np.int32], size: tuple[int, int]
) -> NDArray[np.int32]:
    """Which triangle each pixel shows; -1 where none does. Far ones are painted first."""
    order = np.argsort(depth[triangles].mean(axis=1), kind="stable")
    corners = np.round(flat[triangles] * (1 << _SHIFT)).astype(np.int32)
    owner = np.full((size[1], size[0]), -1, np.int32)
    for index in order.tolist():
        cv2.fillConvexPoly(owner, corners[index], index, cv2.LINE_8, _SHIFT)
    return owner


def _map(
    source: Floats,
    flat: Floats,
    triangles: NDArray[np.int32],
    owner: NDArray[np.int32],
    fine: int,
) -> NDArray[np.float32]:
    """Where in the source each target pixel comes from: (H, W, 2) float32."""
    affine = _affines(flat[triangles], source[triangles])
    # The last row serves pixels that no triangle owns: they stay where they are.
    stay = (0.5 / fine) - 0.5
    identity = np.array([[1.0 / fine, 0.0, stay], [0.0, 1.0 / fine, stay]])
    table = np.concatenate([affine, identity[None]]).astype(np.float32).reshape(-1, 6)
    rows = table[owner]
    y, x = np.mgrid[: owner.shape[0], : owner.shape[1]].astype(np.float32)
    map_x = rows[..., 0] * x + rows[..., 1] * y + rows[..., 2]
    map_y = rows[..., 3] * x + rows[..., 4] * y + rows[..., 5]
    return np.dstack([map_x, map_y])


def _affines(from_corners: Floats, to_corners: Floats) -> Floats:
    """(T, 2, 3) affine maps that take each triangle's corners to others; flat ones are guarded."""
    ones = np.ones((*from_corners.shape[:2], 1))
    system = np.concatenate([from_corners, ones], axis=2)
    flat = np.abs(np.linalg.det(system)) < 1e-6
    system[flat] = np.eye(3)
    solved = np.transpose(np.linalg.solve(system, to_corners), (0, 2, 1))
    # A triangle seen edge-on has no map; it shows its first corner.
    solved[flat] = 0.0
    solved[flat, :, 2] = to_corners[flat, 0]
    return np.asarray(solved)
