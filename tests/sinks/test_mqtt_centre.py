"""What goes to a fleet's centre: kept on the box until the centre has it, minutes beside alerts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sink_examples import a_health, a_state, an_alert
from test_mqtt_rules import Rig

from edge_pose.sinks.mqtt.centre_receipt import kept_numbers
from edge_pose.sinks.mqtt.minute_lane import minutes_text
from edge_pose.sinks.mqtt.news import Acknowledged, Arrived, Down, Up
from edge_pose.sinks.store.minutes import Minute


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(tmp_path, monkeypatch, confirm="centre", minutes=True, discovery=False)


def confirm(rig: Rig, **numbers: list[int]) -> None:
    payload = json.dumps(numbers).encode()
    rig.hear(Arrived(topic="edge_pose/v/kept", payload=payload, retained=False))


def numbers(rig: Rig, name: str) -> list[int]:
    return [json.loads(text)["seq"] for text in rig.line.texts(name)]


def acknowledge_all(rig: Rig) -> None:
    rig.hear(*(Acknowledged(mid=mid) for mid in range(1, len(rig.line.published) + 1)))


def test_an_alert_stays_until_the_centre_has_it_not_only_the_broker(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    acknowledge_all(rig)
    assert rig.sink.link.backlog == 1
    (seq,) = numbers(rig, "event")
    confirm(rig, events=[seq])
    assert rig.sink.link.backlog == 0


def test_what_a_broker_forgot_is_sent_again_after_the_reconnect(rig: Rig) -> None:
    """The broker acknowledged, died, and came back empty."""
    rig.hear(Up())
    for number in range(3):
        rig.sink.alert(an_alert(number))
    acknowledge_all(rig)
    first, second, third = numbers(rig, "event")
    confirm(rig, events=[second])
    rig.hear(Down(), Up())
    assert numbers(rig, "event")[3:] == [first, third]
    confirm(rig, events=[first, third])
    acknowledge_all(rig)
    rig.hear(Down(), Up())
    assert numbers(rig, "event")[3:] == [first, third]


def test_what_the_centre_does_not_confirm_in_time_is_sent_again(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    acknowledge_all(rig)
    for _ in range(12):
        rig.clock.advance(60.0)
        rig.line.sign_s = rig.clock.now()
        rig.sink.tick()
    assert numbers(rig, "event") == numbers(rig, "event")[:1] * 2


def drive(rig: Rig, minutes: int) -> None:
    for _ in range(minutes * 12):
        rig.sink.state(a_state(rig.clock.now()), a_health())
        rig.clock.advance(5.0)
        rig.line.sign_s = rig.clock.now()
        rig.sink.tick()


def test_minutes_go_a_few_in_a_message_and_the_rest_at_the_end(rig: Rig) -> None:
    rig.hear(Up())
    drive(rig, 12)
    assert [len(json.loads(text)["minutes"]) for text in rig.line.texts("minutes")] == [5, 5]
    rig.sink.close()
    told = [json.loads(text) for text in rig.line.texts("minutes")]
    assert sum(len(one["minutes"]) for one in told) in (12, 13)
    starts = [minute["utc"] for one in told for minute in one["minutes"]]
    assert starts == sorted(set(starts))
    assert {one["vehicle_id"] for one in told} == {"v"}


def test_minutes_wait_for_the_centre_too(rig: Rig) -> None:
    rig.hear(Up())
    drive(rig, 6)
    acknowledge_all(rig)
    (seq,) = numbers(rig, "minutes")
    rig.hear(Down(), Up())
    assert numbers(rig, "minutes") == [seq, seq]
    confirm(rig, minutes=[seq])
    acknowledge_all(rig)
    rig.hear(Down(), Up())
    assert numbers(rig, "minutes") == [seq, seq]


def test_a_box_alone_sends_no_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(tmp_path, monkeypatch)
    rig.hear(Up())
    drive(rig, 12)
    rig.sink.close()
    assert rig.line.texts("minutes") == []
    assert not (tmp_path / "mqtt-minutes.db").exists()


@given(payload=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_confirm_nothing_that_is_no_number(payload: bytes) -> None:
    assert all(isinstance(one, int) for one in kept_numbers(payload, "events"))


def test_a_minutes_message_is_small() -> None:
    minute = Minute(
        utc_s=1_800_000_000.0, samples=900, face=0.98765, distracted=0.0123, attention=0.9,
        attention_min=0.4, level_max=1, perclos=0.0871, drowsiness=0.1, fps=14.97,
        frame_age_p95_ms=81.2345, dropped=3, temperature_c=61.5,
    )  # fmt: skip
    assert len(minutes_text([minute] * 5, seq=2**40, run="abcdef12", vehicle_id="van-0001")) < 1500
