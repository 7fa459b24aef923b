"""The geometry of a picture: every piece of driver and car in camera axes, metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deploy.heads import cabin as car
from deploy.heads import garments, spectacles
from deploy.heads.anatomy import LANDMARKS, SIDES, Floats, Side
from deploy.heads.arms import sleeve_faces
from deploy.heads.blades import Growths
from deploy.heads.expression import MovedFace, moved_face
from deploy.heads.eyeball import eyeball_mesh
from deploy.heads.hair import combed
from deploy.heads.hand import Hands, bottle_faces
from deploy.heads.hand_shape import HandShape
from deploy.heads.head_model import HeadModel
from deploy.heads.mesh_points import mesh_corners, mesh_points
from deploy.heads.parts import Faces, Parts, Piece
from deploy.heads.people import MEAN_ADULT, People, Person
from deploy.heads.plan import Plan
from deploy.heads.posture import Skeleton
from deploy.heads.shell import Shell, normals, triangles
from deploy.heads.turning import direction, rotation_between
from deploy.heads.wheel import wheel_faces

_SHIRT_OFF = 0.08
_BROW_OFF = np.array([0.0, 0.0, 0.012])
_FRONT = np.array([0.0, 0.0, 1.0])
PIECES = {
    "hair": "hair/*/*", "brow": "eyebrows/*/*", "lash": "eyelashes/*/*",
    "teeth": "teeth/teeth_base/*", "tongue": "tongue/*/*", "fedora": "clothes/*/*",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topology:
    """A piece's faces, and where its picture lies on them."""

    points: int
    faces: Faces
    uvs: Floats | None = None
    face_uvs: Faces | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eye:
    """``centre`` (3,) m, ``radius_m``, ``turn`` (3, 3): from the unit eyeball to camera axes."""

    centre: Floats
    radius_m: float
    turn: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posed:
    """``shapes``: vertices (N, 3) of each piece that is there; ``landmarks`` (68, 3); ``mesh``
    (68, 3): where the face mesh's points are;
    ``target`` (3,): the point looked at; ``scalp``: how much hair darkens the skin, (V,)."""

    person: Person
    moved: MovedFace
    skeleton: Skeleton
    shapes: dict[str, Floats]
    landmarks: Floats
    mesh: Floats
    eyes: dict[Side, Eye]
    target: Floats


class Figure:
    """Head model, pieces and clothes, ready to be posed."""

    def __init__(self, parts: Parts) -> None:
        self.model = HeadModel(parts)
        self.people = People(self.model, parts)
        used = self.model.used
        place = {vertex: i for i, vertex in enumerate(used.tolist())}
        self.skin_faces: Faces = [[place[i] for i in face] for face in self.model.faces]
        self.corners = triangles(self.skin_faces)
        mean = self.people.built(MEAN_ADULT)
        self.growths = Growths(mean, used, self.corners)
        self.pieces = {kind: _pieces(parts, kind) for kind in PIECES}
        self.hand = HandShape(self.model)
        self._mesh = mesh_corners()
        self._shirt = Shell(self.skin_faces, _below_collar(mean[used]))
        self._crown, self._beanie = garments.crown_cloth(0.10), garments.crown_cloth(0.15)
        self._scarf, self._mask = garments.scarf_cloth(), garments.mask_cloth()
        self._eyeball = eyeball_mesh()

    def posed(self, plan: Plan) -> Posed:
        """All geometry of a planned picture."""
        person = self.people.person(plan.identity)
        moved = moved_face(self.model, person.neutral, person.to_zero, plan.expression)
        skeleton = Skeleton(moved.vertices, person.to_zero, plan.posture)
        shapes = self._bust(moved.vertices, skeleton)
        shapes |= self._hairy(person, plan, moved.vertices, skeleton)
        shapes |= self._worn(plan, moved.vertices, skeleton)
        eyes = {side: self._eye(moved, skeleton, side) for side in SIDES}
        for side, eye in eyes.items():
            shapes[f"eye_{side}"] = self._eyeball[0] @ eye.turn.T * eye.radius_m + eye.centre
        if not plan.cabin.bare:
            shapes |= _placed_cabin(plan)
        return Posed(
            person=person, moved=moved, skeleton=skeleton, shapes=shapes,
            landmarks=skeleton.bent(moved.vertices[LANDMARKS]), eyes=eyes,
            mesh=skeleton.bent(mesh_points(self._mesh, moved.vertices)),
            target=skeleton.on_head(moved.target[None])[0],
        )  # fmt: skip

    def topologies(self) -> dict[str, Topology]:
        model, hand = self.model, self.hand
        found = {
            "body": Topology(
                points=len(model.used), faces=self.skin_faces, uvs=model.uvs,
                face_uvs=model.face_uvs,
            ),
            **dict.fromkeys(("hand", "grip_left", "grip_right"), _plain(hand.faces)),
            **dict.fromkeys(("sleeve_left", "sleeve_right"), _plain(sleeve_faces())),
            "wheel": _plain(wheel_faces()),
            "phone": _plain(car.CUBE_FACES),
            "bottle": _plain(bottle_faces()),
            "shirt": _plain(self._shirt.faces),
            "belt": _plain(garments.belt_faces()),
            "cap": _plain(self._crown.faces()),
            "beanie": _plain(self._beanie.faces()),
            "visor": _plain(garments.visor_faces()),
            "scarf": _plain(self._scarf.faces()),
            "mask": _plain(self._mask.faces()),
            "straps": _plain(garments.strap_faces()),
            "frame": _plain(spectacles.frame_faces()),
            "lenses": _plain(spectacles.lens_faces()),
        }  # fmt: skip
        points, uvs, faces = self._eyeball
        eye = Topology(points=len(points), faces=faces, uvs=uvs, face_uvs=faces)
        found |= {f"eye_{side}": eye for side in SIDES}
        for name, field in self.growths.fields.items():
            found[name] = Topology(points=3 * field.count, faces=field.faces())
        for kind, pieces in self.pieces.items():
            found |= {f"{kind}:{piece.name}": _of_piece(piece) for piece in pieces}
        found |= {name: _plain(car.CUBE_FACES) for name in (*car.SOFT, *car.HARD)}
        pane = Topology(points=4, faces=[[0, 1, 2, 3]], uvs=_PANE_UVS, face_uvs=[[0, 1, 2, 3]])
        return found | dict.fromkeys(car.PANES, pane)

    def _bust(self, vertices: Floats, skeleton: Skeleton) -> dict[str, Floats]:
        skin = vertices[self.model.used]
        shirt = self._shirt.off(skin, normals(skin, self.corners), _SHIRT_OFF)
        shapes = {"body": skeleton.bent(skin), "shirt": skeleton.bent(shirt)}
        for kind in ("teeth", "tongue"):
            piece = self.pieces[kind][0]
            shapes[f"{kind}:{piece.name}"] = skeleton.on_head(piece.fit(vertices))
        return shapes

    def _hairy(
        self, person: Person, plan: Plan, vertices: Floats, skeleton: Skeleton
    ) -> dict[str, Floats]:
        looks, shapes = person.looks, {}
        brow, lash = self.pieces["brow"][looks.brow], self.pieces["lash"][looks.lash]
        shapes[f"brow:{brow.name}"] = skeleton.on_head(brow.fit(vertices) + _BROW_OFF)
        shapes[f"lash:{lash.name}"] = skeleton.on_head(lash.fit(vertices))
        skin = vertices[self.model.used]
        if looks.beard_mm > 0.0 and not plan.wear.mask and plan.wear.headwear != "scarf":
            grown = self.growths.beard(skin, looks.beard_mm, looks.beard_fill)
            shapes["beard"] = skeleton.bent(grown)
        if looks.moustache_mm > 0.0 and not plan.wear.mask:
            shapes["moustache"] = skeleton.bent(self.growths.moustache(skin, looks.moustache_mm))
        if not plan.wear.headwear:
            shapes |= self._hair(person, vertices, skeleton)
        return shapes

    def _hair(self, person: Person, vertices: Floats, skeleton: Skeleton) -> dict[str, Floats]:
        style = person.looks.hair
        for piece in self.pieces["hair"]:
            if piece.name == style:
                return {f"hair:{style}": skeleton.bent(combed(piece.fit(vertices), vertices))}
        if not style:
            return {}
        skin = vertices[self.model.used]
        return {"scalp": skeleton.bent(self.growths.hair(skin, style, person.looks.hair_length))}

    def _worn(self, plan: Plan, vertices: Floats, skeleton: Skeleton) -> dict[str, Floats]:
        wear, shapes = plan.wear, self._headwear(plan, vertices, skeleton)
        if wear.glasses:
            frame, lenses = spectacles.fitted(self.model, vertices, wear.glasses)
            shapes |= {"frame": skeleton.on_head(frame), "lenses": skeleton.on_head(lenses)}
        if wear.mask:
            mask = garments.mask(self._mask, vertices)
            shapes["mask"] = skeleton.on_head(mask)
            shapes["straps"] = skeleton.on_head(garments.straps(mask, vertices))
        if wear.belt:
            shapes["belt"] = skeleton.on_torso(garments.belt(vertices, plan.cabin.side))
        if wear.held or plan.subject == "faces":
            shapes |= Hands(self.hand, skeleton, vertices).placed(plan)
        return shapes

    def _headwear(self, plan: Plan, vertices: Floats, skeleton: Skeleton) -> dict[str, Floats]:
        kind = plan.wear.headwear
        if kind == "cap":
            cap = garments.crown(self._crown, vertices, low=0.20)
            visor = garments.visor(cap, self._crown)
            return {"cap": skeleton.on_head(cap), "visor": skeleton.on_head(visor)}
        if kind == "beanie":
            beanie = garments.crown(self._beanie, vertices, low=0.16)
            return {"beanie": skeleton.on_head(beanie)}
        if kind == "scarf":
            return {"scarf": skeleton.bent(garments.scarf(self._scarf, vertices))}
        if kind == "fedora":
            hats = self.pieces["fedora"]
            hat = hats[plan.identity % len(hats)]
            return {f"fedora:{hat.name}": skeleton.on_head(hat.fit(vertices))}
        return {}

    def _eye(self, moved: MovedFace, skeleton: Skeleton, side: Side) -> Eye:
        centre, radius = self.model.eyeball(moved.vertices, side)
        return Eye(
            centre=skeleton.on_head(centre[None])[0],
            radius_m=radius * 0.1,
            turn=skeleton.head @ rotation_between(_FRONT, direction(*moved.gaze[side])),
        )


_PANE_UVS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def _placed_cabin(plan: Plan) -> dict[str, Floats]:
    turn, seat = plan.posture.cabin, plan.posture.seat_m
    found = car.boxes(plan.cabin) | car.panes(plan.cabin)
    return {name: points @ turn.T + seat for name, points in found.items()}


def _pieces(parts: Parts, kind: str) -> list[Piece]:
    """Hair, brows and lashes only where their picture is there too."""
    paths: list[Path] = parts.pieces(PIECES[kind])
    if kind in ("hair", "brow", "lash"):
        paths = [path for path in paths if parts.picture(f"{path.stem}.png").is_file()]
    return [Piece(path) for path in paths]


def _of_piece(piece: Piece) -> Topology:
    mesh = piece.mesh
    return Topology(
        points=len(mesh.vertices), faces=mesh.faces, uvs=mesh.uvs, face_uvs=mesh.face_uvs
    )


def _plain(faces: Faces) -> Topology:
    return Topology(points=max(max(face) for face in faces) + 1, faces=faces)


def _below_collar(mean: Floats) -> Floats:
    y, z, x = mean[:, 1], mean[:, 2], np.abs(mean[:, 0])
    return np.asarray(np.minimum(6.40 - 0.25 * z + 0.12 * x - y, 1.0))
