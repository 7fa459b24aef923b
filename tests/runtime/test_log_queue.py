"""The log under attack: a reader that never reads, and one cause a thousand times a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from edge_pose.runtime.log_queue import LogWriter, RateLimit
from edge_pose.testing.clock import FakeClock

WAIT_S = 10.0


class Stuck(logging.Handler):
    """A journal whose pipe is full."""

    def __init__(self) -> None:
        super().__init__()
        self.free = threading.Event()
        self.entered = threading.Event()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.entered.set()
        self.free.wait(WAIT_S)
        self.written.append(record.getMessage())


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    one = logging.getLogger("test_log_queue")
    one.propagate = False
    one.setLevel(logging.INFO)
    yield one
    one.handlers.clear()


def test_a_journal_that_takes_nothing_holds_up_nobody_and_the_loss_is_told(
    logger: logging.Logger,
) -> None:
    journal = Stuck()
    writer = LogWriter(journal, FakeClock(), capacity=10)
    logger.addHandler(writer.handler)
    writer.start()
    for number in range(100):  # would never end here if a line waited for the journal
        logger.info("line of cause %s", f"c{number}")
    assert journal.entered.wait(WAIT_S)
    assert writer.handler.lost >= 80
    journal.free.set()
    writer.stop()
    assert writer.join(WAIT_S)
    dropped = [text for text in journal.written if "were dropped" in text]
    assert sum(int(text.split()[0]) for text in dropped) == writer.handler.lost


def test_one_cause_is_counted_and_another_still_heard(logger: logging.Logger) -> None:
    clock, journal = FakeClock(), Stuck()
    journal.free.set()
    writer = LogWriter(journal, clock)
    logger.addHandler(writer.handler)
    for number in range(1000):
        logger.warning("%s failed after %d tries", "sound", number)
    logger.warning("%s failed after %d tries", "gpio", 1)
    clock.advance(61.0)
    writer.start()
    writer.stop()
    assert writer.join(WAIT_S)
    writer.step()
    about_sound = [text for text in journal.written if text.startswith("sound failed")]
    assert len(about_sound) == 5
    assert "gpio failed after 1 tries" in journal.written
    assert [t for t in journal.written if t.startswith("995 more lines like this within 61 s")]


def test_a_line_is_frozen_when_it_is_said(logger: logging.Logger) -> None:
    journal = Stuck()
    journal.free.set()
    writer = LogWriter(journal, FakeClock())
    logger.addHandler(writer.handler)
    parts = ["gpio"]
    logger.info("parts: %s", parts)
    parts.append("later")
    writer.step()
    assert journal.written == ["parts: ['gpio']"]


def test_words_that_differ_each_time_are_no_way_around_the_limit(logger: logging.Logger) -> None:
    clock = FakeClock()
    limit, said = RateLimit(clock), list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(limit)
    logger.addHandler(handler)
    for number in range(5000):
        logger.info("a line from %s", f"address {number}")
    assert len(said) <= 600
    driver = logging.LogRecord("edge_pose.alert", logging.CRITICAL, "", 0, "ALERT", (), None)
    for _ in range(20):  # microsleeps again and again are told in the same words
        assert limit.filter(driver), "what the driver is told stands in the log whatever else does"
    clock.advance(61.0)
    counted = [r for r in limit.settle() if "of many causes" in r.getMessage()]
    assert counted[0].args[0] == 5000 - len(said)  # type: ignore[index]
    logger.info("a line from %s", "afterwards")
    assert said[-1] == "a line from afterwards"


@pytest.mark.parametrize(
    "error", [RecursionError("deep"), ValueError("closed file"), MemoryError()]
)
def test_a_line_that_cannot_be_written_does_not_end_the_log(
    logger: logging.Logger, error: Exception
) -> None:
    class Failing(logging.Handler):
        def __init__(self) -> None:
            super().__init__()
            self.written: list[str] = []

        def handle(self, record: logging.LogRecord) -> bool:
            if record.getMessage() == "first":
                raise error
            self.written.append(record.getMessage())
            return True

    journal = Failing()
    writer = LogWriter(journal, FakeClock())
    logger.addHandler(writer.handler)
    logger.info("first")
    logger.info("second")
    writer.start()
    writer.stop()
    assert writer.join(WAIT_S)
    assert "second" in journal.written
    assert any("1 lines of this log were dropped" in text for text in journal.written)
