"""The driver monitor's settings: when it speaks. Every threshold with unit, range and source."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import field_validator, model_validator

from edge_pose.config.attention import AttentionConfig, GlanceConfig
from edge_pose.config.episodes import EpisodeConfig
from edge_pose.config.fatigue import (
    ClosureConfig,
    DroopConfig,
    DrowsinessConfig,
    NodConfig,
    PerclosConfig,
    YawnConfig,
)
from edge_pose.config.lids import LidsConfig
from edge_pose.config.neutral import NeutralConfig
from edge_pose.config.observing import (
    DriverConfig,
    GazeConfig,
    IntakeConfig,
    PoseFilterConfig,
)
from edge_pose.config.presence import PresenceConfig
from edge_pose.config.section import Section, setting
from edge_pose.config.sight import SightConfig
from edge_pose.kinds import AlertKind

__all__ = [
    "AttentionConfig",
    "DriverConfig",
    "EpisodeConfig",
    "GazeConfig",
    "GlanceConfig",
    "IntakeConfig",
    "LidsConfig",
    "MonitorConfig",
    "NeutralConfig",
    "PoseFilterConfig",
    "PresenceConfig",
    "SightConfig",
]

TRIAL_OF_EYES = "distraction.eyes"
"""In ``shadow``: what the line of sight adds to distraction, beyond the head alone."""

Preset = Literal["euro-ncap", "eu-gsr", "gentle"]
PRESETS: tuple[str, ...] = get_args(Preset)

_PRESETS: dict[str, dict[str, dict[str, float]]] = {
    "euro-ncap": {},
    "eu-gsr": {
        "glances": {"long_s": 3.5},
        "drowsiness": {"advisory_at": 0.4},
    },
    "gentle": {
        "gaze": {"yaw_deg": 29.0, "down_deg": 22.0},
        "glances": {"long_s": 4.0, "away_s": 12.0, "down_s": 5.0, "down_slow_s": 7.5},
        "attention": {"advisory_s": 4.0, "warning_s": 6.5, "critical_s": 12.0},
        "episodes": {"yawn_again_s": 300.0, "nod_again_s": 30.0},
    },
}


class MonitorConfig(Section):
    """When the monitor speaks."""

    preset: Preset = setting(
        "euro-ncap",
        "defaults of what is not set here: euro-ncap (strictest), eu-gsr (EU 2023/2590 and "
        "2021/1341), gentle (upper ends of the norms' ranges)",
    )
    extra_rules: tuple[str, ...] = setting(
        (), "rules of other packages, by the names they register under edge_pose.rules"
    )
    shadow: tuple[str, ...] = setting(
        (),
        "kinds of alert on trial: found, stored and reported, but told to no one; "
        "'distraction.eyes' tries what the eyes add to distraction",
        source="a fleet tries a rule before its drivers hear it",
    )
    intake: IntakeConfig = setting(IntakeConfig(), "order and holes of the observations")
    pose_filter: PoseFilterConfig = setting(PoseFilterConfig(), "smoothing of head angles")
    gaze: GazeConfig = setting(GazeConfig(), "what is off the road")
    sight: SightConfig = setting(SightConfig(), "where the eyes look, and at what")
    lids: LidsConfig = setting(LidsConfig(), "open, shut, lowered, hidden eyes")
    attention: AttentionConfig = setting(AttentionConfig(), "the attention counter")
    glances: GlanceConfig = setting(GlanceConfig(), "long, repeated and downward glances")
    presence: PresenceConfig = setting(PresenceConfig(), "absent, blocked, limited")
    driver: DriverConfig = setting(DriverConfig(), "whose face it is")
    neutral: NeutralConfig = setting(NeutralConfig(), "the road-ahead pose")
    episodes: EpisodeConfig = setting(EpisodeConfig(), "end and repetition of alerts")
    closures: ClosureConfig = setting(ClosureConfig(), "long eye closures")
    perclos: PerclosConfig = setting(PerclosConfig(), "share of closed eyes")
    nods: NodConfig = setting(NodConfig(), "head nods")
    droop: DroopConfig = setting(DroopConfig(), "sagging head")
    yawns: YawnConfig = setting(YawnConfig(), "yawns")
    drowsiness: DrowsinessConfig = setting(DrowsinessConfig(), "the fused score")

    @field_validator("shadow")
    @classmethod
    def _known(cls, shadow: tuple[str, ...]) -> tuple[str, ...]:
        """Raises ValueError for a name that no rule has."""
        known = (*AlertKind, TRIAL_OF_EYES)
        for name in shadow:
            if name not in known:
                raise ValueError(f"{name!r} is no kind of alert; known: {', '.join(known)}")
        return shadow

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, given: Any) -> Any:
        """Put the preset's values under the given ones; an unknown preset fails at its field."""
        if not isinstance(given, dict):
            return given
        merged = dict(given)
        for name, values in _PRESETS.get(str(given.get("preset", "euro-ncap")), {}).items():
            section = merged.get(name, {})
            if isinstance(section, dict):
                merged[name] = values | section
        return merged
