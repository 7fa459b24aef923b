"""The Traccar sink: alerts to the server, kept on the disk until it has taken them."""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from pathlib import Path

from edge_pose.config.standards import TraccarConfig
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.traccar.query import is_told, query
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, DriverState, Health

log = logging.getLogger(__name__)

FILE = "traccar-outbox.db"
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 300.0
_REFUSED = 400


class TraccarSink:
    """One request an alert, oldest first; a server that is away is asked again, ever more
    seldom."""

    name = "traccar"
    tick_s = 0.5

    def __init__(
        self, config: TraccarConfig, *, vehicle_id: str, wall: WallTime, state_dir: Path, run: str
    ) -> None:
        self._config = config
        self._device = config.device or vehicle_id
        self._wall, self._run = wall, run
        self._outbox = Outbox(state_dir / FILE, limit=config.backlog_max, utc=wall.now, dear=False)
        self._due_s, self._pause_s = float("-inf"), _FIRST_PAUSE_S
        self._told = False

    def open(self) -> None:
        self._outbox.open()

    def alert(self, alert: Alert) -> None:
        if is_told(alert):
            text = query(alert, device=self._device, utc_s=self._wall.at(alert.t_s), run=self._run)
            self._outbox.add(lambda _seq: text)

    def state(self, state: DriverState, health: Health) -> None:
        """Only alerts go."""

    def tick(self) -> None:
        """Send the oldest, if it is time."""
        now_s = self._wall.clock.now()
        if now_s < self._due_s:
            return
        for seq, text in self._outbox.after(-1, 1):
            if not _is_query(text):
                log.error("Traccar: a damaged record is given up")
                self._outbox.done(seq)
                continue
            why = self._send(text)
            if not why:
                self._outbox.done(seq)
                self._pause_s, self._told = _FIRST_PAUSE_S, False
                continue
            self._due_s = self._wall.clock.now() + self._pause_s
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
            if not self._told:
                log.warning("Traccar %s: %s; alerts wait", self._config.url, why)
                self._told = True

    def close(self) -> None:
        self._outbox.close()

    def _send(self, text: str) -> str:
        """Empty when the server took it, else why not."""
        request = urllib.request.Request(f"{self._config.url}?{text}", method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self._config.timeout_s):
                return ""
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _REFUSED:
                return f"it knows no device {self._device!r}: add it there"
            return str(error)
        except (OSError, ValueError, http.client.HTTPException) as error:
            return str(error) or type(error).__name__


def _is_query(text: str) -> bool:
    """What comes back from the disk may be damaged: it must not hold up those behind it."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
