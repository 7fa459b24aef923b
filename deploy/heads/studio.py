"""A number in, a picture with its truth out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.camera import Crop, eye_strip, face_crop
from deploy.heads.develop import developed, jpeg, sensor_of
from deploy.heads.figure import Figure, Posed
from deploy.heads.labels import row
from deploy.heads.parts import Parts
from deploy.heads.plan import Plan, Subject, planned
from deploy.heads.shards import Shard, Shot
from deploy.heads.sight import seen
from deploy.heads.stage import Stage

FACE_PX, STRIP_PX = 128, (144, 64)
SAMPLES = 6


class Studio:
    """Renders numbered pictures; one a process."""

    def __init__(
        self, parts_folder: Path, *, samples: int = SAMPLES, threads: int = 1,
        face_px: int = FACE_PX, first_identity: int = 0,
    ) -> None:  # fmt: skip
        parts = Parts(parts_folder)
        self.figure = Figure(parts)
        self.stage = Stage(parts, self.figure, samples=samples, threads=threads)
        self.faces = {name: t.faces for name, t in self.figure.topologies().items()}
        self._face_px, self._first_identity = face_px, first_identity

    def shot(self, subject: Subject, number: int) -> Shot:
        """The picture of a number."""
        return self.taken(planned(subject, number, self._first_identity))

    def taken(self, plan: Plan) -> Shot:
        """The picture of a plan."""
        posed = self.figure.posed(plan)
        crop = self._crop(plan, posed)
        visible = seen(posed.landmarks, posed.shapes, self.faces)
        labels = row(plan, posed, crop, visible)
        light = self.stage.render(plan, posed, crop)
        points = crop.project(posed.landmarks)
        sensor = sensor_of(plan.number, plan.light.kind)
        picture = developed(light, sensor, plan.number, face_box(points, crop))
        return Shot(
            number=plan.number, jpeg=jpeg(picture, sensor.quality), labels=labels,
            points=points.astype(np.float32), mesh=crop.project(posed.mesh).astype(np.float32),
            visible=visible,
            depths_m=posed.landmarks[:, 2].astype(np.float32),
        )  # fmt: skip

    def shard(self, shard: Shard) -> list[Shot]:
        """All pictures of a shard; they depend on nothing that was rendered before."""
        self.stage.refresh()
        return [self.shot(shard.subject, number) for number in shard.numbers]

    def _crop(self, plan: Plan, posed: Posed) -> Crop:
        if plan.subject == "eyes":
            return eye_strip(posed.landmarks, STRIP_PX)
        return face_crop(posed.landmarks, self._face_px)


def face_box(points: NDArray[np.floating], crop: Crop) -> tuple[int, int, int, int]:
    """The face in the picture, or all of it where the picture is within the face."""
    width, height = crop.size
    low = np.clip(points.min(axis=0), 0, [width - 1, height - 1]).astype(int).tolist()
    high = np.clip(points.max(axis=0), 0, [width - 1, height - 1]).astype(int).tolist()
    return low[0], low[1], high[0], high[1]
