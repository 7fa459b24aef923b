"""What people look at: each panel's question to the database, in one place for Grafana's
dashboard, its alert rules, and the demo's page.

``$from`` and ``$to`` stand for the time range; Grafana has its own words for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_RANGE = "utc BETWEEN $from AND $to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``lines``: time, metric, value. ``table``: any columns. ``bars``: metric, value."""

    title: str
    kind: Literal["lines", "table", "bars"]
    sql: str
    unit: str = "short"


PANELS: tuple[Panel, ...] = (
    Panel(
        title="Vehicles",
        kind="table",
        sql=f"""
            SELECT v.vehicle_id AS vehicle, coalesce(v.availability, 'unknown') AS now,
                   to_char(v.last_seen, 'YYYY-MM-DD HH24:MI') AS "last seen",
                   coalesce(v.software, 'unknown') AS software,
                   count(e.*) FILTER (WHERE e.level = 1) AS advisory,
                   count(e.*) FILTER (WHERE e.level = 2) AS warning,
                   count(e.*) FILTER (WHERE e.level = 3) AS critical
            FROM vehicles v
            LEFT JOIN episodes e ON e.vehicle_id = v.vehicle_id AND e.{_RANGE}
            GROUP BY v.vehicle_id ORDER BY critical DESC, warning DESC, vehicle LIMIT 200
        """,
    ),
    Panel(
        title="Alerts an hour by kind",
        kind="lines",
        sql=f"""
            SELECT date_trunc('hour', utc) AS time, kind AS metric, count(*)::float AS value
            FROM episodes WHERE {_RANGE} GROUP BY 1, 2 ORDER BY 1
        """,
    ),
    Panel(
        title="Alerts an hour by level",
        kind="lines",
        sql=f"""
            SELECT date_trunc('hour', utc) AS time,
                   CASE level WHEN 1 THEN 'advisory' WHEN 2 THEN 'warning' ELSE 'critical' END
                       AS metric,
                   count(*)::float AS value
            FROM episodes WHERE {_RANGE} GROUP BY 1, 2 ORDER BY 1
        """,
    ),
    Panel(
        title="PERCLOS: half and the worst twentieth of all driven minutes",
        kind="lines",
        unit="percentunit",
        sql=f"""
            SELECT time, metric, value FROM (
                SELECT date_trunc('hour', utc) AS time,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY perclos) AS median,
                       percentile_cont(0.95) WITHIN GROUP (ORDER BY perclos) AS worst
                FROM minutes WHERE {_RANGE} AND perclos IS NOT NULL GROUP BY 1
            ) AS hours
            CROSS JOIN LATERAL (VALUES ('median', median), ('95th percentile', worst))
                AS named (metric, value)
            ORDER BY time
        """,
    ),
    Panel(
        title="Share of sight off the road",
        kind="lines",
        unit="percentunit",
        sql=f"""
            SELECT date_trunc('hour', utc) AS time, 'off the road' AS metric,
                   sum(distracted * samples) / nullif(sum(samples), 0) AS value
            FROM minutes WHERE {_RANGE} GROUP BY 1 ORDER BY 1
        """,
    ),
    Panel(
        title="Health: slow, hot and dropping boxes, share of minutes",
        kind="lines",
        unit="percentunit",
        sql=f"""
            SELECT time, metric, value FROM (
                SELECT date_trunc('hour', utc) AS time,
                       avg((fps < 10)::int)::float AS slow,
                       avg((temperature_c > 80)::int)::float AS hot,
                       avg((dropped > 60)::int)::float AS dropping
                FROM minutes WHERE {_RANGE} GROUP BY 1
            ) AS hours
            CROSS JOIN LATERAL (VALUES ('below 10 fps', slow), ('above 80 °C', hot),
                                       ('frames dropped', dropping)) AS named (metric, value)
            ORDER BY time
        """,
    ),
    Panel(
        title="Versions",
        kind="bars",
        sql="""
            SELECT coalesce(software, 'unknown') AS metric, count(*)::float AS value
            FROM vehicles GROUP BY 1 ORDER BY 1
        """,
    ),
    Panel(
        title="Messages that made no sense",
        kind="table",
        sql="""
            SELECT reason, count(*) AS number, max(received)::text AS latest
            FROM dead_letters GROUP BY 1 ORDER BY 2 DESC LIMIT 20
        """,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A person is told when ``sql``'s one number is above ``above``."""

    uid: str
    title: str
    sql: str
    above: float
    text: str


RULES: tuple[Rule, ...] = (
    Rule(
        uid="ep-critical",
        title="A driver sleeps or does not respond",
        sql="SELECT count(*)::float AS value FROM events WHERE level = 3 AND phase = 'new'"
        " AND received > now() - interval '10 minutes' AND NOT late",
        above=0,
        text="A critical alert arrived within the last ten minutes: see the table of vehicles.",
    ),
    Rule(
        uid="ep-silent",
        title="Boxes are silent",
        sql="SELECT count(*)::float AS value FROM vehicles"
        " WHERE last_seen BETWEEN now() - interval '7 days' AND now() - interval '2 days'",
        above=0,
        text="No word for two days of a box that spoke in the last week: parked, or broken?",
    ),
    Rule(
        uid="ep-dead",
        title="Messages make no sense",
        sql="SELECT count(*)::float AS value FROM dead_letters"
        " WHERE received > now() - interval '1 hour'",
        above=10,
        text="See dead_letters.reason: a box of a newer or broken version?",
    ),
    Rule(
        uid="ep-lag",
        title="Alerts arrive late",
        sql="SELECT coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY"
        " extract(epoch FROM received - utc)), 0)::float AS value FROM events"
        " WHERE received > now() - interval '10 minutes' AND NOT late",
        above=30,
        text="From box to database p99 is above 30 s: add a worker, or look at the database.",
    ),
    Rule(
        uid="ep-off",
        title="Monitors are switched off by hand",
        sql="SELECT count(*)::float AS value FROM events WHERE kind = 'monitor.off'"
        " AND phase = 'new' AND reason LIKE '%person%' AND received > now() - interval '1 hour'",
        above=0,
        text="Somebody switched a monitor off; it comes on again by itself after 4.5 h.",
    ),
)
