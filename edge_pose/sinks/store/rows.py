"""What an alert and a minute look like in the event database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields

from edge_pose.sinks.store.minutes import Minute
from edge_pose.sinks.store.waiting_minutes import DatedMinute
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert


def write_alert(database: sqlite3.Connection, run: int, alert: Alert, wall: WallTime) -> None:
    """One row of the alert's phase; the episode's row is made or brought up to date."""
    at_s = wall.at(alert.t_s)
    known = wall.synchronised
    values = json.dumps(dict(alert.values))
    database.execute(
        "INSERT INTO alerts (run, episode, phase, kind, level, utc_s, clock_synchronised, t_s,"
        ' reason, "values", shadow) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (run, alert.id, alert.phase.value, alert.kind.value, int(alert.level), at_s,
         known, alert.t_s, alert.reason, values, alert.shadow),
    )  # fmt: skip
    _write_episode(database, run, alert, wall)


def end_what_was_cut_off(database: sqlite3.Connection, run: int) -> None:
    """Episodes of runs before this one that were killed: they ended with the last that is known of
    their run. What goes on is told anew, under a number of this run."""
    open_ = "FROM episodes WHERE t_end_s IS NULL AND run < ?"
    cut = {row[0] for row in database.execute(f"SELECT DISTINCT run {open_}", (run,))}
    if not cut:
        return
    told = "SELECT run, t_s FROM alerts UNION ALL SELECT run, t_s FROM minutes"
    lasts = database.execute(f"SELECT max(t_s), run FROM ({told}) GROUP BY run").fetchall()
    database.execute("BEGIN IMMEDIATE")
    database.executemany(
        "UPDATE episodes SET t_end_s = max(t_alert_s, ?) WHERE t_end_s IS NULL AND run = ?",
        [(last_s or 0.0, one) for last_s, one in lasts if one in cut],
    )
    database.execute(
        "UPDATE episodes SET utc_end_s = utc_alert_s + t_end_s - t_alert_s"
        " WHERE utc_end_s IS NULL AND t_end_s IS NOT NULL AND run < ?",
        (run,),
    )
    database.execute("COMMIT")


def _write_episode(database: sqlite3.Connection, run: int, alert: Alert, wall: WallTime) -> None:
    at_s, known = wall.at(alert.t_s), wall.synchronised
    values = json.dumps(dict(alert.values))
    ended_s = None if alert.t_end_s is None else at_s - alert.t_s + alert.t_end_s
    kinds = " ".join(kind.value for kind in alert.kinds or (alert.kind,))
    database.execute(
        "INSERT INTO episodes (run, episode, kind, kinds, level, utc_start_s, utc_alert_s,"
        " utc_end_s, clock_synchronised, t_start_s, t_alert_s, t_end_s, reason,"
        ' "values", steps, shadow) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
        " ON CONFLICT (run, episode) DO UPDATE SET kind = excluded.kind,"
        " kinds = excluded.kinds, level = excluded.level, utc_end_s = excluded.utc_end_s,"
        " t_end_s = excluded.t_end_s, reason = excluded.reason, steps = excluded.steps,"
        ' "values" = excluded."values"',
        (run, alert.id, alert.kind.value, kinds, int(alert.level),
         at_s - alert.t_s + alert.t_start_s, at_s - alert.t_s + alert.t_alert_s, ended_s,
         known, alert.t_start_s, alert.t_alert_s, alert.t_end_s, alert.reason, values,
         _steps(alert), alert.shadow),
    )  # fmt: skip


def _steps(alert: Alert) -> str:
    """When the episode reached each kind and level, as JSON."""
    return json.dumps(
        [
            {"t_s": step.t_s, "kind": step.kind.value, "level": int(step.level)}
            for step in alert.steps
        ]
    )


_MINUTE_COLUMNS = ", ".join(field.name for field in fields(Minute))
_MINUTE_MARKS = ", ".join("?" for _ in fields(Minute))


def insert_minutes(database: sqlite3.Connection, run: int, minutes: Iterable[DatedMinute]) -> None:
    database.executemany(
        f"INSERT OR REPLACE INTO minutes (run, t_s, clock_synchronised, {_MINUTE_COLUMNS})"
        f" VALUES (?, ?, ?, {_MINUTE_MARKS})",
        [(run, kept.t_s, kept.synchronised, *astuple(kept.minute)) for kept in minutes],
    )
