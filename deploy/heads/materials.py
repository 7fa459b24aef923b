"""Surfaces in Blender: each a shader whose numbers and pictures change with the picture."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from deploy.heads.looks import Rgb

Sheet = NDArray[np.float32]


class Surface:
    """A principled shader with a colour of its own."""

    def __init__(self, name: str, *, roughness: float, specular: float = 0.5) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.shader = self.tree.nodes["Principled BSDF"]
        self.set(roughness=roughness, specular=specular)
        self._base: Any = self.shader.inputs["Base Color"]

    def set(self, *, roughness: float | None = None, specular: float | None = None) -> None:
        if roughness is not None:
            self.shader.inputs["Roughness"].default_value = roughness
        if specular is not None:
            self.shader.inputs["Specular IOR Level"].default_value = specular

    def colour(self, rgb: Rgb) -> None:
        self._base.default_value = (*rgb, 1.0)

    def node(self, kind: str) -> Any:
        return self.tree.nodes.new(kind)

    def link(self, start: Any, end: Any) -> None:
        self.tree.links.new(start, end)

    def multiplied(self, source: Any) -> tuple[Any, Any]:
        """(output, other factor) of a colour product."""
        return self.mixed(source, "MULTIPLY")[:2]

    def mixed(self, source: Any, how: str = "MIX") -> tuple[Any, Any, Any]:
        """(output, second colour, share of the second)."""
        mix = self.node("ShaderNodeMix")
        mix.data_type, mix.blend_type = "RGBA", how
        mix.inputs[0].default_value = 1.0
        self.link(source, mix.inputs[6])
        return mix.outputs[2], mix.inputs[7], mix.inputs[0]


class Pictured(Surface):
    """A picture times a colour; its alpha may cut holes. ``grey``: the picture's shade alone."""

    def __init__(
        self, name: str, *, roughness: float, specular: float = 0.5, cut: bool = False,
        grey: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(name, roughness=roughness, specular=specular)
        self.image = self.node("ShaderNodeTexImage")
        source = self.image.outputs["Color"]
        if grey:
            shade = self.node("ShaderNodeRGBToBW")
            self.link(source, shade.inputs[0])
            source = shade.outputs[0]
        self.tinted, self._base = self.multiplied(source)
        self.link(self.tinted, self.shader.inputs["Base Color"])
        if cut:
            self.link(self.image.outputs["Alpha"], self.shader.inputs["Alpha"])

    def show(self, image: Any) -> None:
        self.image.image = image


class Skin(Pictured):
    """Picture × tone × shade (a vertex colour); before an infrared lamp pale and flat."""

    def __init__(self) -> None:
        super().__init__("skin", roughness=0.5, specular=0.35)
        shade = self.node("ShaderNodeVertexColor")
        shade.layer_name = "shade"
        flat, self._pale, self._infrared = self.mixed(self.tinted)
        shaded, factor = self.multiplied(flat)
        self.link(shade.outputs[0], factor)
        self.link(shaded, self.shader.inputs["Base Color"])
        self._pores()

    def infrared(self, share: float, pale: float) -> None:
        """``share`` of the picture's contrast that is gone; skin's albedo there is 0.4–0.65."""
        self._infrared.default_value = share
        self._pale.default_value = (pale, pale, pale, 1.0)

    def _pores(self) -> None:
        noise, bump = self.node("ShaderNodeTexNoise"), self.node("ShaderNodeBump")
        noise.inputs["Scale"].default_value = 60.0
        bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.05, 0.02
        self.link(noise.outputs[0], bump.inputs["Height"])
        self.link(bump.outputs[0], self.shader.inputs["Normal"])


class EyeSurface(Pictured):
    """The eye's picture under a wet coat; the pupil (its alpha) may shine back."""

    def __init__(self) -> None:
        super().__init__("eye", roughness=0.25, specular=0.12)
        self.shader.inputs["Coat Weight"].default_value = 0.35
        self.shader.inputs["Coat Roughness"].default_value = 0.02
        gain = self.node("ShaderNodeMath")
        gain.operation = "MULTIPLY"
        self.link(self.image.outputs["Alpha"], gain.inputs[0])
        self.link(gain.outputs[0], self.shader.inputs["Emission Strength"])
        self.shader.inputs["Emission Color"].default_value = (1.0, 1.0, 1.0, 1.0)
        self._shine = gain.inputs[1]

    def shine(self, strength: float) -> None:
        self._shine.default_value = strength


class Lens(Surface):
    """A thin pane: what comes through times a tint, and a mirror image.

    Schlick's approximation of Fresnel's law by the angle alone: Blender's own node takes the side
    where the normal points away for the inside of solid glass, all mirror beyond 43°.
    """

    def __init__(self) -> None:
        super().__init__("lens", roughness=0.0)
        clear, mirror = self.node("ShaderNodeBsdfTransparent"), self.node("ShaderNodeBsdfGlossy")
        mirror.inputs["Roughness"].default_value = 0.0  # a soft mirror of a lamp is all noise
        facing = self.node("ShaderNodeLayerWeight")
        facing.inputs["Blend"].default_value = 0.5
        power, schlick = self._maths("POWER", 5.0), self._maths("MULTIPLY_ADD", 0.96)
        schlick.inputs[2].default_value = 0.04
        gain, mix = self._maths("MULTIPLY", 1.0), self.node("ShaderNodeMixShader")
        self.link(facing.outputs["Facing"], power.inputs[0])
        self.link(power.outputs[0], schlick.inputs[0])
        self.link(schlick.outputs[0], gain.inputs[0])
        self.link(gain.outputs[0], mix.inputs[0])
        self.link(clear.outputs[0], mix.inputs[1])
        self.link(mirror.outputs[0], mix.inputs[2])
        self.link(mix.outputs[0], self.tree.nodes["Material Output"].inputs["Surface"])
        self._base, self._gain = clear.inputs["Color"], gain.inputs[1]

    def _maths(self, operation: str, second: float) -> Any:
        node = self.node("ShaderNodeMath")
        node.operation = operation
        node.inputs[1].default_value = second
        return node

    def mirror(self, gain: float) -> None:
        """1: plain glass; less: an anti-reflection coat."""
        self._gain.default_value = gain


class Pane(Surface):
    """A window: the picture outside, shining."""

    def __init__(self) -> None:
        super().__init__("pane", roughness=1.0)
        image, shine = self.node("ShaderNodeTexImage"), self.node("ShaderNodeEmission")
        self.link(image.outputs["Color"], shine.inputs["Color"])
        self.link(shine.outputs[0], self.tree.nodes["Material Output"].inputs["Surface"])
        self.image, self._strength = image, shine.inputs["Strength"]

    def show(self, image: Any, strength: float) -> None:
        self.image.image, self._strength.default_value = image, strength


def loaded(path: str) -> Any:
    return bpy.data.images.load(path, check_existing=True)


class Drawn:
    """A picture in memory that is drawn anew for each render."""

    def __init__(self, name: str, side: int) -> None:
        self.image = bpy.data.images.new(name, side, side, alpha=True, float_buffer=True)
        self.image.colorspace_settings.name = "Non-Color"
        self.image.alpha_mode = "CHANNEL_PACKED"

    def draw(self, sheet: Sheet) -> Any:
        """``sheet``: RGBA (side, side, 4), linear, first row on top."""
        self.image.pixels.foreach_set(np.ascontiguousarray(sheet[::-1], np.float32).ravel())
        self.image.update()
        return self.image
