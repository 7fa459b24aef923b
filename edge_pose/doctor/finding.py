"""What a check has found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from edge_pose.config.root import Config
from edge_pose.doctor.machine import Machine


class Status(StrEnum):
    """OK: as it should be. WARN: it runs, but worse than it could. FAIL: it does not run."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. ``fix``: what to do, empty when there is nothing to do."""

    check: str
    status: Status
    text: str
    fix: str = ""


Check = Callable[[Machine, Config], Iterator[Finding]]
"""A check looks at a machine only through ``Machine`` and never raises."""


def ok(check: str, text: str) -> Finding:
    return Finding(check=check, status=Status.OK, text=text)


def warn(check: str, text: str, fix: str) -> Finding:
    return Finding(check=check, status=Status.WARN, text=text, fix=fix)


def fail(check: str, text: str, fix: str) -> Finding:
    return Finding(check=check, status=Status.FAIL, text=text, fix=fix)
