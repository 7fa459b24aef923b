"""Records of a board without a clock of its own: their UTC is filled in once the time is known."""

from __future__ import annotations

import logging
import sqlite3

log = logging.getLogger(__name__)

_NEWS_S = 1.0
"""Records that are off by less stay as they are."""


def fill_in(database: sqlite3.Connection, boot_id: str, offset_s: float, now_s: float) -> int:
    """Give every record of this start of the machine, written before its clock was set, the UTC of
    its monotonic time; how many there were. ``offset_s``: UTC minus the monotonic clock, now known;
    ``now_s``: no record is from later.
    """
    whose = "run IN (SELECT run FROM runs WHERE boot_id = :boot) AND clock_synchronised IS NOT 1"
    values = {"boot": boot_id, "offset": offset_s, "now": now_s}
    filled = database.execute(
        "UPDATE alerts SET utc_s = t_s + :offset, clock_synchronised = 1"
        f" WHERE {whose} AND t_s <= :now",
        values,
    ).rowcount
    filled += database.execute(
        "UPDATE episodes SET utc_start_s = t_start_s + :offset, utc_alert_s = t_alert_s + :offset,"
        " utc_end_s = t_end_s + :offset, clock_synchronised = 1"
        f" WHERE {whose} AND t_alert_s <= :now",
        values,
    ).rowcount
    filled += database.execute(
        "UPDATE OR REPLACE minutes SET utc_s = t_s + :offset, clock_synchronised = 1"
        f" WHERE {whose} AND t_s IS NOT NULL AND t_s <= :now",
        values,
    ).rowcount
    database.execute(
        "UPDATE runs SET started_utc_s = started_s + :offset WHERE boot_id = :boot"
        " AND started_s <= :now AND abs(started_s + :offset - started_utc_s) > :news",
        values | {"news": _NEWS_S},
    )
    return filled
