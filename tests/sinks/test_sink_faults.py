"""A disk that is full, a directory that is read-only: real file systems, in a mount namespace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_PRELUDE = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from sink_examples import a_clock, a_wall, an_alert
from edge_pose.config.sinks import StoreConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.store.sink import StoreSink
from edge_pose.sinks.store.query import EventLog
folder = Path(sys.argv[1])
def a_store():
    return StoreSink(StoreConfig(), state_dir=folder, vehicle_id="v", wall=a_wall())
"""


def _run(mount: str, code: str, folder: Path) -> str:
    """Run Python code with ``folder`` mounted so; skipped where mounting is not allowed."""
    inner = f"{mount} && exec {sys.executable} -W error -c \"$0\" \"$1\" \"$2\""  # fmt: skip
    words = ["unshare", "--mount", "sh", "-c", inner, _PRELUDE + code, str(folder)]
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs root in a mount namespace: unshare --mount")
    done = subprocess.run(
        [*words, str(Path(__file__).parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_keeps_what_it_has_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """An alert that finds no room stays the caller's; with room again it is written."""
    code = """
ballast = folder / "ballast"
ballast.write_bytes(b"x" * 600_000)
store = a_store(); store.open()
number, refused = 0, None
while refused is None and number < 2000:
    number += 1
    try:
        store.alert(an_alert(number, reason="r" * 2000))
    except SinkError as error:
        refused = str(error)
store.close()
ballast.unlink()
again = a_store(); again.open()
again.alert(an_alert(1, reason="after"))
again.close()
rows = EventLog(folder).episodes()
print(refused)
print(len([row for row in rows if row.run == 1]) == number - 1, rows[-1].reason)
"""
    out = _run(f"mount -t tmpfs -o size=2m none {tmp_path}", code, tmp_path)
    refused, outcome = out.splitlines()
    assert "free some space" in refused
    assert outcome == "True after"


def test_a_full_disk_loses_no_event_on_its_way_to_the_broker(tmp_path: Path) -> None:
    code = """
(folder / "ballast").write_bytes(b"x" * 700_000)
outbox = Outbox(folder / "outbox.db", limit=5000, utc=lambda: 1000.0)
outbox.open()
seqs = [outbox.add(lambda seq: str(seq) * 300) for _ in range(500)]
print([seq for seq, _ in outbox.after(-1, 5000)] == seqs == list(range(1001, 1501)))
"""
    out = _run(f"mount -t tmpfs -o size=1m none {tmp_path}", code, tmp_path)
    assert out.strip() == "True"


def test_a_read_only_state_directory_is_explained_and_events_are_kept_in_memory(
    tmp_path: Path,
) -> None:
    code = """
try:
    a_store().open()
except SinkError as error:
    print(error)
outbox = Outbox(folder / "outbox.db", limit=10, utc=lambda: 1000.0)
outbox.open()
print(outbox.add(str), len(outbox))
"""
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"
    refused, kept = _run(mount, code, tmp_path).splitlines()
    assert refused.endswith("make the state directory writable for the service's user")
    assert kept == "1001 1"
