"""The VSS sink: changed signals to a Kuksa databroker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge_pose.clock import Clock
from edge_pose.config.standards import VssConfig
from edge_pose.errors import SinkError, VehicleError
from edge_pose.sinks.vss.signals import NOTHING, SIGNALS, Value, signals
from edge_pose.values import Alert, DriverState, Health
from edge_pose.vehicle.kuksa import brief, connect

_ANSWER_S = 0.5
_RENEW_S = 5.0
"""All signals are said again now and then: a databroker that restarted has forgotten them."""


class VssSink:
    """States, not events: what VSS has a name for. Alerts show in IsWarning with the state."""

    name = "vss"

    def __init__(self, config: VssConfig, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._client: Any = None
        self._said: dict[str, Value] = {}
        self._said_s = self._renewed_s = float("-inf")

    def open(self) -> None:
        try:
            self._client = connect(self._config)
        except (VehicleError, OSError) as error:
            raise SinkError(str(error)) from error
        self._said.clear()

    def alert(self, alert: Alert) -> None:
        """The next state carries it."""

    def state(self, state: DriverState, health: Health) -> None:  # noqa: ARG002
        now_s = self._clock.now()
        if now_s - self._said_s < self._config.interval_s:
            return
        self._said_s = now_s
        if now_s - self._renewed_s >= _RENEW_S:
            self._renewed_s = now_s
            self._said.clear()
        self._publish(signals(state))

    def close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            _publish(client, NOTHING)
        except SinkError:
            pass  # it is gone already
        finally:
            client.disconnect()

    def _publish(self, values: Mapping[str, Value]) -> None:
        if self._client is None:
            raise SinkError("vss: the databroker is not connected")
        news = {name: value for name, value in values.items() if self._is_news(name, value)}
        if news:
            _publish(self._client, news)
            self._said.update(news)

    def _is_news(self, name: str, value: Value) -> bool:
        return name not in self._said or self._said[name] != value


def _publish(client: Any, values: Mapping[str, Value]) -> None:
    from kuksa_client.grpc import (
        DataEntry,
        Datapoint,
        DataType,
        EntryUpdate,
        Field,
        Metadata,
        VSSClientError,
    )

    updates = [
        EntryUpdate(
            DataEntry(
                name,
                value=Datapoint(value),
                metadata=Metadata(data_type=DataType[SIGNALS[name].upper()]),
            ),
            (Field.VALUE,),
        )
        for name, value in values.items()
    ]
    try:
        client.set(updates=updates, try_v2=True, timeout=_ANSWER_S)
    except VSSClientError as error:
        raise SinkError(f"vss: the databroker refuses or is away: {brief(error)}") from error
