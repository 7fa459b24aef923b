"""Runs in the guest: prints every alert of the event database once it is there for good."""

import json
import sqlite3
import sys
import time
from pathlib import Path

DATABASE = Path("/var/lib/edge-pose/events.db")
COLUMNS = "run, episode, phase, t_s, kind"


def rows(first: int) -> list[tuple[object, ...]]:
    if not DATABASE.exists():
        return []
    connection = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(
            f"SELECT rowid, {COLUMNS} FROM alerts WHERE rowid > ? ORDER BY rowid", (first,)
        ).fetchall()
    finally:
        connection.close()


last = int(sys.argv[2]) if len(sys.argv) > 2 else 0
once = sys.argv[1] == "once"
while True:
    try:
        for row in rows(last):
            last = int(str(row[0]))
            print(json.dumps(row), flush=True)
    except sqlite3.Error as error:
        print(json.dumps(["error", str(error)]), file=sys.stderr, flush=True)
    if once:
        break
    time.sleep(0.2)
