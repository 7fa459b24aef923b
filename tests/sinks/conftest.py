"""Property tests may take their time: a deadline per example would fail on a busy machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _databases_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Many sinks here are left in mid-life on purpose; what they had open is closed for them."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remembered(*args: Any, **options: Any) -> sqlite3.Connection:
        database = connect(*args, **options)
        opened.append(database)
        return database

    monkeypatch.setattr(sqlite3, "connect", remembered)
    yield
    for database in opened:
        with suppress(sqlite3.ProgrammingError):  # it belongs to a thread that has ended
            database.close()
