"""``make fleet-load``: a day of many boxes through a real centre while its parts are killed.

Two runs. First everything as fast as it goes, with the broker, a worker and the database each
killed three times (SIGKILL) and started again: rows a second, and a count that nothing is lost
and nothing is there twice. Then the real pace of that many boxes for a minute: the lag from a
box's first publish to the centre's confirmation, which comes after the commit.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deploy.fleet.centre import WORKERS, Centre
from deploy.fleet.load_picture import picture
from deploy.fleet.load_report import report
from deploy.fleet.services import missing
from deploy.fleet.simulated_boxes import Fleet, SimulatedBox
from deploy.fleet.simulated_day import SimulatedDay

_START_S = 1_795_737_600.0  # 2026-11-27 00:00 UTC
_DAY_S = 86400.0
_DOWN_S = 2.0
_REPEAT_S = 15.0
_MESSAGES_A_MINUTE = 0.2 + 2.0 * 2.0 / 60.0
_PACED_S = 60.0


class Killings:
    """Nine deaths spread over the run, each for two seconds."""

    def __init__(self, centre: Centre, total: float) -> None:
        self._centre = centre
        self._began_s = time.monotonic()
        order = ("worker", "database", "broker") * 3
        self._due = [(total * (n + 1) / 10.0, name) for n, name in enumerate(order)]
        self._back: tuple[float, Callable[[], None]] | None = None
        self.told: list[tuple[float, str]] = []

    def attend(self, kept: int) -> None:
        now_s = time.monotonic()
        if self._back is not None and now_s >= self._back[0]:
            self._back[1]()
            self._back = None
        if self._due and self._back is None and kept >= self._due[0][0]:
            _, name = self._due.pop(0)
            self._centre.look()
            self.told.append((now_s - self._began_s, name))
            self._back = (now_s + _DOWN_S, self._kill(name))

    @property
    def over(self) -> bool:
        return not self._due and self._back is None

    def _kill(self, name: str) -> Callable[[], None]:
        centre = self._centre
        if name == "worker":
            victim = WORKERS[len(self.told) % 2]
            centre.kill_worker(victim)
            return lambda: centre.start_worker(victim)
        service = centre.broker if name == "broker" else centre.database
        service.kill()
        return service.start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=2000)
    parser.add_argument("--minutes", type=int, default=1440, help="driven by each box")
    parser.add_argument("--out", type=Path, default=Path("out/fleet-load"))
    args = parser.parse_args()
    if lacking := missing():
        print(f"fleet-load needs: apt-get install {' '.join(lacking)}", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    with Centre() as centre:
        result = _full_speed(centre, args.boxes, args.minutes)
        result |= _real_pace(centre, args.boxes)
    (args.out / "fleet-load.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.out / "fleet-load.svg").write_text(picture(result))
    for line in report(result):
        print(line)
    return 0 if result["lost"] == 0 and result["twice"] == 0 else 1


def _boxes(count: int, start_s: float, minutes: int) -> list[SimulatedBox]:
    names = [f"van-{number:05d}" for number in range(count)]
    return [SimulatedBox(name, SimulatedDay(name, start_s, driven=minutes)) for name in names]


def _full_speed(centre: Centre, count: int, minutes: int) -> dict[str, Any]:
    boxes = _boxes(count, _START_S, minutes)
    killings = Killings(centre, total=count * minutes * _MESSAGES_A_MINUTE)
    began_s, curve = time.monotonic(), [(0.0, 0)]

    def attend() -> None:
        kept = sum(box.kept for box in boxes)
        killings.attend(kept)
        if time.monotonic() - began_s - curve[-1][0] >= 5.0:
            centre.look()
            curve.append((time.monotonic() - began_s, kept))
            print(f"{curve[-1][0]:6.0f} s  {kept} messages confirmed", flush=True)

    fleet = Fleet(boxes, centre.broker.port, repeat_s=_REPEAT_S)
    fleet.run(attend)
    took_s = time.monotonic() - began_s
    while not killings.over:  # a run so short that not all have died
        attend()
        time.sleep(0.1)
    centre.look()
    fleet.close()
    lags_s = sorted(lag for box in boxes for lag in box.lags_s)
    sent_events = sum(box.sent for box in boxes) - count * -(-minutes // 5)
    return {
        "boxes": count, "minutes": minutes, "took_s": took_s, "curve": curve,
        "killed": killings.told, "messages": sum(box.sent for box in boxes),
        **_found(centre, count, minutes, sent_events),
        "catch_up_lag_s": _quantiles(lags_s),
        "cpu_s": {name: centre.usage.seconds(name) for name in ("workers", "broker", "database")},
        "boxes_cpu_s": time.process_time(), "peak_mb": centre.usage.peak_mb,
        "cores": os.cpu_count(), "load": os.getloadavg()[1],
    }  # fmt: skip


def _found(centre: Centre, count: int, minutes: int, sent_events: int) -> dict[str, Any]:
    """What the database holds against what was sent."""
    import psycopg

    def ask(question: str) -> int:
        row = connection.execute(question).fetchone()
        return int(row[0]) if row else 0

    with psycopg.connect(centre.database.conninfo) as connection:
        events, kept_minutes = (
            ask("SELECT count(*) FROM events"),
            ask("SELECT count(*) FROM minutes"),
        )
        gaps = ask(
            "SELECT coalesce(sum(gap), 0) FROM (SELECT max(seq) - min(seq) + 1 - count(*) AS gap"
            " FROM events GROUP BY vehicle_id, run) AS boxes"
        )
        return {
            "events": events,
            "minute_rows": kept_minutes,
            "lost": max(0, sent_events - events) + max(0, count * minutes - kept_minutes) + gaps,
            "twice": max(0, events - sent_events) + max(0, kept_minutes - count * minutes),
            "dead_letters": ask("SELECT count(*) FROM dead_letters"),
            "database_mb": ask("SELECT pg_database_size(current_database())") / 1e6,
        }


def _real_pace(centre: Centre, count: int) -> dict[str, Any]:
    """Every box sends when it would; the second day's messages."""
    boxes, chance = _boxes(count, _START_S + _DAY_S, 1440), random.Random(1)
    for box in boxes:
        box.allowed = 0
    fleet, began_s, due = Fleet(boxes, centre.broker.port, repeat_s=60.0), 0.0, _arrivals(count)
    next_s = next(due)

    def attend() -> None:
        nonlocal began_s, next_s
        if not began_s and all(box.client.is_connected() for box in boxes):
            began_s = time.monotonic()
        while began_s and began_s + next_s <= time.monotonic():
            box = chance.choice(boxes)
            box.allowed += 1
            box.pump(60.0)
            next_s = next(due)
        if began_s and time.monotonic() - began_s > _PACED_S:
            for box in boxes:
                box.stop()

    fleet.run(attend)
    fleet.close()
    lags_s = sorted(lag for box in boxes for lag in box.lags_s)
    return {"paced_messages": len(lags_s), "paced_lag_s": _quantiles(lags_s)}


def _arrivals(count: int) -> Iterator[float]:
    """Seconds at which some box has something to say."""
    chance, at_s = random.Random(2), 0.0
    while True:
        at_s += chance.expovariate(count * _MESSAGES_A_MINUTE / 60.0)
        yield at_s


def _quantiles(ordered: list[float]) -> dict[str, float]:
    if len(ordered) < 2:
        return {"p50": float("nan"), "p99": float("nan"), "max": float("nan")}
    return {
        "p50": statistics.median(ordered),
        "p99": ordered[int(0.99 * (len(ordered) - 1))],
        "max": ordered[-1],
    }


if __name__ == "__main__":
    sys.exit(main())
