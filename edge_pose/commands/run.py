"""``edge-pose run``: the service. SIGINT and SIGTERM stop it, SIGHUP re-reads the config."""

from __future__ import annotations

import argparse

from edge_pose.commands import add_config_options, overrides
from edge_pose.commands.rights import as_service_user
from edge_pose.config.runtime import RuntimeConfig


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
    from edge_pose.live.config_file import ConfigFile
    from edge_pose.live.service import Service
    from edge_pose.runtime.notify import Notifier
    from edge_pose.stop_signals import SERVICE

    notifier = Notifier()
    configs = ConfigFile(
        args.config,
        overrides(args, source=args.source, fast=args.fast),
        # A person reads what is wrong with the config; a service has nobody to read it.
        kept_in=RuntimeConfig().state_path if notifier.managed else None,
    )
    as_service_user(configs.state_path)
    return Service(configs, signals=SERVICE, verbose=args.verbose, notifier=notifier).run()
