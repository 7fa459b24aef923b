"""What is retained at the broker: the state first, then that we are online; cleared at the end.

Nothing of a past run may be read as now. So the first word on each connection is a fresh state, or
that nothing is known yet, and only then ``online``; a state is renewed well before a broker that
speaks MQTT 5 forgets it; and a monitor that gets no pictures says so.
"""

from __future__ import annotations

from typing import Protocol

from edge_pose.clock import Clock
from edge_pose.config.sinks import MqttConfig
from edge_pose.kinds import FACTS, urgency
from edge_pose.sinks.mqtt.state_payload import LastAlert, StateWriter
from edge_pose.sinks.mqtt.topics import OFF, ON, ONLINE, STOPPED, Topics
from edge_pose.values import Alert, AlertPhase, DriverState, Health

BLIND_S = 3.0
"""Without a new state for so long the camera counts as lost."""
_STARTING_S = 10.0
"""A camera may take so long to begin."""
EXPIRY_S = 60.0
_RENEW_S = 20.0


class Publish(Protocol):
    """The connection's own way to send."""

    def __call__(
        self,
        topic: str,
        payload: str | bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        expiry_s: float | None = None,
    ) -> int: ...


class StandingTopics:
    """Called by the sink's thread only."""

    def __init__(
        self,
        topics: Topics,
        config: MqttConfig,
        clock: Clock,
        *,
        writer: StateWriter,
        preset: str,
        publish: Publish,
    ) -> None:
        self._topics, self._config, self._clock = topics, config, clock
        self._writer = writer
        self._preset = preset
        self._publish = publish
        self._newest: tuple[DriverState, Health] | None = None
        self._newest_s = clock.now()
        self._open: dict[int, Alert] = {}
        self._last_alert: LastAlert | None = None
        self._said: dict[str, str] = {}
        self._state_s = float("-inf")
        self._up = False

    @property
    def newest(self) -> tuple[DriverState, Health] | None:
        """The newest state with the program's health, once there is one."""
        return self._newest

    @property
    def health(self) -> Health:
        """The newest known."""
        return self._newest[1] if self._newest else Health()

    def alert(self, alert: Alert, last: LastAlert | None) -> None:
        """A turn of an episode; ``last``: how it is told as the last alert, if it is one."""
        self._last_alert = last or self._last_alert
        if alert.phase is AlertPhase.END:
            self._open.pop(alert.id, None)
        else:
            self._open[alert.id] = alert

    def state(self, state: DriverState, health: Health) -> None:
        self._newest, self._newest_s = (state, health), self._clock.now()
        self._open = {episode.id: episode for episode in state.episodes}
        if self._up:
            self._say_switches(state, health)

    def up(self) -> None:
        """A connection: first how things stand, then that we are here."""
        self._up = True
        self._said.clear()
        self._say_state(self._text() or self._writer.cleared())
        if self._newest is not None:
            self._say_switches(*self._newest)
        self._say(self._topics.preset, self._preset, qos=1)
        self._publish(self._topics.availability, ONLINE, qos=1, retain=True)

    def down(self) -> None:
        self._up = False

    def tick(self) -> None:
        text = self._text()
        if not self._up or text is None:
            return
        now_s = self._clock.now()
        due = now_s - self._state_s >= self._config.state_interval_s
        old = now_s - self._state_s >= max(_RENEW_S, self._config.state_interval_s)
        if old or (due and self._said.get(self._topics.state) != text):
            self._say_state(text)

    def renew(self) -> None:
        """Say all of it once more: somebody has begun to listen."""
        self._said.clear()
        if self._up and (text := self._text()) is not None:
            self._say_state(text)

    def goodbye(self) -> None:
        """A clean stop: no value is left behind."""
        self._say_state(self._writer.cleared())
        self._publish(self._topics.availability, STOPPED, qos=1, retain=True)
        self.down()

    @property
    def _blind(self) -> bool:
        limit_s = BLIND_S if self._newest else _STARTING_S
        return self._clock.now() - self._newest_s > limit_s

    def _text(self) -> str | None:
        """The state to tell; None while nothing has been observed and it is not late either."""
        if self._blind:
            return self._writer.blind(self._episodes, self.health, self._last_alert)
        return self._writer.told(*self._newest, self._last_alert) if self._newest else None

    @property
    def _episodes(self) -> list[Alert]:
        told = [a for a in self._open.values() if not a.shadow and not FACTS[a.kind].silent]
        return sorted(told, key=lambda a: urgency(a.kind, a.level), reverse=True)

    def _say_switches(self, state: DriverState, health: Health) -> None:
        self._say(self._topics.mute, ON if health.muted else OFF, qos=1)
        self._say(self._topics.enabled, ON if state.enabled else OFF, qos=1)

    def _say_state(self, text: str) -> None:
        self._state_s = self._clock.now()
        self._said[self._topics.state] = text
        expiry_s = max(EXPIRY_S, 3 * self._config.state_interval_s)
        self._publish(self._topics.state, text, retain=True, expiry_s=expiry_s)

    def _say(self, topic: str, text: str, *, qos: int) -> None:
        """Publish retained if it is news on this connection."""
        if self._said.get(topic) != text:
            self._said[topic] = text
            self._publish(topic, text, qos=qos, retain=True)
