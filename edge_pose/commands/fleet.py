"""``edge-pose fleet``: the centre that many boxes report to."""

from __future__ import annotations

import argparse
import logging
import socket
import threading
from pathlib import Path
from typing import Any

from edge_pose.fleet.settings import FleetConfig, load_fleet_config
from edge_pose.plural import counted


def configure(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(
        dest="job", required=True, metavar="ingest|status|shifts|erase|migrate"
    )
    ingest = jobs.add_parser("ingest", help="a worker: from the broker into the database")
    ingest.add_argument(
        "--name", default=socket.gethostname(), help="of this worker, the same after a restart"
    )
    jobs.add_parser("status", help="vehicles, events, lag and dead letters in a table")
    jobs.add_parser("migrate", help="create the tables, or bring them up to date")
    shifts = jobs.add_parser("shifts", help="who drove what when: for erasure by driver")
    shifts.add_argument("file", type=Path, help="CSV: vehicle_id,driver_id,from_utc,until_utc")
    erase = jobs.add_parser("erase", help="delete everything of a vehicle or a driver")
    whose = erase.add_mutually_exclusive_group(required=True)
    whose.add_argument("--vehicle", metavar="ID")
    whose.add_argument("--driver", metavar="ID")
    for job in jobs.choices.values():
        job.add_argument("-c", "--config", type=Path, metavar="FILE", help="fleet.toml")


def run(args: argparse.Namespace) -> int:
    config = load_fleet_config(args.config)
    if args.job == "ingest":
        return _ingest(config, args.name)
    from edge_pose.fleet.database import FleetDatabase

    database = FleetDatabase(config.database)
    database.open()
    try:
        return _JOBS[args.job](database.connection, args, config)
    finally:
        database.close()


def _ingest(config: FleetConfig, name: str) -> int:
    from edge_pose.fleet.database import FleetDatabase
    from edge_pose.fleet.ingest import Ingest
    from edge_pose.fleet.subscription import SharedSubscription

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    database = FleetDatabase(config.database)
    subscription = SharedSubscription(config.broker, name)
    subscription.open()
    try:
        Ingest(config, subscription, database).run(threading.Event())
    finally:
        subscription.close()
        database.close()
    return 0


def _status(connection: Any, _args: argparse.Namespace, _config: FleetConfig) -> int:
    from edge_pose.fleet.status_table import standing_lines

    for line in standing_lines(connection):
        print(line)
    return 0


def _migrate(_connection: Any, _args: argparse.Namespace, _config: FleetConfig) -> int:
    print("the database is up to date")  # opening it brought it there
    return 0


def _shifts(connection: Any, args: argparse.Namespace, _config: FleetConfig) -> int:
    from edge_pose.fleet.retention import read_shifts

    print(counted(read_shifts(connection, args.file), "shift"), "taken")
    return 0


def _erase(connection: Any, args: argparse.Namespace, config: FleetConfig) -> int:
    from edge_pose.fleet.retention import erase_driver, erase_vehicle

    if args.driver is not None:
        print(counted(erase_driver(connection, args.driver), "row"), "deleted")
        return 0
    print(counted(erase_vehicle(connection, args.vehicle), "row"), "deleted")
    _clear_broker(config, args.vehicle)
    return 0


def _clear_broker(config: FleetConfig, vehicle_id: str) -> None:
    """What the broker retains of the vehicle goes too."""
    from edge_pose.fleet.subscription import clear_retained

    root = f"{config.broker.base_topic}/{vehicle_id}"
    names = ("availability", "state", "mute", "enabled")
    clear_retained(config.broker, [f"{root}/{name}" for name in names])


_JOBS = {"status": _status, "migrate": _migrate, "shifts": _shifts, "erase": _erase}
