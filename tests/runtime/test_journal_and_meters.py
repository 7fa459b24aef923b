"""The log and the meters."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_pose.runtime import journal
from edge_pose.runtime.meters import Quantiles, Rate
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Health


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The program's logger, put back as it was."""
    program = logging.getLogger("edge_pose")
    before = (program.handlers[:], program.propagate, program.level)
    yield program
    program.handlers[:], program.propagate = before[0], before[1]
    program.setLevel(before[2])


def test_journald_gets_priorities_on_every_line(logger: logging.Logger) -> None:
    out = io.StringIO()
    journal.configure(stream=out, environ={"JOURNAL_STREAM": "9:9"})
    logger.warning("first\nsecond")
    logger.debug("hidden")
    assert out.getvalue() == "<4>first\n<4>second\n"


def test_a_person_gets_a_time_and_a_level(logger: logging.Logger) -> None:
    out = io.StringIO()
    journal.configure(stream=out, environ={}, verbose=True)
    logger.debug("camera found")
    assert out.getvalue().endswith(" DEBUG   camera found\n")


def test_a_line_is_written_only_on_change(caplog: pytest.LogCaptureFixture) -> None:
    changes = journal.ChangeLog(logging.getLogger("test"))
    with caplog.at_level(logging.INFO):
        told = [changes.tell("camera", text) for text in ("ok", "ok", "lost", "lost", "ok")]
    assert told == [True, False, True, False, True]
    assert caplog.messages == ["camera: ok", "camera: lost", "camera: ok"]


def test_the_summary_comes_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    summary = journal.Summary(logging.getLogger("test"), clock)
    health = Health(fps=29.96, frame_age_ms=12.4, frame_age_p95_ms=20.0, dropped=3, throttled=True)
    with caplog.at_level(logging.INFO):
        for _ in range(130):
            clock.advance(1.0)
            summary.tick(health, 1)
    assert (
        caplog.messages
        == ["30.0 fps, frame age p50 12 ms p95 20 ms, 3 dropped, level 1, THROTTLED"] * 2
    )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.integers(1, 40))
@example([839572.2196892257] * 2, 2)
def test_quantiles_cover_the_last_samples(samples: list[float], capacity: int) -> None:
    meter = Quantiles(capacity)
    for sample in samples:
        meter.add(sample)
    kept = samples[-capacity:]
    assert min(kept) <= meter.p50 <= meter.p95 <= max(kept)
    assert meter.count == len(samples)


def test_an_empty_meter_reads_zero() -> None:
    assert Quantiles().p95 == 0.0
    assert Rate().per_s(0.0) == 0.0


@pytest.mark.parametrize("fps", [5.0, 30.0, 120.0])
def test_a_rate_is_the_events_per_second(fps: float) -> None:
    rate = Rate()
    for i in range(600):
        rate.add(i / fps)
    assert rate.per_s(599 / fps) == pytest.approx(fps, rel=0.02)
    assert rate.per_s(599 / fps + 10.0) == 0.0
