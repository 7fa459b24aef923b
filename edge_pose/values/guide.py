"""What a calibration guide shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementVerdict:
    """One point of judging the camera's place. ``advice`` is empty where it is good."""

    name: str
    found: str
    good: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideView:
    """What screen, page and terminal show now."""

    step: int
    steps: int
    headline: str
    detail: str
    progress: float
    """Of holding still at this step, in [0, 1]."""
    verdicts: tuple[PlacementVerdict, ...] = ()
    done: bool = False
    lens: str = ""
    """What is known of the camera's field of view."""
