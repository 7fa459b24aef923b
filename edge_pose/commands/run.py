"""``edge-pose run``: the service. SIGINT and SIGTERM stop it, SIGHUP re-reads the config."""

from __future__ import annotations

import argparse

from edge_pose.commands import add_config_options, load_config
from edge_pose.commands.rights import as_service_user
from edge_pose.config.root import Config
from edge_pose.remembered.preset import chosen_preset


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        metavar="URI",
        help="picamera2:0, v4l2:/dev/video0, an index, rtsp://…, gst:…, file:PATH, demo: or auto",
    )
    parser.add_argument(
        "--fast", action="store_true", help="file and demo sources: as fast as it goes"
    )
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    from edge_pose.live.service import Service
    from edge_pose.stop_signals import SERVICE

    def read_config() -> Config:
        config = load_config(args, source=args.source, fast=args.fast)
        preset = chosen_preset(config.runtime.state_path)
        if preset in (None, config.monitor.preset):
            return config
        extra = [f"monitor.preset={preset}"]
        return load_config(args, source=args.source, fast=args.fast, extra=extra)

    as_service_user(read_config().runtime.state_path)
    return Service(read_config, signals=SERVICE, verbose=args.verbose).run()
