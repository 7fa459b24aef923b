"""Past episodes for the live page: the event database's, in the view's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edge_pose.sinks.store.query import EventLog, StoredEpisode, day_bounds
from edge_pose.values import AlertKind
from edge_pose.view.feed import PastEpisode
from edge_pose.view.wording import past


class StoredEpisodes:
    """Today's episodes, asked anew each time."""

    def __init__(self, state_dir: Path) -> None:
        self._log = EventLog(state_dir)

    def today(self) -> Sequence[PastEpisode]:
        """Oldest first; SinkError when the database cannot be read."""
        return [past_episode(episode) for episode in self._log.episodes(*day_bounds(date.today()))]


def past_episode(episode: StoredEpisode) -> PastEpisode:
    """One stored episode as views show it."""
    return PastEpisode(
        id=f"{episode.run}-{episode.episode}",
        kind=episode.kind,
        headline=past(AlertKind(episode.kind)),
        level=episode.level,
        start_s=episode.utc_start_s,
        alert_s=episode.utc_alert_s,
        end_s=episode.utc_end_s,
        reason=episode.reason,
    )
