"""How the centre stands, as a short table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_QUESTIONS = (
    ("vehicles known", "SELECT count(*) FROM vehicles"),
    ("heard of in 10 min",
     "SELECT count(*) FROM vehicles WHERE last_seen > now() - interval '10 minutes'"),
    ("silent for a day",
     "SELECT count(*) FROM vehicles WHERE last_seen < now() - interval '1 day'"),
    ("events", "SELECT count(*) FROM events"),
    ("episodes in 24 h: advisory / warning / critical",
     "SELECT concat_ws(' / ', count(*) FILTER (WHERE level = 1), count(*) FILTER (WHERE level = 2),"
     " count(*) FILTER (WHERE level = 3)) FROM episodes WHERE utc > now() - interval '1 day'"),
    ("minutes driven", "SELECT count(*) FROM minutes"),
    ("newest event",
     "SELECT to_char(max(utc) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"') FROM events"),
    ("from box to database in 1 h: p50 / p99",
     "SELECT coalesce(concat_ws(' / ',"
     " round((percentile_cont(0.5) WITHIN GROUP (ORDER BY lag))::numeric, 1) || ' s',"
     " round((percentile_cont(0.99) WITHIN GROUP (ORDER BY lag))::numeric, 1) || ' s'), 'none')"
     " FROM (SELECT extract(epoch FROM received - utc) AS lag FROM events"
     " WHERE received > now() - interval '1 hour' AND NOT late) AS recent"),
    ("dead letters", "SELECT count(*) FROM dead_letters"),
    ("their commonest reason",
     "SELECT coalesce((SELECT reason || ' (' || count(*) || ')' FROM dead_letters GROUP BY reason"
     " ORDER BY count(*) DESC LIMIT 1), 'none')"),
    ("software",
     "SELECT coalesce(string_agg(version || ': ' || number, ', ' ORDER BY version), 'none') FROM"
     " (SELECT coalesce(software, 'unknown') AS version, count(*) AS number FROM vehicles"
     " GROUP BY 1) AS versions"),
    ("size", "SELECT pg_size_pretty(pg_database_size(current_database()))"),
)  # fmt: skip


def standing_lines(connection: Any) -> Iterator[str]:
    """One line a question."""
    width = max(len(name) for name, _ in _QUESTIONS)
    for name, question in _QUESTIONS:
        (answer,) = connection.execute(question).fetchone()
        yield f"{name:<{width}}  {'none' if answer in (None, '') else answer}"
