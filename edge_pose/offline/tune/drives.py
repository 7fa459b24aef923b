"""A folder of drives, and what was seen to happen in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_pose.config.root import Config
from edge_pose.errors import ConfigError, SourceError
from edge_pose.tables import read_observations
from edge_pose.values import AlertKind, Observation

LABELS = "labels.csv"
CLIPS = frozenset({".mp4", ".avi", ".mkv", ".mov", ".webm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Something that happened, and that ought to be told."""

    kind: AlertKind
    t_start_s: float
    t_end_s: float


def drives(folders: list[Path]) -> list[Path]:
    """Every table of observations and every clip in these folders, in order.

    Raises SourceError where there is none."""
    found = [
        path
        for folder in folders
        for path in sorted(folder.glob("*"))
        if path.suffix.lower() in CLIPS | {".csv"} and path.name != LABELS
    ]
    if not found:
        names = ", ".join(str(folder) for folder in folders)
        raise SourceError(f"{names}: no drive there; give folders with CSVs or clips")
    return found


def labels(folder: Path) -> dict[str, list[Label]]:
    """The labels of a folder's drives by file name or its stem; none without ``labels.csv``.

    Raises ConfigError with the line of what cannot be read."""
    path, found = folder / LABELS, dict[str, list[Label]]()
    if not path.is_file():
        return found
    with path.open(newline="", encoding="utf-8-sig") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                label = Label(
                    kind=AlertKind(row["kind"]),
                    t_start_s=float(row["t_start_s"]),
                    t_end_s=float(row["t_end_s"]),
                )
                found.setdefault(row["drive"], []).append(label)
            except (KeyError, TypeError, ValueError) as error:
                raise ConfigError(
                    f"{path}:{line}: needs drive, kind, t_start_s and t_end_s ({error})"
                ) from error
    return found


def observations(path: Path, config: Config) -> list[Observation]:
    """What was measured in one drive; a clip is looked at once, for all settings."""
    return list(_rows(path, config))


def _rows(path: Path, config: Config) -> Iterator[Observation]:
    if path.suffix.lower() == ".csv":
        yield from read_observations(path)
        return
    from edge_pose.offline.replay import observe

    yield from observe(path, config)
