"""``edge-pose calibrate``: the guide on screen, page and terminal; keeps the neutral pose found."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.root import Config
from edge_pose.values import Alert, Scene
from edge_pose.view.calibrate import Calibration, Guide, terminal
from edge_pose.view.feed import SceneFeed

_SILENT = ("mqtt", "gpio", "sound", "store", "clips")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="URI", help="as for run; default: the config's")
    parser.add_argument(
        "--dry-run", action="store_true", help="judge and show, but do not keep the neutral pose"
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.app import App
    from edge_pose.memory import NeutralMemory

    config = silenced(load_config(args, source=args.source))
    sitting = Sitting()
    app = App(config, outlets=(sitting,), remember=False)
    sitting.feed = app.feed
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
    print(told(sitting.result, config))
    if not args.dry_run:
        NeutralMemory(config.runtime.state_path).save(sitting.result.neutral)
        print(f"kept in {config.runtime.state_path}")
    return 0


def silenced(config: Config) -> Config:
    """The config with every output but the views off: a calibration alerts nobody."""
    changes = {
        name: getattr(config, name).model_copy(update={"enabled": False}) for name in _SILENT
    }
    return config.model_copy(update=changes)


def told(result: Calibration, config: Config) -> str:
    """The result in words, with what could be better."""
    lines = [
        f"road ahead: yaw {result.neutral.yaw_deg:.1f}°, pitch {result.neutral.pitch_deg:.1f}°",
        f"lens: {config.camera.hfov_deg or config.camera.lens.hfov_deg:.0f}° field of view "
        f"({'camera.hfov_deg' if config.camera.hfov_deg else 'camera.module'} in the config)",
    ]
    lines += [f"better: {advice}" for advice in result.suggestions] or [
        "the camera's place is good"
    ]
    return "\n".join(lines)


class Sitting:
    """An outlet that leads the guide through every scene and shows it to the views."""

    def __init__(self) -> None:
        self.feed: SceneFeed | None = None
        self.guide: Guide | None = None
        self.result: Calibration | None = None

    def scene(self, scene: Scene) -> None:
        if self.guide is None:
            self.guide = Guide(scene.frame.size)
        view = self.guide.update(scene.observation)
        if self.feed is not None:
            self.feed.guide = view
        self.result = self.guide.result

    def alert(self, alert: Alert) -> None:
        """Nobody is alerted while calibrating."""


class Display:
    """Writes the guide: over itself on a terminal, one line for each new step elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lines = 0
        self._said = ""

    def __call__(self, sitting: Sitting) -> None:
        if sitting.guide is None:
            return
        view = sitting.guide.view
        if self._out.isatty():
            text = terminal(view)
            up = f"\x1b[{self._lines}A\x1b[J" if self._lines else ""
            self._out.write(up + text + "\n")
            self._lines = text.count("\n") + 1
        elif view.headline != self._said:
            self._out.write(f"{view.step}/{view.steps} {view.headline}\n")
        self._said = view.headline
        self._out.flush()
