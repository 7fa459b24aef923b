"""Where the parts of a head are on the MakeHuman base mesh: vertex numbers, once."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Side = Literal["left", "right"]
"""The person's own."""

SIDES: Final[tuple[Side, Side]] = ("right", "left")

# fmt: off
LANDMARKS: Final[NDArray[np.intp]] = np.array([
    5754, 5521, 5761, 5241, 5240, 3698, 923, 727, 732, 7449, 7625, 10366, 11849, 11850, 12358,
    12120, 12351, 254, 207, 206, 177, 181, 6957, 6953, 6981, 6982, 7023, 133, 135, 164, 5054,
    601, 599, 317, 7336, 7338, 4855, 4848, 4865, 66, 47, 41, 6850, 11483, 11466, 11473, 6825,
    6831, 3735, 447, 456, 466, 7215, 7207, 10403, 7233, 7241, 5337, 486, 478, 420, 471, 474, 7227,
    7180, 7236, 494, 481,
], dtype=np.intp)
"""The 68 iBUG landmarks, in their order (the person's right = image left first)."""

ALIGNED: Final[NDArray[np.intp]] = LANDMARKS.copy()
"""The points that lay a face on the mean one and so set its zero. Two of the brows are not those
of LANDMARKS but 2 cm behind them, in the eye's socket: so it was up to generator 5, and the zero
must stay. By LANDMARKS alone every pitch would be 1.0° higher."""
ALIGNED[[20, 23]] = 1186, 7878

MIRROR: Final[NDArray[np.intp]] = np.array([
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
], dtype=np.intp)
"""Which landmark each one becomes in the mirrored picture."""
# fmt: on

INNER: Final = slice(17, 68)
"""Brows, nose, eyes and mouth: the view ray goes through the middle of these landmarks."""

EYE_LANDMARKS: Final[dict[Side, tuple[int, ...]]] = {
    "right": (36, 37, 38, 39, 40, 41),
    "left": (45, 44, 43, 42, 47, 46),
}
"""Outer corner, upper lid outer and inner, inner corner, lower lid inner and outer."""
OUTER_CORNERS: Final = (36, 45)

BODY: Final = 13380
"""Vertices below this number are skin; those above are helpers that clothes are fitted to."""
EYE_HELPERS: Final[dict[Side, slice]] = {
    "left": slice(14598, 14670),
    "right": slice(14670, 14742),
}
NECK_JOINT: Final = slice(14534, 14542)
