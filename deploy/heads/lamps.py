"""The planned light in Blender: surroundings, area lamps, sun."""

from __future__ import annotations

import math
from typing import Any

import bpy
import mathutils
import numpy as np

from deploy.heads.anatomy import Floats
from deploy.heads.light import Lamp, Light, Sun

_LAMPS = 3


class Lamps:
    """A world and lamps that are set anew for each picture."""

    def __init__(self, scene: Any) -> None:
        self._world(scene)
        self._areas = [_new_lamp(scene, f"area{k}", "AREA") for k in range(_LAMPS)]
        self._sun = _new_lamp(scene, "sun", "SUN")

    def set(self, light: Light, face_m: Floats) -> None:
        low, high = self._ramp.color_ramp.elements
        low.color, high.color = (*light.below, 1.0), (*light.above, 1.0)
        self._background.inputs["Strength"].default_value = light.surround
        self._tilt.inputs["Rotation"].default_value = light.tilt
        # A lamp that is off is dark, not hidden: its place in Cycles' list must not change.
        for setting, _ in (*self._areas, self._sun):
            setting.energy = 0.0
        for lamp, (setting, shown) in zip(light.lamps, self._areas, strict=False):
            _place_lamp(lamp, setting, shown, face_m)
        if light.sun:
            _place_sun(light.sun, *self._sun)

    def _world(self, scene: Any) -> None:
        """A gradient from below to above, tilted."""
        world = bpy.data.worlds.new("surroundings")
        scene.world = world
        world.cycles.sampling_method = "NONE"  # its importance map costs 0.9 s a picture
        world.use_nodes = True
        tree = world.node_tree
        place, tilt = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeMapping")
        parts, scale = tree.nodes.new("ShaderNodeSeparateXYZ"), tree.nodes.new("ShaderNodeMath")
        ramp = tree.nodes.new("ShaderNodeValToRGB")
        scale.operation = "MULTIPLY_ADD"
        scale.inputs[1].default_value = scale.inputs[2].default_value = 0.5
        tree.links.new(place.outputs["Generated"], tilt.inputs[0])
        tree.links.new(tilt.outputs[0], parts.inputs[0])
        tree.links.new(parts.outputs[1], scale.inputs[0])
        tree.links.new(scale.outputs[0], ramp.inputs[0])
        self._background = tree.nodes["Background"]
        tree.links.new(ramp.outputs[0], self._background.inputs[0])
        self._tilt, self._ramp = tilt, ramp


def _new_lamp(scene: Any, name: str, kind: str) -> tuple[Any, Any]:
    setting = bpy.data.lights.new(name, kind)
    shown = bpy.data.objects.new(name, setting)
    scene.collection.objects.link(shown)
    return setting, shown


def _place_lamp(lamp: Lamp, setting: Any, shown: Any, face_m: Floats) -> None:
    setting.energy, setting.size, setting.color = lamp.power, lamp.side, lamp.colour
    shown.location = lamp.place
    shown.rotation_euler = _facing(np.array(lamp.place) - face_m)


def _place_sun(sun: Sun, setting: Any, shown: Any) -> None:
    setting.energy, setting.color, setting.angle = sun.strength, sun.colour, sun.angle
    azimuth, height = math.radians(sun.azimuth_deg), math.radians(sun.elevation_deg)
    level = math.cos(height)
    shown.rotation_euler = _facing(
        np.array([math.sin(azimuth) * level, math.sin(height), math.cos(azimuth) * level])
    )


def _facing(back: Floats) -> Any:
    """The Euler angles of a lamp that shines along −back."""
    z = back / np.linalg.norm(back)
    x = np.cross([0.0, 1.0, 0.01], z)
    x /= np.linalg.norm(x)
    return mathutils.Matrix(np.stack([x, np.cross(z, x), z], axis=1).tolist()).to_euler()
