"""What people are told of each kind of alert: what to do now, and what happened afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_pose.values import AlertKind

LEVEL_NAMES = ("Note", "Advisory", "Warning", "Critical")
"""One name for each level, everywhere; a note is what the monitor says of itself."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """``call``: the headline while it lasts; ``advice``: what to do about it; ``past``: the same
    event in a list, afterwards."""

    call: str
    advice: str
    past: str


WORDS: Mapping[AlertKind, KindWords] = {
    AlertKind.GLANCE: KindWords("Eyes on the road", "Look ahead.", "Looked away"),
    AlertKind.REPEATED: KindWords(
        "Too many glances away", "Keep your eyes on the road.", "Glanced away too often"
    ),
    AlertKind.DOWN: KindWords("Look up", "Put it down and look ahead.", "Looked down"),
    AlertKind.NOD: KindWords("Nodding off?", "Take a break soon.", "Nodded"),
    AlertKind.DROOP: KindWords("Head is dropping", "Sit up. Stop and rest.", "Head dropped"),
    AlertKind.DROWSY: KindWords("You look drowsy", "Stop and rest soon.", "Looked drowsy"),
    AlertKind.YAWN: KindWords("Yawning often", "Plan a break.", "Yawned often"),
    AlertKind.MICROSLEEP: KindWords("Microsleep", "Stop and rest.", "Had a microsleep"),
    AlertKind.SLEEP: KindWords("Wake up", "Stop and rest.", "Fell asleep"),
    AlertKind.UNRESPONSIVE: KindWords(
        "Driver not responding", "Stop the car safely. Call for help.", "Did not respond"
    ),
    AlertKind.ABSENT: KindWords(
        "No driver in view", "Sit where the camera sees you.", "No driver was in view"
    ),
    AlertKind.BLOCKED: KindWords(
        "Camera blocked", "Uncover or clean the camera.", "Camera was blocked"
    ),
    AlertKind.FROZEN: KindWords(
        "Camera picture frozen", "You are not watched now.", "Camera picture froze"
    ),
    AlertKind.LOST: KindWords("Camera lost", "You are not watched now.", "Camera was lost"),
    AlertKind.CALIBRATING: KindWords(
        "Learning your view", "Look at the road as you drive.", "Learned the driver's view"
    ),
    AlertKind.LIMITED: KindWords(
        "Monitoring limited", "Not everything can be judged now.", "Monitoring was limited"
    ),
    AlertKind.OFF: KindWords("Monitoring off", "You are not watched now.", "Monitoring was off"),
    AlertKind.GAP: KindWords(
        "Monitoring was interrupted", "It goes on now.", "Monitoring was interrupted"
    ),
    AlertKind.FAULT: KindWords(
        "A part has failed", "Some of it does not work now.", "A part had failed"
    ),
}
