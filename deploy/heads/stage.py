"""One Blender scene, used for every picture: pieces get new places, surfaces new numbers.

Cycles on the CPU, or on a GPU where it finds one. Building a scene anew costs more than a second a
picture, so it is kept; everything a picture depends on is set each time, so a picture does not
depend on those before it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENCV_IO_ENABLE_OPENEXR", "1")

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.cabin import HARD, PANES, SOFT
from deploy.heads.camera import Crop
from deploy.heads.figure import Figure, Posed, Topology
from deploy.heads.lamps import Lamps
from deploy.heads.painting import Painter
from deploy.heads.parts import Parts
from deploy.heads.plan import Plan
from deploy.heads.quiet import quiet_output

_SENSOR_MM = 36.0
_NEAR_M = 0.01
_BEHIND_M = 10.0


class Stage:
    """Renders planned pictures. One a process: Blender has one scene."""

    def __init__(self, parts: Parts, figure: Figure, *, samples: int, threads: int) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        _set_cycles(self._scene, samples, threads)
        self._camera = _new_camera(self._scene)
        self._lamps = Lamps(self._scene)
        self._painter = Painter(parts, figure)
        self._pieces = {
            name: _new_piece(self._scene, name, topology, self._painter.surface(name))
            for name, topology in figure.topologies().items()
        }
        self._away: set[str] = set()
        self._painter.attach(self._pieces["body"].data)
        self._file = Path(tempfile.mkdtemp(prefix="heads-")) / "picture.exr"

    def render(self, plan: Plan, posed: Posed, crop: Crop) -> NDArray[np.float32]:
        """RGBA (height, width, 4), linear light, alpha 0 where nothing is."""
        self._arrange(posed)
        self._painter.paint(plan, posed.person)
        self._lamps.set(plan.light, plan.posture.eyes_m)
        self._aim(crop)
        self._scene.cycles.seed = plan.number
        self._scene.render.filepath = str(self._file)
        with quiet_output():
            bpy.ops.render.render(write_still=True)
        picture = np.asarray(cv2.imread(str(self._file), cv2.IMREAD_UNCHANGED))
        return np.ascontiguousarray(picture[..., [2, 1, 0, 3]], np.float32)

    def refresh(self) -> None:
        """Forget what Cycles kept of earlier pictures, by a render of a few pixels that keeps
        nothing. Its noise depends on what it has kept: a shard that begins here has the same bytes
        whatever was rendered before it."""
        settings = self._scene.render
        settings.use_persistent_data = False
        settings.resolution_x = settings.resolution_y = 8
        with quiet_output():
            bpy.ops.render.render()
        settings.use_persistent_data = True

    def _arrange(self, posed: Posed) -> None:
        """Pieces that are not in the picture lie behind the camera. Hidden ones would come back
        in another order, and Cycles' noise depends on the order: so does a picture's every byte."""
        for name, piece in self._pieces.items():
            if name in posed.shapes:
                _move(piece, posed.shapes[name])
                self._away.discard(name)
            elif name not in self._away:
                _move(piece, np.full((len(piece.data.vertices), 3), _BEHIND_M))
                self._away.add(name)

    def close(self) -> None:
        self._file.unlink(missing_ok=True)
        self._file.parent.rmdir()

    def _aim(self, crop: Crop) -> None:
        camera, settings = self._camera, self._scene.render
        settings.resolution_x, settings.resolution_y = crop.size
        camera.data.lens = _SENSOR_MM / crop.width
        camera.rotation_euler = (0.0, 0.0, -crop.turn_rad)
        right, up = np.array(crop.centre)
        cosine, sine = np.cos(crop.turn_rad), np.sin(crop.turn_rad)
        camera.data.shift_x = (right * cosine - up * sine) / crop.width
        camera.data.shift_y = (right * sine + up * cosine) / crop.width


def _set_cycles(scene: Any, samples: int, threads: int) -> None:
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device = "GPU" if _gpu_found() else "CPU"
    cycles.samples, cycles.use_adaptive_sampling = samples, False
    cycles.use_light_tree = False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter, cycles.denoising_quality = "NONE", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 1, 1
    cycles.transmission_bounces, cycles.transparent_max_bounces = 2, 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.use_auto_tile = False
    # A lamp mirrored in a lens for one sample in twenty is a spark, not a glint.
    cycles.sample_clamp_direct, cycles.sample_clamp_indirect = 6.0, 3.0
    render = scene.render
    render.film_transparent = True
    render.use_persistent_data = True
    render.resolution_percentage = 100
    render.threads_mode, render.threads = "FIXED", threads
    scene.view_settings.view_transform = "Standard"
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_mode, render.image_settings.color_depth = "RGBA", "16"


def _gpu_found() -> bool:
    """Whether Cycles has a GPU; if so it is switched on."""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    for kind in ("OPTIX", "CUDA", "HIP", "METAL"):
        try:
            preferences.compute_device_type = kind
        except TypeError:
            continue
        preferences.refresh_devices()
        found = [device for device in preferences.devices if device.type == kind]
        for device in preferences.devices:
            device.use = device.type == kind
        if found:
            return True
    return False


def _new_camera(scene: Any) -> Any:
    lens = bpy.data.cameras.new("camera")
    lens.clip_start, lens.sensor_width = _NEAR_M, _SENSOR_MM
    lens.sensor_fit = "HORIZONTAL"
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def _new_piece(scene: Any, name: str, topology: Topology, material: Any) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0.0, 0.0, 0.0)] * topology.points, [], topology.faces)
    piece = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(piece)
    if topology.uvs is not None and topology.face_uvs is not None:
        corners = np.array([i for face in topology.face_uvs for i in face])
        layer = mesh.uv_layers.new(name="uv")
        layer.data.foreach_set("uv", topology.uvs[corners].astype(np.float32).ravel())
    mesh.materials.append(material)
    backdrop = name in SOFT or name in HARD or name in PANES
    smooth = not (name in HARD or name in PANES or name == "phone")
    mesh.polygons.foreach_set("use_smooth", [smooth] * len(topology.faces))
    if name in SOFT:
        bevel = piece.modifiers.new("rounded", "BEVEL")
        bevel.width, bevel.segments = 0.035, 3
    if backdrop:  # it is seen but neither lights nor shades the face
        piece.visible_diffuse = piece.visible_glossy = piece.visible_shadow = False
    return piece


def _move(piece: Any, points: Floats) -> None:
    piece.data.vertices.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())
    piece.data.update()
