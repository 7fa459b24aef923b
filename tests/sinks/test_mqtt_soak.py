"""Long runs against a real broker: an outage of a minute, and a broker that comes and goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker_rig import Broker, Observer, until
from sink_examples import a_health, a_state, an_alert

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt import Device, MqttSink
from edge_pose.sinks.wall_clock import WallTime

pytestmark = [pytest.mark.soak, pytest.mark.broker]

EVENT = "edge_pose/v/event"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    opened = Broker(tmp_path, durable=True)
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def sink(broker: Broker, tmp_path: Path) -> Iterator[MqttSink]:
    opened = MqttSink(
        MqttConfig(enabled=True, host="127.0.0.1", port=broker.port, reconnect_max_s=1),
        device=Device(vehicle_id="v", device_id="0123abcd"),
        controls=Controls(),
        wall=WallTime(SystemClock(), lambda: None),
        state_dir=tmp_path,
    )
    opened.open()
    until(lambda: opened.situation == "connected", opened.tick)
    yield opened
    opened.close()


def _collect(broker: Broker, sink: MqttSink, wanted: int) -> list[int]:
    """Sequence numbers in the order of their first arrival, with what the broker kept for us."""
    watch = Observer(broker, EVENT, name="watch")
    seen: dict[int, None] = {}
    while len(seen) < wanted:
        seen[watch.expect_topic(EVENT, sink.tick).json["seq"]] = None
    watch.close()
    return list(seen)


def test_an_outage_of_a_minute_is_delivered_in_order(
    broker: Broker, sink: MqttSink, tell: Callable[[str], None]
) -> None:
    broker.stop()
    began, count, slowest_s = time.monotonic(), 0, 0.0
    pause = threading.Event()
    while time.monotonic() - began < 60.0:
        called = time.monotonic()
        sink.alert(an_alert(count, t_s=called))
        sink.state(a_state(called), a_health())
        sink.tick()
        count += 1
        slowest_s = max(slowest_s, time.monotonic() - called)
        pause.wait(0.2)
    broker.start()
    seqs = _collect(broker, sink, count)
    tell(f"60 s outage, {count} events, all in order; slowest call {slowest_s * 1e3:.0f} ms")
    assert seqs == list(range(seqs[0], seqs[0] + count))
    assert slowest_s < 1.0


def test_a_broker_that_comes_and_goes_loses_nothing(
    broker: Broker, sink: MqttSink, tell: Callable[[str], None]
) -> None:
    Observer(broker, EVENT, name="watch").close()
    threads = threading.active_count()
    count = 0
    for _ in range(20):
        broker.stop()
        for _ in range(3):
            sink.alert(an_alert(count, t_s=time.monotonic()))
            sink.tick()
            count += 1
        until(lambda: sink.situation != "connected", sink.tick)
        broker.start()
    seqs = _collect(broker, sink, count)
    tell(f"20 outages, {count} events, all in order; threads {threads} → "
             f"{threading.active_count()}")  # fmt: skip
    assert seqs == list(range(seqs[0], seqs[0] + count))
    assert threading.active_count() <= threads
