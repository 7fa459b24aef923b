"""Which surface each piece has, and its colours in one picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from deploy.heads.anatomy import Floats
from deploy.heads.cabin import HARD, OUTSIDE, PANES, SOFT, outside_picture
from deploy.heads.eyeball import PICTURE, Iris, eye_picture
from deploy.heads.figure import Figure
from deploy.heads.hair import shade_of
from deploy.heads.looks import GROWN, Rgb
from deploy.heads.materials import Drawn, EyeSurface, Lens, Pane, Pictured, Skin, Surface, loaded
from deploy.heads.parts import Parts
from deploy.heads.people import Person
from deploy.heads.plan import Plan
from deploy.heads.skin_tone import SkinTones

_PIECE_SURFACE = {
    "body": "skin", "eye_left": "eye", "eye_right": "eye", "lenses": "lens",
    "cap": "hat", "beanie": "hat", "visor": "hat", "scarf": "hat", "straps": "mask",
    "beard": "blades", "moustache": "blades", "scalp": "blades", "fedora": "hat", "roof": "roof",
    **dict.fromkeys(("grip_left", "grip_right"), "hand"), "wheel": "rim",
    **dict.fromkeys(("sleeve_left", "sleeve_right"), "shirt"),
    **dict.fromkeys(SOFT, "seat"), **dict.fromkeys(PANES, "pane"),
}  # fmt: skip
_IR_FLAT = 0.6
"""Share of the skin's contrast that is gone before an infrared lamp."""
_CARDS = 4.0
"""The cards' pictures are grey strands at about a sixth; this brings them to the blades' light."""
_TRIM = [name for name in HARD if name != "roof"]
_PIECE_SURFACE |= dict.fromkeys(_TRIM, "trim")


class Painter:
    """All surfaces of a stage."""

    def __init__(self, parts: Parts, figure: Figure) -> None:
        self._parts, self._growths = parts, figure.growths
        self._tones = SkinTones(parts, figure.model)
        self._skin, self._eye, self._lens, self._pane = Skin(), EyeSurface(), Lens(), Pane()
        self._hair = Pictured("hair", roughness=0.45, specular=0.3, cut=True, grey=True)
        self._brow = Pictured("brow", roughness=0.8, specular=0.2, cut=True)
        self._lash = Pictured("lash", roughness=0.9, specular=0.0, cut=True)
        self._teeth = Pictured("teeth", roughness=0.25)
        self._tongue = Pictured("tongue", roughness=0.4)
        self._plain = {
            "shirt": Surface("shirt", roughness=0.9, specular=0.2),
            "belt": Surface("belt", roughness=0.5),
            "hat": Surface("hat", roughness=0.85, specular=0.2),
            "mask": Surface("mask", roughness=0.9, specular=0.1),
            "frame": Surface("frame", roughness=0.25),
            "blades": Surface("blades", roughness=0.6, specular=0.2),
            "seat": Surface("seat", roughness=0.7, specular=0.3),
            "trim": Surface("trim", roughness=0.6, specular=0.3),
            "rim": Surface("rim", roughness=0.5, specular=0.4),
            "roof": Surface("roof", roughness=0.9, specular=0.1),
            "phone": Surface("phone", roughness=0.3),
            "bottle": Surface("bottle", roughness=0.2),
            "hand": Surface("hand", roughness=0.55, specular=0.3),
        }
        pictured = {
            "skin": self._skin, "eye": self._eye, "lens": self._lens, "pane": self._pane,
            "hair": self._hair, "brow": self._brow, "lash": self._lash, "teeth": self._teeth,
            "tongue": self._tongue,
        }  # fmt: skip
        self._surfaces: dict[str, Surface] = {**self._plain, **pictured}
        self._eye_sheet, self._outside = Drawn("eye", PICTURE), Drawn("outside", OUTSIDE)
        self._hair_shades = {
            piece.name: shade_of(parts.picture(f"{piece.name}.png"))
            for piece in figure.pieces["hair"]
        }
        self._mesh: Any = None

    def surface(self, piece: str) -> Any:
        """The Blender material of a piece."""
        kind = piece.partition(":")[0]
        return self._surfaces[_PIECE_SURFACE.get(kind, kind)].material

    def attach(self, mesh: Any) -> None:
        """The body's mesh, whose vertices carry the skin's shade."""
        self._mesh = mesh
        mesh.color_attributes.new("shade", "FLOAT_COLOR", "POINT")

    def paint(self, plan: Plan, person: Person) -> None:
        infrared = plan.light.infrared
        self._paint_skin(person, infrared=infrared)
        self._paint_eyes(plan, person.iris)
        self._paint_hair(person, infrared=infrared)
        self._paint_worn(plan)
        self._paint_cabin(plan)

    def _paint_skin(self, person: Person, *, infrared: bool) -> None:
        looks = person.looks
        self._skin.show(loaded(str(self._parts.picture(looks.skin))))
        self._skin.colour(looks.tone)
        self._skin.set(roughness=looks.roughness)
        flat, pale = (_IR_FLAT if infrared else 0.0), 0.42 + 0.15 * person.traits.caucasian
        self._skin.infrared(flat, pale)
        cheek = _tinged(self._tones.cheek(looks.skin), looks.tone)
        self._plain["hand"].colour(_mixed(cheek, pale, flat))
        shade = np.ones((len(self._growths.weights["scalp"]), 4), np.float32)
        shade[:, :3] = self._shade(person)
        self._mesh.color_attributes["shade"].data.foreach_set("color", shade.ravel())

    def _shade(self, person: Person) -> Floats:
        """(V, 3): the skin under hair and stubble takes the hair's colour."""
        looks = person.looks
        covered = self._growths.weights["scalp"] * (0.85 if looks.hair else 0.12)
        fullness = 0.45 * looks.beard_fill * min(1.0, 0.3 + looks.beard_mm / 6.0)
        covered = np.maximum(covered, self._growths.weights["beard"] * fullness)
        dark = np.clip(np.array(looks.hair_colour) / 0.3, 0.0, 1.0)
        return np.asarray(1.0 - covered[:, None] * (1.0 - dark))

    def _paint_eyes(self, plan: Plan, iris: Iris) -> None:
        seen = replace(iris, pupil=plan.expression.pupil)
        if plan.light.infrared:  # melanin is nearly clear there: brown irises look pale
            red, green, blue = (0.45 + 0.55 * t for t in iris.tint)
            seen = replace(seen, tint=(red, green, blue))
        self._eye.show(self._eye_sheet.draw(eye_picture(self._parts.root / "tex", seen)))
        self._eye.shine(plan.light.pupil_shine)

    def _paint_hair(self, person: Person, *, infrared: bool) -> None:
        looks = person.looks
        colour = _paled(looks.hair_colour, 0.10) if infrared else looks.hair_colour
        if looks.hair and looks.hair not in GROWN:
            self._hair.show(loaded(str(self._parts.picture(f"{looks.hair}.png"))))
            self._hair.colour(_times(colour, _CARDS * self._hair_shades[looks.hair]))
        self._brow.colour(_times(colour, 6.0))
        self._brow.show(loaded(str(self._parts.picture(f"eyebrow{looks.brow + 1:03d}.png"))))
        self._lash.colour((1.0, 1.0, 1.0))
        self._lash.show(loaded(str(self._parts.picture(f"eyelashes{looks.lash + 1:02d}.png"))))
        self._plain["blades"].colour(_times(colour, 1.3))
        self._teeth.colour((0.85, 0.82, 0.75))
        self._teeth.show(loaded(str(self._parts.picture("teeth.png"))))
        self._tongue.colour((0.8, 0.6, 0.6))
        self._tongue.show(loaded(str(self._parts.picture("tongue01_diffuse.png"))))

    def _paint_worn(self, plan: Plan) -> None:
        wear, infrared = plan.wear, plan.light.infrared
        cloth = {"shirt": wear.shirt_colour, "hat": wear.hat_colour, "mask": wear.mask_colour}
        for name, colour in cloth.items():
            self._plain[name].colour(_paled(colour, 0.35) if infrared else colour)
        self._plain["belt"].colour((0.02, 0.02, 0.02))
        self._plain["phone"].colour((0.02, 0.02, 0.025))
        self._plain["rim"].colour((0.015, 0.015, 0.015))
        self._plain["bottle"].colour(wear.hat_colour)
        glasses = wear.glasses
        if glasses:
            passes = glasses.passes_ir if infrared else glasses.passes
            self._lens.colour(_times(glasses.tint, passes))
            self._lens.mirror(glasses.shine)
            self._plain["frame"].colour(glasses.colour)

    def _paint_cabin(self, plan: Plan) -> None:
        cabin = plan.cabin
        self._plain["seat"].colour(cabin.seat_colour)
        self._plain["trim"].colour(cabin.trim_colour)
        self._plain["roof"].colour(cabin.roof_colour)
        self._pane.show(self._outside.draw(outside_picture(cabin)), plan.light.outside)


def _times(colour: Rgb, factor: float) -> Rgb:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _paled(colour: Rgb, grey: float) -> Rgb:
    """Dyes are clear to infrared: half the colour goes."""
    return _mixed(colour, grey, 0.5)


def _mixed(colour: Rgb, grey: float, share: float) -> Rgb:
    red, green, blue = (part + (grey - part) * share for part in colour)
    return red, green, blue


def _tinged(colour: Rgb, tone: Rgb) -> Rgb:
    return colour[0] * tone[0], colour[1] * tone[1], colour[2] * tone[2]
