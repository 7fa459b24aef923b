"""``edge-pose calibrate``: the guide on screen, page and terminal; keeps the neutral pose and, with
a distance given, the camera's field of view."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import TextIO

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.root import Config
from edge_pose.controls import FARTHEST_CM, NEAREST_CM
from edge_pose.errors import ConfigError
from edge_pose.lens import LensInUse, Origin, lens_in_use
from edge_pose.memory import KeptLens, LensMemory, NeutralMemory, camera_mark
from edge_pose.sitting import Sitting
from edge_pose.view.calibrate import terminal
from edge_pose.vision.field_of_view import checked_distance

_SILENT = ("mqtt", "gpio", "sound", "store", "clips")
_QUESTION = (
    "Centimetres from the camera's lens to the bridge of your nose, to measure its field of view "
    "(Enter: leave that as it is): "
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="URI", help="as for run; default: the config's")
    parser.add_argument(
        "--distance-cm",
        type=float,
        metavar="CM",
        help="tape measure from the lens to the bridge of the nose: measures the field of view "
        f"({NEAREST_CM:.0f} to {FARTHEST_CM:.0f})",
    )
    parser.add_argument("--dry-run", action="store_true", help="judge and show, but keep nothing")
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    from edge_pose.app import App

    config = silenced(load_config(args, source=args.source))
    memory = LensMemory(config.runtime.state_path)
    before = lens_in_use(config.camera, memory.load())
    distance_m = asked(args.distance_cm)
    app_config = prepared(config, before, measuring=distance_m is not None)
    sitting = Sitting(app_config.camera)
    app = App(app_config, outlets=(sitting,), remember=False)
    sitting.feed, sitting.controls = app.feed, app.controls
    if distance_m is not None:
        app.controls.set_distance(distance_m)
    if config.web.enabled:
        print(f"also at http://{config.web.host}:{config.web.port}/")
    show = Display(sys.stdout)

    def attend() -> None:
        show(sitting)
        if sitting.result is not None:
            app.stop_requested.set()

    app.run(attend)
    if sitting.result is None:
        print("calibrate: ended before all steps were done; nothing was kept", file=sys.stderr)
        return 1
    kept = kept_lens(sitting, config, datetime.fromtimestamp(app.clock.wall()))
    print(told(sitting, config, before, kept))
    if not args.dry_run:
        keep(sitting, config, before, kept)
        print(f"kept in {config.runtime.state_path}")
    return 1 if sitting.trouble else 0


def asked(distance_cm: float | None) -> float | None:
    """The distance in metres, from the option or, on a terminal, from the person at it."""
    if distance_cm is not None:
        return checked_distance(distance_cm / 100.0)
    while sys.stdin.isatty() and sys.stdout.isatty():
        try:
            answer = input(_QUESTION).strip().removesuffix("cm")
        except EOFError:
            break
        if not answer:
            break
        try:
            return checked_distance(float(answer.replace(",", ".")) / 100.0)
        except ConfigError as error:
            print(error)
        except ValueError:
            print(f"{answer!r} is not a number")
    return None


def silenced(config: Config) -> Config:
    """The config with every output but the views off: a calibration alerts nobody."""
    changes = {
        name: getattr(config, name).model_copy(update={"enabled": False}) for name in _SILENT
    }
    return config.model_copy(update=changes)


def prepared(config: Config, lens: LensInUse, *, measuring: bool) -> Config:
    """The config with the field of view in use, and a pose mode that measures distances."""
    changes: dict[str, object] = {"camera": lens.camera}
    if measuring and config.pose.mode == "network":
        changes["pose"] = config.pose.model_copy(update={"mode": "hybrid"})
    return config.model_copy(update=changes)


def kept_lens(sitting: Sitting, config: Config, now: datetime) -> KeptLens | None:
    """What is to be kept of a field of view that was measured."""
    distance_m = sitting.answered_m
    if sitting.lens is None or distance_m is None:
        return None
    return KeptLens(
        hfov_deg=sitting.lens.hfov_deg,
        std_deg=sitting.lens.std_deg,
        distance_cm=100.0 * distance_m,
        camera=camera_mark(config.camera),
        day=f"{now:%Y-%m-%d}",
    )


def keep(sitting: Sitting, config: Config, before: LensInUse, kept: KeptLens | None) -> None:
    """Both into the state directory; the neutral pose as the field of view then in use sees it."""
    state = config.runtime.state_path
    after = before
    if kept is not None:
        LensMemory(state).save(kept)
        after = lens_in_use(config.camera, kept)
    NeutralMemory(state).keep(sitting.neutral(after.camera.field_of_view_deg))


def told(sitting: Sitting, config: Config, before: LensInUse, kept: KeptLens | None) -> str:
    """The result in words, with what could be better."""
    assert sitting.result is not None
    after = before if kept is None else lens_in_use(config.camera, kept)
    neutral = sitting.neutral(after.camera.field_of_view_deg)
    lines = [f"road ahead: yaw {neutral.yaw_deg:.1f}°, pitch {neutral.pitch_deg:.1f}°"]
    if sitting.trouble:
        lines.append(f"field of view not measured: {sitting.trouble}")
    elif kept is not None and after.origin is not Origin.CALIBRATED:
        lines.append(f"measured: {kept.hfov_deg:.1f}° ± {kept.std_deg:.1f}°")
    if sitting.lens is not None and sitting.lens.far and after.origin is Origin.CALIBRATED:
        lines.append("  far from what was assumed: calibrate once more for a better value")
    lines.append(f"field of view in use: {after.words}")
    if after.conflict:
        lines.append("  the config contradicts the measurement: measure again, or take it out")
    lines += [f"better: {advice}" for advice in sitting.result.suggestions] or [
        "the camera's place is good"
    ]
    return "\n".join(lines)


class Display:
    """Writes the guide: over itself on a terminal, one line for each new step elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lines = 0
        self._said = ""

    def __call__(self, sitting: Sitting) -> None:
        view = sitting.view
        if view is None:
            return
        if self._out.isatty():
            text = terminal(view)
            up = f"\x1b[{self._lines}A\x1b[J" if self._lines else ""
            self._out.write(up + text + "\n")
            self._lines = text.count("\n") + 1
        elif view.headline != self._said:
            self._out.write(f"{view.step}/{view.steps} {view.headline}\n")
        self._said = view.headline
        self._out.flush()
