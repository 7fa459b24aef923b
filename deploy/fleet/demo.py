"""``make fleet-demo``: a centre and 20 boxes on this machine; ends with a table and a page."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.fleet.centre import Centre
from deploy.fleet.page import page
from deploy.fleet.services import missing
from deploy.fleet.simulated_boxes import Fleet, SimulatedBox
from deploy.fleet.simulated_day import SimulatedDay

_BOXES, _MINUTES = 20, 480


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/fleet-demo"))
    args = parser.parse_args()
    if lacking := missing():
        print(f"fleet-demo needs: apt-get install {' '.join(lacking)}", file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    end_s = time.time() // 60 * 60
    start_s = end_s - 60.0 * _MINUTES
    with Centre() as centre:
        _drive(centre, start_s)
        _show(centre, args.out / "fleet.html", start_s, end_s)
    return 0


def _drive(centre: Centre, start_s: float) -> None:
    names = [f"van-{number:02d}" for number in range(1, _BOXES + 1)]
    boxes = [SimulatedBox(name, SimulatedDay(name, start_s, driven=_MINUTES)) for name in names]
    print(f"{_BOXES} boxes send a working day of {_MINUTES // 60} h …")
    fleet = Fleet(boxes, centre.broker.port, repeat_s=5.0)
    fleet.run()
    fleet.close()
    print(f"{sum(box.sent for box in boxes)} messages sent, and confirmed by the centre\n")


def _show(centre: Centre, file: Path, start_s: float, end_s: float) -> None:
    from edge_pose.fleet.database import FleetDatabase
    from edge_pose.fleet.status_table import standing_lines

    database = FleetDatabase(centre.database.conninfo)
    database.open()
    for line in standing_lines(database.connection):
        print(line)
    start, end = (datetime.fromtimestamp(one, UTC) for one in (start_s, end_s))
    file.write_text(page(database.connection, start, end), encoding="utf-8")
    database.close()
    print(f"\nthe page: {file.resolve()}")


if __name__ == "__main__":
    sys.exit(main())
