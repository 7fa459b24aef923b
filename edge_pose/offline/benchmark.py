"""The benchmark: what each stage and the whole frame cost on this machine, on real frames."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.root import Config
from edge_pose.pipeline import Pipeline, Result
from edge_pose.runtime.meters import Quantiles
from edge_pose.values import Frame, Health, Scene
from edge_pose.view.drawing.overlay import Overlay

_WARM_UP = 30
_CAPACITY = 16384
_PACED_HZ = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCost:
    """Milliseconds of one call, and how many calls a frame costs on average."""

    name: str
    p50_ms: float
    p95_ms: float
    calls_per_frame: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """All that ``edge-pose bench`` prints. The whole frame is detector, tracking, pose, eyes and
    rules, without decoding, drawing or encoding; processor time counts every thread."""

    machine: str
    frames: int
    width: int
    height: int
    start_to_first_result_s: float
    frame_p50_ms: float
    frame_p95_ms: float
    fps: float
    cpu_at_30_fps_percent: float
    memory_mb: float
    threads: int
    stages: tuple[StageCost, ...]


class StageTimer:
    """Times methods of the parts from outside; the parts know nothing of it."""

    def __init__(self) -> None:
        self.meters: dict[str, Quantiles] = {}

    def wrap(self, name: str, part: Any, method: str) -> None:
        """From now on time every call of ``part.method`` under ``name``."""
        meter = self.meters.setdefault(name, Quantiles(_CAPACITY))
        inner = getattr(part, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with meter.timed():
                return inner(*args, **kwargs)

        setattr(part, method, timed)

    def costs(self, frames: int) -> tuple[StageCost, ...]:
        return tuple(
            StageCost(
                name=name,
                p50_ms=round(meter.p50, 4),
                p95_ms=round(meter.p95, 4),
                calls_per_frame=round(meter.count / frames, 3),
            )
            for name, meter in self.meters.items()
            if meter.count
        )


def benchmark(config: Config, *, width: int = 640, height: int = 480) -> BenchResult:
    """Run the pipeline over the config's source scaled to ``width``×``height``."""
    frames = _frames(config, width, height)
    frame = next(frames)
    pipeline = Pipeline(config)
    result = pipeline.step(frame)
    first_s = _since_process_start_s()
    timer = StageTimer()
    for name, part, method in pipeline.parts():
        timer.wrap(name, part, method)
    whole, busy_s, count = Quantiles(_CAPACITY), 0.0, 1
    for frame in frames:
        cpu, wall = time.process_time(), time.perf_counter()
        result = pipeline.step(frame)
        if count > _WARM_UP:
            whole.add((time.perf_counter() - wall) * 1e3)
            busy_s += time.process_time() - cpu
        count += 1
    memory = _resident_mb()
    _time_view(timer, config, frame, result)
    return BenchResult(
        machine=_machine(),
        frames=count,
        width=width,
        height=height,
        start_to_first_result_s=round(first_s, 2),
        frame_p50_ms=round(whole.p50, 3),
        frame_p95_ms=round(whole.p95, 3),
        fps=round(1e3 / whole.p50, 1) if whole.count else 0.0,
        cpu_at_30_fps_percent=round(100.0 * _PACED_HZ * busy_s / max(1, whole.count), 1),
        memory_mb=round(memory, 1),
        threads=threading.active_count(),
        stages=timer.costs(count),
    )


def _frames(config: Config, width: int, height: int) -> Iterator[Frame]:
    camera = config.camera.model_copy(update={"fast": True})
    with open_source(camera, SystemClock()) as source:
        while (frame := source.read()) is not None:
            image = np.asarray(cv2.resize(frame.image, (width, height)), np.uint8)
            # As a 30 fps camera would deliver them: stages with a rate of their own go by time.
            yield Frame(image=image, t=frame.index / _PACED_HZ, index=frame.index)


def _time_view(timer: StageTimer, config: Config, frame: Frame, result: Result) -> None:
    """Drawing and encoding, which run in a stage of their own and only when somebody looks."""
    overlay = Overlay(config.overlay)
    scene = Scene(
        frame=frame, observation=result.observation, state=result.state, health=Health(fps=30.0)
    )
    timer.wrap("overlay (view)", overlay, "draw")
    encode = timer.meters.setdefault("jpeg (view)", Quantiles(_CAPACITY))
    quality = [cv2.IMWRITE_JPEG_QUALITY, config.web.jpeg_quality]
    for _ in range(100):
        drawn = overlay.draw(scene)
        with encode.timed():
            cv2.imencode(".jpg", drawn, quality)


def _since_process_start_s() -> float:
    """Seconds since this process began, interpreter start and imports included."""
    ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return uptime - ticks / os.sysconf("SC_CLK_TCK")


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _machine() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return f"{line.partition(':')[2].strip()}, {os.cpu_count()} cores"
    return f"{platform.machine()}, {os.cpu_count()} cores"
