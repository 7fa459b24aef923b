"""The files of a replay: observations in, trace and events out.

A trace is itself a table of observations: replayed, it gives the same events.
"""

from __future__ import annotations

from edge_pose.tables.columns import TRACE_COLUMNS
from edge_pose.tables.observations import read_observations
from edge_pose.tables.results import EventsWriter, TraceWriter, event_fields

__all__ = ["TRACE_COLUMNS", "EventsWriter", "TraceWriter", "event_fields", "read_observations"]
