"""Replay: the pipeline offline, on media time, to files that are the same at every run.

A clip goes through perception and monitor; a CSV of observations through the monitor alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from edge_pose.capture import Source, open_source
from edge_pose.clock import SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError, SourceError
from edge_pose.monitor import Monitor
from edge_pose.monitor.agreement import agreement
from edge_pose.offline.looks import looks
from edge_pose.pipeline import Pipeline, Result
from edge_pose.plural import counted
from edge_pose.tables import EventsWriter, TraceWriter, read_observations
from edge_pose.values import Alert, Frame, Health, NeutralPose, Observation, Scene

if TYPE_CHECKING:
    from edge_pose.view.overlay_video import Film


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a replay saw; printed at its end."""

    frames: int
    faces: int
    seconds: float
    episodes: int
    out: Path
    looks: str = ""
    """Where the driver looked, in words."""
    trials: tuple[str, ...] = ()
    """How each kind on trial compares with what was told."""

    def __str__(self) -> str:
        share = 100.0 * self.faces / self.frames
        first = (
            f"{counted(self.frames, 'frame')}, {self.seconds:.1f} s, a face in {share:.1f} %, "
            f"{counted(self.episodes, 'episode')} → {self.out}"
        )
        return "\n".join(line for line in (first, self.looks, *self.trials) if line)


def replay(
    source: Path,
    out: Path,
    config: Config,
    *,
    neutral: NeutralPose | None = None,
    video: bool = False,
    report: bool = False,
) -> Summary:
    """Write ``trace.csv`` and ``events.jsonl`` (and overlay video, report) of a clip or CSV.

    Raises SourceError for a missing or unreadable input, ConfigError for a bad table.
    """
    if source.is_dir():
        raise SourceError(f"{source}: is a folder; give a video or a CSV of observations")
    if not source.is_file():
        raise SourceError(f"{source}: no such file; give a video or a CSV of observations")
    observations = source.suffix.lower() == ".csv"
    if observations and video:
        raise ConfigError(f"{source}: observations hold no image; leave out --video")
    _make_folder(out)
    with ExitStack() as stack:
        if observations:
            monitor = Monitor(config.monitor, neutral=neutral)
            steps = _from_observations(source, monitor)
        else:
            clip = stack.enter_context(open_source(_camera(source, config), SystemClock()))
            pipeline = stack.enter_context(closing(Pipeline(config, neutral=neutral)))
            film = stack.enter_context(_film(out, clip, config)) if video else None
            monitor, steps = pipeline.monitor, _from_clip(clip, pipeline, film)
        summary = replace(_write(steps, out, source), looks=looks(monitor.sight_statistics))
    if report:
        _report(source.name, out)
    return summary


def observe(clip: Path, config: Config) -> Iterator[Observation]:
    """What perception measures in a clip, frame by frame; nothing is judged."""
    camera = _camera(clip, config)
    with open_source(camera, SystemClock()) as source, closing(Pipeline(config)) as pipeline:
        while (frame := source.read()) is not None:
            yield pipeline.perception.observe(frame)


def _camera(clip: Path, config: Config) -> CaptureConfig:
    return config.camera.model_copy(update={"source": f"file:{clip}", "fast": True})


def _film(out: Path, clip: Source, config: Config) -> Film:
    from edge_pose.view.overlay_video import Film

    return Film(out / "overlay", clip.fps, config.overlay)


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "trace.csv").touch()
    except OSError as error:
        reason = "is a file" if out.is_file() else (error.strerror or str(error)).lower()
        raise ConfigError(f"--out {out}: {reason}; name a folder that can be written") from error


def _write(steps: Iterable[Result], out: Path, source: Path) -> Summary:
    frames = faces = 0
    first = last = None
    episodes: dict[int, Alert] = {}
    with TraceWriter(out / "trace.csv") as trace, EventsWriter(out / "events.jsonl") as events:
        for step in steps:
            trace.write(step.observation, step.state)
            for alert in step.alerts:
                events.write(alert)
                episodes[alert.id] = alert
            frames += 1
            faces += step.observation.face
            first = step.observation.t_s if first is None else first
            last = step.observation.t_s
    if first is None or last is None:
        raise SourceError(f"{source}: no readable frame or observation in it")
    compared = agreement(episodes.values())
    return Summary(
        frames=frames,
        faces=faces,
        seconds=last - first,
        episodes=sum(not alert.shadow for alert in episodes.values()),
        out=out,
        trials=tuple(f"on trial: {kind}: {counts}" for kind, counts in compared.items()),
    )


def _from_observations(path: Path, monitor: Monitor) -> Iterator[Result]:
    for observation in read_observations(path):
        update = monitor.update(observation)
        yield Result(observation=observation, state=update.state, alerts=update.alerts)


def _from_clip(clip: Source, pipeline: Pipeline, film: Film | None) -> Iterator[Result]:
    progress = Progress(sys.stderr, clip.frame_count)
    while (frame := clip.read()) is not None:
        result = pipeline.step(frame)
        if film is not None:
            film.write(_scene(frame, result, clip.fps))
        progress.advance()
        yield result
    progress.finish()


def _scene(frame: Frame, result: Result, fps: float) -> Scene:
    return Scene(
        frame=frame, observation=result.observation, state=result.state, health=Health(fps=fps)
    )


def _report(title: str, out: Path) -> None:
    from edge_pose.view.report import write_report

    write_report(title, out / "trace.csv", out / "events.jsonl", out / "report.html")


class Progress:
    """A bar on a terminal, nothing elsewhere."""

    WIDTH = 30

    def __init__(self, stream: TextIO, total: int | None) -> None:
        self._stream = stream if stream.isatty() else None
        self._total = total
        self._done = 0

    def advance(self) -> None:
        self._done += 1
        if self._stream is None or self._done % 10:
            return
        if self._total:
            filled = min(self.WIDTH, self.WIDTH * self._done // self._total)
            bar = "█" * filled + "░" * (self.WIDTH - filled)
            self._stream.write(f"\r{bar} {self._done}/{self._total} frames")
        else:
            self._stream.write(f"\r{self._done} frames")
        self._stream.flush()

    def finish(self) -> None:
        if self._stream is not None:
            self._stream.write("\r\x1b[K")
