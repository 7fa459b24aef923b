"""The outbox under a lock, a full disk and a disk that fails: back on the disk afterwards, and no
number given twice, also over a restart in the midst of it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_pose.sinks.mqtt import outbox_table
from edge_pose.sinks.mqtt.delivery import Delivery
from edge_pose.sinks.mqtt.event_payload import marked_late, seq_of
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.store.erase import erase_backlog

UTC_S = 1_790_000_000.0


class Rig:
    """Outboxes on one file, with time in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "outbox.db"
        self.s = 100.0
        self.outbox = self.start()

    def start(self) -> Outbox:
        self.outbox = Outbox(self.path, limit=1000, utc=lambda: UTC_S, now=lambda: self.s)
        self.outbox.open()
        return self.outbox

    def stored(self) -> list[int]:
        with sqlite3.connect(self.path) as database:
            return [row[0] for row in database.execute("SELECT seq FROM outbox ORDER BY seq")]

    def waiting(self) -> list[int]:
        return [seq for seq, _ in self.outbox.after(-1, 1000)]


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    quick = sqlite3.connect

    def impatient(*arguments: object, **options: object) -> sqlite3.Connection:
        return quick(*arguments, **{**options, "timeout": 0.0})  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr("edge_pose.sinks.mqtt.outbox_table.sqlite3.connect", impatient)
    return Rig(tmp_path)


def locked(rig: Rig) -> Callable[[], None]:
    other = sqlite3.connect(rig.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def full(rig: Rig) -> Callable[[], None]:
    database = rig.outbox._database
    assert database is not None
    database.execute("PRAGMA max_page_count = 1")

    def make_room() -> None:
        database.execute("PRAGMA max_page_count = 1000000")

    return make_room


def failing(rig: Rig) -> Callable[[], None]:
    patch = pytest.MonkeyPatch()

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    for name in ("write", "after", "count_of"):
        patch.setattr(outbox_table, name, broken)
    del rig
    return patch.undo


FAULTS = pytest.mark.parametrize("fault", [locked, full, failing])
Fault = Callable[[Rig], Callable[[], None]]


@FAULTS
def test_after_the_fault_everything_is_on_the_disk_again(rig: Rig, fault: Fault) -> None:
    before = [rig.outbox.add(lambda _: "x" * 3000) for _ in range(2)]
    repair = fault(rig)
    meanwhile = [rig.outbox.add(lambda _: "x" * 3000) for _ in range(3)]
    assert rig.waiting()[-3:] == meanwhile, "they are sent also while the disk fails"
    repair()
    rig.outbox.tend()
    rig.s += 10.0
    rig.outbox.tend()
    assert rig.stored() == [*before, *meanwhile] == rig.waiting()
    assert rig.outbox.add(str) == meanwhile[-1] + 1
    assert rig.stored()[-1] == meanwhile[-1] + 1


@FAULTS
def test_a_restart_during_a_fault_gives_no_number_twice(rig: Rig, fault: Fault) -> None:
    rig.outbox.add(str)
    repair = fault(rig)
    given = [rig.outbox.add(str) for _ in range(3)]
    repair()
    if rig.outbox._database is not None:  # killed: nothing is written any more
        rig.outbox._database.close()
    assert rig.start().add(str) == given[-1] + 1


def test_what_was_done_during_a_lock_is_not_sent_again(rig: Rig) -> None:
    first, second = rig.outbox.add(str), rig.outbox.add(str)
    release = locked(rig)
    rig.outbox.done(first)
    assert rig.waiting() == [second]
    assert len(rig.outbox) == 1
    release()
    rig.s += 10.0
    rig.outbox.tend()
    assert rig.stored() == [second]


def test_events_hidden_by_a_fault_are_sent_when_the_disk_is_back(rig: Rig) -> None:
    hidden = [rig.outbox.add(str) for _ in range(3)]
    sent: list[int] = []

    def send(seq: int, _: str) -> int:
        sent.append(seq)
        return len(sent)

    delivery = Delivery(rig.outbox, send)
    repair = failing(rig)
    rig.outbox.after(-1, 1)  # the fault is met
    seen = rig.outbox.add(str)
    delivery.up()
    assert sent == [seen]
    repair()
    rig.s += 10.0
    rig.outbox.tend()
    delivery.pump()
    assert sent == [seen, *hidden]
    for mid in range(1, 5):
        delivery.acknowledged(mid)
    assert rig.stored() == []


def test_the_files_are_not_for_everyone(rig: Rig) -> None:
    rig.outbox.add(str)
    files = sorted(rig.path.parent.iterdir())
    assert len(files) >= 3
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) & 0o007 == 0, file


@pytest.mark.parametrize(
    "number", [b"9" * 20, b"-0000000000000000005", b"\xff" * 20, b"", b"0" * 20, b"1_0"]
)
def test_a_damaged_number_file_is_no_number(rig: Rig, number: bytes) -> None:
    rig.outbox.close()
    rig.path.with_suffix(".seq").write_bytes(number)
    seq = rig.start().add(str)
    assert UTC_S < seq < 2**53
    assert rig.stored() == [seq]


@pytest.mark.parametrize("moved", [True, False])
def test_a_backlog_that_is_deleted_or_replaced_while_open_is_written_anew(
    rig: Rig, moved: bool
) -> None:
    first = rig.outbox.add(str)
    for file in rig.path.parent.glob("outbox.db*"):
        if moved:
            file.rename(file.with_name(f"old-{file.name}"))
        else:
            file.unlink()
    second = rig.outbox.add(str)
    assert rig.stored() == [first, second]
    rig.outbox.close()
    rig.start()
    assert rig.waiting() == [first, second]
    assert rig.outbox.add(str) > second


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'{"late": false}', b'{"seq": "7"}', b"[" * 100_000, b"\xff\xfe"]
)
def test_a_record_that_is_no_event_any_more_holds_up_none_behind_it(
    rig: Rig, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """One byte that turned over kept every later alert from the broker, for good."""
    first, bad, last = (rig.outbox.add(lambda seq: f'{{"seq": {seq}}}') for _ in range(3))
    rig.outbox.close()
    with sqlite3.connect(rig.path) as database:
        words = "UPDATE outbox SET payload = CAST(? AS TEXT) WHERE seq = ?"
        database.execute(words, (payload, bad))
    sent: list[int] = []

    def send(seq: int, text: str) -> int:
        assert seq_of(marked_late(text)) == seq
        sent.append(seq)
        return len(sent)

    delivery = Delivery(rig.start(), send)
    delivery.up()
    assert sent == [first, last]
    assert f"number {bad} is given up" in caplog.text
    for mid in (1, 2):
        delivery.acknowledged(mid)
    assert rig.stored() == []


@pytest.mark.parametrize(
    "making",
    [
        "DROP TABLE outbox; CREATE TABLE outbox (word TEXT)",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807",
        "UPDATE sqlite_sequence SET seq = 'many'",
        "UPDATE sqlite_sequence SET name = 'inbox'",
        "UPDATE sqlite_sequence SET seq = -5",
    ],
)
def test_a_backlog_of_another_making_is_set_aside_and_events_go_on(rig: Rig, making: str) -> None:
    rig.outbox.add(str)
    rig.outbox.close()
    with sqlite3.connect(rig.path) as database:
        database.executescript(making)
    database.close()
    seq = rig.start().add(str)
    assert UTC_S < seq < 2**53
    assert rig.stored() == [seq]
    assert list(rig.path.parent.glob("outbox.damaged-*.db"))
    erase_backlog(rig.path, None)
    assert not list(rig.path.parent.glob("outbox.damaged-*"))
