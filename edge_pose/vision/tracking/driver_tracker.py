"""Holds the driver's face from frame to frame: when to look again, and for whom.

Where the face's own landmarks tell its place (``follow``), the detector looks only when the face is
new, lost or doubted, and once in a while so that nothing drifts. Otherwise the box comes from the
detector alone and stands still between two looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import TrackingConfig
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.tracking.box_steps import one_step, stands_still
from edge_pose.vision.tracking.closer_look import SMALL_FACE, surroundings
from edge_pose.vision.tracking.driver_choice import choose_driver, same_face
from edge_pose.vision.tracking.home import Home
from edge_pose.vision.tracking.search_squares import SearchSquares, squares_of

_WIDE_LOOK_S = 1.0
"""A small face is followed in its surroundings, but the whole image is looked at this often."""
_SEEN_WHOLE = 0.12
"""Faces from this share of the image's longer side are seen in a look at all of it
(``deploy.detector.small_faces``)."""
_UNFOLLOWED_S = 0.12
"""A box that nothing follows is looked up this often: a head that turns fast moves by less than a
tenth of the crop meanwhile."""
_STALE_S = 0.3
"""A face not seen for so long (a slow camera) may be anywhere in its crop."""
_DRIFT_IOU = 0.5
"""Landmarks that overlap the detector's box by less than this have left the face."""
_UNCONFIRMED_S = 10.0
"""A face that only its own landmarks have seen for so long is no face. Profiles, which the detector
does not find, last a few seconds."""
_RETURN_REACH = 1.0
"""A lost driver comes back within this many face sides of the last place."""
_BEHIND = 0.6
"""A face smaller than this share of the last driver's, found by a closer look, is a passenger's in
the back: a driver at 0.7 m, they at 1.3 m and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The driver's face now. ``driver`` counts up when another person takes over."""

    face: Detection
    seen_s: float
    driver: int


class DriverTracker:
    """Finds the driver, holds them, and does not jump to another person."""

    def __init__(self, detector: FaceDetector, config: TrackingConfig) -> None:
        self.detector = detector
        self._config = config
        self._held: Track | None = None
        self._last: Track | None = None  # the driver's last track, kept while lost
        self._others: list[Box] = []
        self._looked_s = self._wide_s = self._confirmed_s = float("-inf")
        self._followed = self._on_face = False
        self._rival_s: float | None = None
        self._doubtful = False
        self._squares = SearchSquares()
        self._home = Home()
        self._drivers = 0

    def update(self, image: NDArray[np.uint8], t_s: float) -> Track | None:
        """The driver's face in this frame, None when there is none."""
        if t_s < self._looked_s:  # the clock went back: what was seen says nothing about when
            self._looked_s = self._wide_s = float("-inf")
            self._confirmed_s = t_s
        if self._held is not None and not self._due(t_s):
            return self._held
        faces, wide = self._look(image, t_s)
        if self._held is not None:
            self._follow(faces, t_s)
        if self._held is None:
            self._search(faces, image, t_s)
        if wide and self._held is not None:
            self._watch_others(faces, image, t_s)
        return self._held

    def follow(self, box: Box, presence: float, t_s: float) -> None:
        """Take the held face's place from its own landmarks. ``presence``: probability that they
        lie on a face; ``t_s``: of the frame that they were read in."""
        held = self._held
        if held is None:
            return
        self._followed = True
        self._on_face = presence >= self._config.min_presence and one_step(held.face.box, box)
        if not self._on_face:
            self.doubt()
            return
        face = held.face
        if not stands_still(face.box, box):
            face = replace(face, box=box)
        self._hold(face, t_s, held.driver)

    def doubt(self) -> None:
        """Ask for a look at the next frame: the last result was not convincing."""
        self._doubtful = True

    def _due(self, t_s: float) -> bool:
        held = self._held
        missed = held is not None and held.seen_s < self._looked_s
        stale = held is not None and t_s - held.seen_s > _STALE_S
        period_s = self._config.recheck_s
        if not self._followed:
            period_s = min(period_s, _UNFOLLOWED_S)
        due = t_s - self._looked_s >= period_s - 1e-6
        return self._doubtful or missed or stale or due

    def _look(self, image: NDArray[np.uint8], t_s: float) -> tuple[list[Detection], bool]:
        self._looked_s, self._doubtful = t_s, False
        held = self._held
        small = held is not None and held.face.box.side < SMALL_FACE * max(image.shape[:2])
        if held is None or not small or t_s - self._wide_s >= _WIDE_LOOK_S:
            self._wide_s = t_s
            return self._wide(image), True
        return self.detector.detect(image, surroundings(held.face.box)), False

    def _wide(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Who is in the whole image. Where the held face is smaller than that shows, a driver may
        be, too: then closer looks all over it as well."""
        faces, held = self.detector.detect(image), self._held
        if held is None or held.face.box.side >= _SEEN_WHOLE * max(image.shape[:2]):
            return faces
        return faces + self._all_squares(image)

    def _all_squares(self, image: NDArray[np.uint8]) -> list[Detection]:
        squares = squares_of(image.shape[1], image.shape[0])
        return [face for square in squares for face in self.detector.detect(image, square)]

    def _follow(self, faces: Sequence[Detection], t_s: float) -> None:
        held = self._held
        if held is None:
            return
        found = same_face(self._not_others(faces, held.face.box), held.face.box)
        if found is not None:
            self._confirmed_s = t_s
            on_it = self._on_face and found.box.iou(held.face.box) > _DRIFT_IOU
            face = replace(found, box=held.face.box) if on_it else found
            self._hold(face, t_s, held.driver)
            return
        unseen = t_s - held.seen_s > self._config.hold_s
        if unseen or t_s - self._confirmed_s > _UNCONFIRMED_S:
            self._held, self._rival_s = None, None

    def _search(self, faces: Sequence[Detection], image: NDArray[np.uint8], t_s: float) -> None:
        """In the whole image; where that shows no driver, closer too, one look a frame."""
        last = self._last
        lost = last if last is not None and t_s - last.seen_s <= self._config.lost_s else None
        self._find(faces, lost, image, t_s)
        if self._held is None:
            self._find(self._closer(lost, image), lost, image, t_s)

    def _closer(self, lost: Track | None, image: NDArray[np.uint8]) -> list[Detection]:
        """What a closer look shows: where a driver was lost, else in the next square. A face there
        asks for all squares at once: the driver is the largest, not who is met first."""
        if lost is not None:
            return self.detector.detect(image, surroundings(lost.face.box))
        height, width = image.shape[:2]
        met = self.detector.detect(image, self._squares.next(width, height))
        if self._choose(self._near_enough(met), image) is None:
            return []
        return self._near_enough(self._all_squares(image))

    def _find(
        self, faces: Sequence[Detection], lost: Track | None, image: NDArray[np.uint8], t_s: float
    ) -> None:
        """Hold a lost driver who is back; if nobody was lost, anyone."""
        if lost is None:
            self._take(self._choose(faces, image), t_s)
            return
        mine = self._not_others(faces, lost.face.box)
        back = same_face(mine, lost.face.box, _RETURN_REACH)
        if back is not None:
            self._confirmed_s = t_s
            self._hold(back, t_s, lost.driver)

    def _near_enough(self, faces: Sequence[Detection]) -> list[Detection]:
        """Without those who sit behind the seat that the last driver sat in."""
        least = _BEHIND * self._last.face.box.side if self._last is not None else 0.0
        return [face for face in faces if face.box.side >= least]

    def _watch_others(
        self, faces: Sequence[Detection], image: NDArray[np.uint8], t_s: float
    ) -> None:
        """Remember who else is there; someone clearly more driver-like for long takes over."""
        held = self._held
        if held is None:
            return
        others = [face for face in faces if face.box.iou(held.face.box) < 0.3]
        self._others = [face.box for face in others]
        seat = self._home.missed_by(held.driver)
        back = same_face(others, seat, _RETURN_REACH) if seat is not None else None
        if back is not None:  # the driver, while a passenger was held
            self._others, self._rival_s, self._confirmed_s = [held.face.box], None, t_s
            self._hold(back, t_s, self._home.driver)
            return
        rival = self._choose(others, image)
        larger = rival is not None and rival.box.side * self._config.near_tie > held.face.box.side
        if not larger:
            self._rival_s = None
        elif self._rival_s is None or t_s < self._rival_s:
            self._rival_s = t_s
        elif rival is not None and t_s - self._rival_s >= self._config.takeover_s:
            self._take(rival, t_s)
            self._home.settle(self._drivers, rival.box)

    def _choose(self, faces: Sequence[Detection], image: NDArray[np.uint8]) -> Detection | None:
        size = (image.shape[1], image.shape[0])
        return choose_driver(faces, size, seat=self._config.seat, near_tie=self._config.near_tie)

    def _not_others(self, faces: Sequence[Detection], box: Box) -> list[Detection]:
        """The faces that lie more on the driver's place than on anyone else's."""
        return [
            face
            for face in faces
            if all(face.box.iou(other) <= max(0.3, face.box.iou(box)) for other in self._others)
        ]

    def _take(self, face: Detection | None, t_s: float) -> None:
        if face is None:
            return
        self._drivers += 1
        self._confirmed_s = t_s
        self._others, self._rival_s = [], None
        self._hold(face, t_s, self._drivers)

    def _hold(self, face: Detection, t_s: float, driver: int) -> None:
        self._held = self._last = Track(face=face, seen_s=t_s, driver=driver)
        self._home.note(driver, face.box, t_s)
