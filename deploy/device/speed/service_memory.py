"""What the running service holds in memory with a camera: what `edge-pose run` runs, page and all.

    python -m deploy.device.speed.service_memory [--set web.enabled=false] [--seconds 15]

The camera is a picture of the demo clip, copied 30 times a second; another process decodes it, so
that the reader of video files, 9 MB that no camera needs, is not counted. MALLOC_ARENA_MAX=1, as in
the systemd unit, is for the caller to set.

Told are: Rss, all that it has in memory; Pss, the same with what it shares with other programs
counted in parts; Anonymous, what no file stands behind, so that only swap could take it away.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_pose.capture.source import SelfClosing
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.loader import load
from edge_pose.live.app import App
from edge_pose.values import Frame

_FPS = 30.0
_DECODE = """
import sys, cv2, numpy
from edge_pose.capture import demo_clip
image = cv2.VideoCapture(str(demo_clip())).read()[1]
numpy.save(sys.argv[1], cv2.resize(image, (640, 480)))
"""


class StillCamera(SelfClosing):
    """One picture for ever."""

    live, fps, frame_count, name = True, _FPS, None, "still camera"

    def __init__(self, picture: NDArray[np.uint8], clock: Clock) -> None:
        self._picture, self._clock = picture, clock
        self._closing, self._index = threading.Event(), 0

    def open(self) -> None:
        self._closing.clear()

    def read(self) -> Frame | None:
        self._clock.wait(self._closing, 1.0 / _FPS)
        if self._closing.is_set():
            return None
        self._index += 1
        return Frame(image=self._picture.copy(), t=self._clock.now(), index=self._index)

    def close(self) -> None:
        self._closing.set()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = load(None, [f"runtime.state_dir={folder!r}", *args.settings])
        clock = SystemClock()
        app = App(config, clock=clock, source=StillCamera(_picture(Path(folder)), clock))
        begun_s = clock.now()

        def attend() -> None:
            if clock.now() - begun_s >= args.seconds and not app.stop_requested.is_set():
                held = (f"{name} {_megabytes(name):.1f} MB" for name in ("Rss", "Pss", "Anonymous"))
                print("; ".join(held), flush=True)
                app.stop_requested.set()

        app.run(attend)


def _picture(folder: Path) -> NDArray[np.uint8]:
    file = folder / "picture.npy"
    subprocess.run([sys.executable, "-c", _DECODE, str(file)], check=True, timeout=60)
    return np.asarray(np.load(file), np.uint8)


def _megabytes(name: str) -> float:
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit("/proc/self/smaps_rollup: needs Linux 4.14 or newer")


if __name__ == "__main__":
    main()
