"""``edge-pose calibrate``: the guide on screen, page and terminal; keeps the neutral pose and, with
a distance given, the camera's field of view."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from edge_pose.calibration.session import CalibrationSession
from edge_pose.calibration.terminal import Display
from edge_pose.capture.field_of_view import LensInUse, Origin, lens_in_use
from edge_pose.commands import add_config_options, load_config
from edge_pose.commands.rights import as_service_user
from edge_pose.config.root import Config
from edge_pose.controls import FARTHEST_CM, NEAREST_CM
from edge_pose.errors import ConfigError
from edge_pose.remembered.lens import KeptLens, LensMemory, camera_mark
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.vision.field_of_view import checked_distance

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
    from edge_pose.live.app import App

    config = load_config(args, source=args.source).silenced()
    as_service_user(config.runtime.state_path)
    memory = LensMemory(config.runtime.state_path)
    before = lens_in_use(config.camera, memory.load())
    distance_m = asked(args.distance_cm)
    app_config = prepared(config, before, measuring=distance_m is not None)
    session = CalibrationSession(app_config.camera)
    app = App(app_config, outlets=(session,), remember=False)
    session.feed, session.controls = app.feed, app.controls
    if distance_m is not None:
        app.controls.set_distance(distance_m)
    if config.web.enabled:
        print(f"also at http://{config.web.host}:{config.web.port}/")
    show = Display(sys.stdout)

    def attend() -> None:
        show(session)
        if session.result is not None:
            app.stop_requested.set()

    app.run(attend)
    if session.result is None:
        print("calibrate: ended before all steps were done; nothing was kept", file=sys.stderr)
        return 1
    kept = kept_lens(session, config, datetime.fromtimestamp(app.clock.wall()))
    print(told(session, config, before, kept))
    if not args.dry_run:
        keep(session, config, before, kept)
        print(f"kept in {config.runtime.state_path}")
    return 1 if session.trouble else 0


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


def prepared(config: Config, lens: LensInUse, *, measuring: bool) -> Config:
    """The config with the field of view in use, and a pose mode that measures distances."""
    changes: dict[str, object] = {"camera": lens.camera}
    if measuring and config.pose.landmarks == "mesh" and config.pose.mode == "network":
        changes["pose"] = config.pose.model_copy(update={"mode": "hybrid"})
    return config.model_copy(update=changes)


def kept_lens(session: CalibrationSession, config: Config, now: datetime) -> KeptLens | None:
    """What is to be kept of a field of view that was measured."""
    distance_m = session.answered_m
    if session.lens is None or distance_m is None:
        return None
    return KeptLens(
        hfov_deg=session.lens.hfov_deg,
        std_deg=session.lens.std_deg,
        distance_cm=100.0 * distance_m,
        camera=camera_mark(config.camera),
        day=f"{now:%Y-%m-%d}",
    )


def keep(
    session: CalibrationSession, config: Config, before: LensInUse, kept: KeptLens | None
) -> None:
    """Both into the state directory; the neutral pose as the field of view then in use sees it."""
    state = config.runtime.state_path
    after = before
    if kept is not None:
        LensMemory(state).save(kept)
        after = lens_in_use(config.camera, kept)
    NeutralMemory(state).keep(session.neutral(after.camera.field_of_view_deg))


def told(
    session: CalibrationSession, config: Config, before: LensInUse, kept: KeptLens | None
) -> str:
    """The result in words, with what could be better."""
    assert session.result is not None
    after = before if kept is None else lens_in_use(config.camera, kept)
    neutral = session.neutral(after.camera.field_of_view_deg)
    lines = [f"road ahead: yaw {neutral.yaw_deg:.1f}°, pitch {neutral.pitch_deg:.1f}°"]
    if session.trouble:
        lines.append(f"field of view not measured: {session.trouble}")
    elif kept is not None and after.origin is not Origin.CALIBRATED:
        lines.append(f"measured: {kept.hfov_deg:.1f}° ± {kept.std_deg:.1f}°")
    if session.lens is not None and session.lens.far and after.origin is Origin.CALIBRATED:
        lines.append("  far from what was assumed: calibrate once more for a better value")
    lines.append(f"field of view in use: {after.words}")
    if after.conflict:
        lines.append("  the config contradicts the measurement: measure again, or take it out")
    lines += [f"better: {advice}" for advice in session.result.suggestions] or [
        "the camera's place is good"
    ]
    return "\n".join(lines)
