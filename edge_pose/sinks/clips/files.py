"""Clip files: written whole or not at all, and not kept for ever."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_pose.config.sinks import ClipsConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.store.reserve import COMFORT, room
from edge_pose.sinks.store.retention import UNHEARD_OF_S
from edge_pose.sinks.wall_clock import PLAUSIBLE_UTC_S, iso
from edge_pose.values import Alert

_DAY_S = 86400.0
LEAST_ROOM = 2 * COMFORT
"""With less room than this on the disk clips give way: events come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One encoded frame."""

    t_s: float
    jpeg: bytes


def write_clip(
    folder: Path,
    pictures: Sequence[Picture],
    alerts: Sequence[Alert],
    *,
    vehicle_id: str,
    utc_s: float,
    synchronised: bool | None,
) -> Path:
    """Write ``<UTC>-<kind>.<number>.zip``, for its owner only; a cut leaves no half file."""
    stamp = datetime.fromtimestamp(utc_s, tz=UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{stamp}-{alerts[0].kind.value}.{_next_number(folder):06d}.zip"
    part = path.with_suffix(".part")
    story = _story(pictures, alerts, vehicle_id, utc_s, synchronised)
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w") as archive:  # stored: JPEGs do not shrink
                archive.writestr("clip.json", json.dumps(story, indent=2))
                for number, picture in enumerate(pictures):
                    archive.writestr(_name(number), picture.jpeg)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SinkError(f"{path}: {error}; free some space or lower clips.max_mb") from error
    return path


def prune_clips(folder: Path, config: ClipsConfig, now_utc_s: float | None) -> None:
    """Delete clips past their days (only with the time known), then the oldest past the size, and
    more while the disk is nearly full. Oldest by the order of writing, whatever the clock said."""
    try:
        files = sorted(folder.glob("*.zip"), key=lambda file: (_number(file), file.name))
        for part in folder.glob("*.part"):
            part.unlink(missing_ok=True)
        newest_s = max((file.stat().st_mtime for file in files), default=0.0)
        if now_utc_s is not None and now_utc_s - newest_s < UNHEARD_OF_S:
            files = [file for file in files if not _is_too_old(file, config, now_utc_s)]
        _limit_size(files, config.max_mb * 1_000_000)
        while len(files) > 1 and room(folder) < LEAST_ROOM:
            files.pop(0).unlink(missing_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}: old clips cannot be deleted: {error}") from error


def erase_clips(folder: Path, before_utc_s: float | None) -> int:
    """Delete the clips written before a moment, or (None) all; how many."""
    gone = 0
    for file in [*folder.glob("*.zip"), *folder.glob("*.part")]:
        try:
            if before_utc_s is None or file.stat().st_mtime < before_utc_s:
                file.unlink(missing_ok=True)
                gone += 1
        except OSError as error:
            raise SinkError(f"{file}: cannot be erased: {error}") from error
    return gone


def _is_too_old(file: Path, config: ClipsConfig, now_utc_s: float) -> bool:
    """Delete it if so."""
    written_s = file.stat().st_mtime
    too_old = PLAUSIBLE_UTC_S < written_s < now_utc_s - config.days * _DAY_S
    if too_old:
        file.unlink(missing_ok=True)
    return too_old


def _number(file: Path) -> int:
    """Which clip of this device it is; 0 for those from before there were numbers."""
    number = file.stem.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0


def _next_number(folder: Path) -> int:
    return 1 + max((_number(file) for file in folder.glob("*.zip")), default=0)


def _limit_size(oldest_first: list[Path], limit: int) -> None:
    sizes = [file.stat().st_size for file in oldest_first]
    excess = sum(sizes) - limit
    for file, size in zip(oldest_first[:-1], sizes, strict=False):  # the newest always stays
        if excess <= 0:
            return
        file.unlink(missing_ok=True)
        excess -= size


def _name(number: int) -> str:
    return f"{number:04d}.jpg"


def _story(
    pictures: Sequence[Picture],
    alerts: Sequence[Alert],
    vehicle_id: str,
    utc_s: float,
    synchronised: bool | None,
) -> dict[str, object]:
    """What the pictures belong to: alerts, and when each was taken relative to the first alert."""
    zero_s = alerts[0].t_s
    return {
        "vehicle_id": vehicle_id,
        "utc": iso(utc_s),
        "clock_synchronised": synchronised,
        "alerts": [
            {
                "id": alert.id,
                "kind": alert.kind.value,
                "level": int(alert.level),
                "phase": alert.phase.value,
                "at_s": round(alert.t_s - zero_s, 3),
                "reason": alert.reason,
            }
            for alert in alerts
        ],
        "images": [
            {"file": _name(number), "at_s": round(picture.t_s - zero_s, 3)}
            for number, picture in enumerate(pictures)
        ],
    }
