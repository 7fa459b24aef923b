"""Past episodes for the live page: the event database's, in the view's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edge_pose.clock import Clock
from edge_pose.kinds import FACTS, AlertKind
from edge_pose.sinks.store.query import EventLog, day_bounds
from edge_pose.sinks.store.stored import StoredEpisode
from edge_pose.view.feed import PastEpisode
from edge_pose.view.wording import past


class StoredEpisodes:
    """Today's episodes, asked anew each time. An open episode from before this run was cut off, by
    a power cut perhaps, and does not last still."""

    def __init__(self, state_dir: Path, clock: Clock) -> None:
        self._log = EventLog(state_dir)
        self._clock = clock
        self._began_s = clock.now()

    def today(self) -> Sequence[PastEpisode]:
        """Oldest first; SinkError when the database cannot be read. What the monitor quietly notes
        of itself (learning, off) is listed while it lasts, and then left out."""
        told = (
            past_episode(episode, ongoing=self._lasts(episode))
            for episode in self._log.episodes(*day_bounds(date.today()))
            if not episode.shadow
        )
        return [one for one in told if one.ongoing or not _is_quiet(one.kind)]

    def _lasts(self, episode: StoredEpisode) -> bool:
        # By the date as it is known now: a board without a clock begins its runs in 1970.
        run_began_utc_s = self._clock.wall() - (self._clock.now() - self._began_s)
        return episode.utc_end_s is None and episode.utc_alert_s >= run_began_utc_s


def _is_quiet(kind: str) -> bool:
    """A kind that the monitor notes of itself; one of another version is shown."""
    return kind in set(AlertKind) and FACTS[AlertKind(kind)].silent


def past_episode(episode: StoredEpisode, *, ongoing: bool = False) -> PastEpisode:
    """One stored episode as views show it."""
    return PastEpisode(
        id=f"{episode.run}-{episode.episode}",
        kind=episode.kind,
        headline=past(episode.kind),
        level=episode.level,
        start_s=episode.utc_start_s,
        alert_s=episode.utc_alert_s,
        end_s=episode.utc_end_s,
        reason=episode.reason,
        ongoing=ongoing,
    )
