"""What messages mean: rows, or a reason; never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages_of_boxes import event_text, minutes

from edge_pose.fleet.messages import EVENT_COLUMNS, MINUTE_COLUMNS, TOPICS, meaning
from edge_pose.sinks.mqtt.event_payload import trial


def read(what: str, payload: str | bytes, vehicle: str = "van-1") -> object:
    raw = payload.encode() if isinstance(payload, str) else payload
    return meaning(f"edge_pose/{vehicle}/{what}", raw, "edge_pose")


def test_an_event_of_a_box_becomes_a_row() -> None:
    told = read("event", event_text(seq=12))
    assert not told.reason
    assert (told.lane, told.seq) == ("events", 12)
    row = dict(zip(EVENT_COLUMNS, told.event, strict=True))
    assert row["kind"] == "fatigue.microsleep"
    assert (row["run"], row["episode"], row["level"]) == ("abcd1234", "abcd1234-3", 2)
    assert row["more"]["values"]["speed_kmh"] == 88.0


def test_minutes_of_a_box_become_rows() -> None:
    told = read("minutes", minutes(seq=5))
    assert (told.lane, told.seq, len(told.minutes)) == ("minutes", 5, 5)
    row = dict(zip(MINUTE_COLUMNS, told.minutes[0], strict=True))
    assert row["perclos"] == pytest.approx(0.08)
    assert row["drowsiness"] is None
    assert row["more"] is None


def test_a_newer_box_is_understood_and_what_is_new_is_kept() -> None:
    told = read("event", event_text(kind="driver.singing", mood="merry", version=9))
    assert not told.reason
    row = dict(zip(EVENT_COLUMNS, told.event, strict=True))
    assert row["kind"] == "driver.singing"
    assert row["more"]["mood"] == "merry"


@pytest.mark.parametrize(
    ("what", "payload", "reason"),
    [
        ("event", b"\xff\xfe", "Invalid JSON"),
        ("event", "[]", "should be an object"),
        ("event", "{}", "id: Field required"),
        ("event", event_text("van-2"), "names another vehicle"),
        ("minutes", minutes("van-2"), "names another vehicle"),
        ("event", event_text(utc="yesterday"), "utc:"),
        ("event", event_text(seq=-1), "seq:"),
        ("event", event_text(level=77), "level:"),
        ("event", b"x" * 70000, "larger than"),
        ("availability", "asleep", "an availability that is none"),
        ("secrets", "{}", "unknown topic"),
        ("stats", "7", "should be an object"),
    ],
)
def test_what_makes_no_sense_has_a_reason(what: str, payload: str | bytes, reason: str) -> None:
    assert reason in read(what, payload).reason


def test_a_senseless_message_with_a_number_need_not_be_sent_for_ever() -> None:
    told = read("event", json.dumps({"seq": 9, "kind": 1}))
    assert told.reason
    assert (told.lane, told.seq) == ("events", 9)


def test_a_doctors_trial_is_no_event() -> None:
    told = read("event", trial("van-1"))
    assert not told.reason
    assert told.event is None


@pytest.mark.parametrize("topic", ["x", "edge_pose", "edge_pose/a b/event", "other/van-1/event"])
def test_a_topic_of_no_box(topic: str) -> None:
    assert meaning(topic, b"{}", "edge_pose").reason


@given(
    what=st.sampled_from(TOPICS),
    payload=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
            lambda inner: st.lists(inner) | st.dictionaries(
                st.sampled_from(["seq", "minutes", "utc", "id", "vehicle_id", "phase"]), inner
            ),
            max_leaves=9,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)  # fmt: skip
def test_any_bytes_are_rows_or_a_reason(what: str, payload: bytes) -> None:
    told = read(what, payload)
    assert told.reason or told.event is None or len(told.event) == len(EVENT_COLUMNS)
