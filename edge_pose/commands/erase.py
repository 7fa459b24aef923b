"""``edge-pose events erase``: what the device and the broker keep of a driver, deleted for good."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from edge_pose.commands.day import bounds_of
from edge_pose.config.root import Config
from edge_pose.plural import counted
from edge_pose.sinks.clips.files import erase_clips
from edge_pose.sinks.clips.sink import FOLDER
from edge_pose.sinks.store.erase import erase_backlog, erase_events
from edge_pose.sinks.wall_clock import iso

_BACKLOGS = ("mqtt-outbox.db", "mqtt-home.db", "mqtt-minutes.db", "traccar-outbox.db")
_REMEMBERED = ("neutral.json", "open_eye.json", "standing-alarms.json")


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--before", metavar="YYYY-MM-DD", help="events, minutes and clips from before this day"
    )
    what.add_argument(
        "--driver", action="store_true",
        help="what is remembered of the driver (neutral pose, open eyes), and the broker's state",
    )  # fmt: skip
    what.add_argument(
        "--all", action="store_true", help="all events, minutes, clips and what is remembered"
    )


def run(config: Config, args: argparse.Namespace) -> int:
    """Erase, and say what was erased; a broker that cannot be reached is an error at the end."""
    state = config.runtime.state_path
    for line in _erase(config, state, args):
        print(line)
    return 0


def _erase(config: Config, state: Path, args: argparse.Namespace) -> Iterator[str]:
    before_s = bounds_of(args.before)[0] if args.before else None
    if not args.driver:
        rows = erase_events(state, before_s)
        clips = erase_clips(state / FOLDER, before_s)
        before = None if before_s is None else iso(before_s)
        waiting = sum(erase_backlog(state / name, before) for name in _BACKLOGS)
        yield f"erased: {counted(rows, 'record')}, {counted(clips, 'clip')}, " + (
            f"{counted(waiting, 'message')} to the broker"
        )
    if before_s is None:
        forgotten = [name for name in _REMEMBERED if _delete(state / name)]
        yield f"forgotten: {', '.join(forgotten) or 'nothing was remembered'}"
        yield "a running service still knows the driver: sudo systemctl restart edge-pose"
        if config.mqtt.enabled:
            from edge_pose.sinks.mqtt.erase import clear_retained

            topics = clear_retained(config.mqtt, config.runtime.vehicle)
            yield f"the broker has forgotten {counted(topics, 'topic')}"


def _delete(file: Path) -> bool:
    there = file.exists()
    file.unlink(missing_ok=True)
    return there
