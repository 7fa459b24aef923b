"""The whole judgement of a product on a production's folder, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from deploy.heads.estimates import EyesProduct, FaceJudged, MeshProduct, NetworkProduct
from deploy.heads.judge_eyes import EyesPair, gaze_lines, lid_lines
from deploy.heads.judge_faces import HEAD, FacePair, calibration, face_lines, independence
from deploy.heads.reader import Rendered, read

_LIDS = ["eyes", "shut / open / lowered", "AUC shut, open", "AUC shut, lowered"]
_GAZE = ["line of sight", "n", "yaw °", "pitch °", "angle °"]


def judgement(
    folder: Path, count: int, *, face: Path | None, eyes: Path | None, mesh: bool = False
) -> str:
    """Tables of the first ``count`` faces and strips of a folder.

    ``face``, ``eyes``: network files instead of the shipped ones; ``mesh``: the pose network and
    MediaPipe's face mesh instead, which know no strips.
    """
    product: FaceJudged = MeshProduct() if mesh else NetworkProduct(face)
    pairs = [
        (r, product.face(r)) for r in told(islice(read(folder, "faces"), count), "faces", count)
    ]
    parts = [*_face_parts(pairs)]
    if not mesh:
        network = EyesProduct(eyes)
        strips = told(islice(read(folder, "eyes"), count), "strips", count)
        parts += _eyes_parts([(r, network.eyes(r)) for r in strips])
    return "\n".join(parts)


def _face_parts(pairs: list[FacePair]) -> Iterator[str]:
    yield table(HEAD, face_lines(pairs))
    yield f"\nSpread: {calibration(pairs)}.  "
    yield f"Same head, other gaze, lids and speech: {independence(pairs)}.\n"
    opening = [(r, e.opening) for r, e in pairs if e.opening is not None]
    shut = [(r, (-right, -left)) for r, (right, left) in opening]
    if shut:
        yield table(_LIDS, lid_lines(shut))


def _eyes_parts(pairs: list[EyesPair]) -> Iterator[str]:
    yield table(_LIDS, lid_lines((r, e.shut) for r, e in pairs))
    yield ""
    yield table(_GAZE, gaze_lines(pairs))


def table(head: list[str], lines: Iterable[list[str]]) -> str:
    """A Markdown table, numbers to the right."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines])


def told(pictures: Iterable[Rendered], what: str, count: int) -> Iterator[Rendered]:
    """The same pictures, with a word on progress."""
    for index, picture in enumerate(pictures, 1):
        print(f"\r{what}: {index} of {count}", end="", flush=True, file=sys.stderr)
        yield picture
    print(file=sys.stderr)
