"""``edge-pose run``: the service. SIGINT and SIGTERM stop it, SIGHUP re-reads the config."""

from __future__ import annotations

import argparse

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.root import Config


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="URI",
        help="picamera2:0, v4l2:/dev/video0, an index, rtsp://…, gst:…, file:PATH, demo: or auto",
    )
    parser.add_argument(
        "--fast", action="store_true", help="file and demo sources: as fast as it goes"
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.service import Service

    def read_config() -> Config:
        return with_source(load_config(args), args.source, fast=args.fast)

    return Service(read_config, verbose=args.verbose).run()


def with_source(config: Config, source: str | None, *, fast: bool) -> Config:
    """The config with the source that the command line names; an index means /dev/videoN."""
    changes: dict[str, object] = {"fast": fast}
    if source:
        changes["source"] = source
    camera = type(config.camera).model_validate(config.camera.model_dump() | changes)
    return config.model_copy(update={"camera": camera})
