"""How a look is told in words and numbers: where to, by what, how far."""

from __future__ import annotations

from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sight import regions

_PLACES = {
    regions.LAP: "eyes on the lap",
    regions.ROOF: "eyes on the roof",
    regions.WINDOW: "eyes out of the driver's window",
    regions.SHOULDER: "eyes over the shoulder",
    regions.ROADSIDE: "eyes beside the road",
}
_MOVES = {
    "owl": "head turned along",
    "lizard": "head straight",
    "lean": "body leaning",
}


def where(now: Situation) -> str:
    """'eyes on the lap, head straight', or where the head is."""
    sight = now.sight
    if not sight.by_eyes or sight.region is None or sight.movement is None:
        return _head(now)
    place = _PLACES.get(sight.region, f"eyes on the {sight.region}")
    return f"{place}, {_MOVES[sight.movement]}"


def _head(now: Situation) -> str:
    yaw, pitch = now.sample.off_yaw_deg, now.sample.off_pitch_deg
    if yaw is None or pitch is None:
        return "face lost meanwhile"
    return f"head {abs(yaw):.0f}° aside, {abs(pitch):.0f}° {'down' if pitch < 0.0 else 'up'}"


def angles(now: Situation) -> dict[str, float]:
    """The direction of the head off the road, and of the eyes where they are measured."""
    sample = now.sample
    values: dict[str, float] = {}
    if sample.off_yaw_deg is not None and sample.off_pitch_deg is not None:
        values |= {"yaw_deg": sample.off_yaw_deg, "pitch_deg": sample.off_pitch_deg}
    if sample.sight_yaw_deg is not None and sample.sight_pitch_deg is not None:
        values |= {"eyes_yaw_deg": sample.sight_yaw_deg, "eyes_pitch_deg": sample.sight_pitch_deg}
    return values
