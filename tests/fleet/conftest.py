"""A real broker and a real database for the tests of the centre; a new database for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import psycopg
import pytest

from deploy.fleet.services import Mosquitto, Postgres, service_folder
from edge_pose.fleet.database import FleetDatabase


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = service_folder()
    # Its disk is thrown away, and no power is cut: nothing need reach it.
    server = Postgres(folder, settings=("fsync=off", "synchronous_commit=off"))
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def conninfo(postgres: Postgres, request: pytest.FixtureRequest) -> str:
    """Of a new, empty database."""
    name = f"t{abs(hash(request.node.nodeid))}"
    with psycopg.connect(postgres.conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return postgres.conninfo.replace("dbname=postgres", f"dbname={name}")


@pytest.fixture
def database(conninfo: str) -> Iterator[FleetDatabase]:
    database = FleetDatabase(conninfo)
    database.open()
    yield database
    database.close()


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    folder = service_folder()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()
    shutil.rmtree(folder, ignore_errors=True)
