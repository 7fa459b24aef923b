"""Latest and Mailbox: what crosses between threads."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from edge_pose.runtime.latest import Latest
from edge_pose.runtime.mailbox import Mailbox


def test_the_newest_value_wins_and_the_overwritten_ones_are_counted() -> None:
    latest: Latest[int] = Latest()
    for value in range(5):
        latest.put(value)
    assert latest.take(0.0) == 4
    assert latest.dropped == 4
    assert latest.take(0.0) is None


def test_closing_wakes_a_waiting_reader() -> None:
    latest: Latest[int] = Latest()
    got: list[int | None] = []
    reader = threading.Thread(target=lambda: got.append(latest.take(60.0)))
    reader.start()
    latest.close()
    reader.join(5.0)
    assert got == [None]
    assert latest.drained


def test_the_last_value_survives_the_close() -> None:
    latest: Latest[int] = Latest()
    latest.put(7)
    latest.close()
    latest.put(8)
    assert not latest.drained
    assert latest.take(0.0) == 7
    assert latest.drained


def test_handing_over_never_drops() -> None:
    latest: Latest[int] = Latest()
    got: list[int] = []

    def write() -> None:
        for value in range(200):
            assert latest.hand_over(value, 5.0)
        latest.close()

    writer = threading.Thread(target=write)
    writer.start()
    while not latest.drained:
        value = latest.take(5.0)
        if value is not None:
            got.append(value)
    writer.join(5.0)
    assert got == list(range(200))
    assert latest.dropped == 0


def test_handing_over_to_a_reader_that_never_comes_gives_up() -> None:
    latest: Latest[int] = Latest()
    latest.put(1)
    assert not latest.hand_over(2, 0.0)
    assert latest.take(0.0) == 1


@given(st.lists(st.integers(), max_size=40), st.integers(1, 10))
def test_a_mailbox_keeps_order_and_counts_what_it_loses(values: list[int], capacity: int) -> None:
    mailbox: Mailbox[int] = Mailbox("test", capacity)
    placed = [mailbox.put(value) for value in values]
    mailbox.close()
    kept = []
    while not mailbox.drained:
        kept.append(mailbox.take(0.0))
    assert kept == values[-capacity:]
    assert mailbox.lost == len(values) - len(kept) == placed.count(False)


def test_a_message_after_the_close_is_told_not_swallowed() -> None:
    mailbox: Mailbox[int] = Mailbox("test")
    mailbox.close()
    assert not mailbox.put(1)
    assert mailbox.lost == 1
