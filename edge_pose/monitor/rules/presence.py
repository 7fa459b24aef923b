"""Presence: nobody in view, or a face that cannot be read."""

from __future__ import annotations

from edge_pose.config.monitor import PresenceConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.gaze import Gaze
from edge_pose.values import AlertKind, AlertLevel

_ROUNDING = 2e-3


class Absent:
    """No face of the driver in view. One lost while looking away counts from its loss, too."""

    def __init__(self, config: PresenceConfig) -> None:
        self._limit_s = config.absent_s
        self._since = 0.0
        self._gone_s: float | None = None

    @property
    def elapsed(self) -> bool:
        return self._gone_s is not None and self._gone_s >= self._limit_s - _ROUNDING

    def update(self, sample: Sample) -> Finding | None:
        """The absence that has lasted long enough to tell."""
        if sample.face:
            self._gone_s = None
            return None
        if self._gone_s is None:
            self._since, self._gone_s = sample.t_s, 0.0
        else:
            self._gone_s += sample.dt_s
        if not self.elapsed:
            return None
        return Finding(
            kind=AlertKind.ABSENT,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"no driver in view for {self._gone_s:.0f} s (limit {self._limit_s:g} s)",
            values={"unseen_s": self._gone_s, "limit_s": self._limit_s},
        )


class Limited:
    """A face in view whose eyes or pose cannot be measured: dark glasses, a hand, low sun."""

    def __init__(self, config: PresenceConfig) -> None:
        self._config = config
        self._eyes = _Unusable(config)
        self._pose = _Unusable(config)

    def update(self, sample: Sample, gaze: Gaze, eyes_expected: bool) -> Finding | None:
        """``eyes_expected``: this stream measures eyes. Those of a turned head are no loss."""
        if not sample.face:
            return None
        self._pose.update(sample, not sample.certain or sample.yaw_deg is None, judged=True)
        forward = gaze.seen and not gaze.off_road
        self._eyes.update(sample, eyes_expected and sample.eyes is None, judged=forward)
        for part, what in ((self._pose, "head pose"), (self._eyes, "eyes")):
            if part.lasting:
                return Finding(
                    kind=AlertKind.LIMITED,
                    level=AlertLevel.ADVISORY,
                    t_start_s=part.since,
                    reason=f"{what} not usable for {sample.t_s - part.since:.0f} s: "
                    "monitoring is limited (dark glasses, hand, light?)",
                    values={
                        "unusable_s": sample.t_s - part.since,
                        "limit_s": self._config.limited_s,
                    },
                )
        return None


class _Unusable:
    """Times one thing that cannot be measured; usable moments between take time back."""

    def __init__(self, config: PresenceConfig) -> None:
        self._limit_s = config.limited_s
        self._weight = config.usable_weight
        self._bad = False
        self.since = 0.0
        self.seconds = 0.0
        self.lasting = False

    def update(self, sample: Sample, bad: bool, judged: bool) -> None:
        """``judged``: this sample tells something about it."""
        if not judged:
            return
        if bad and self._bad:
            self.seconds = min(self.seconds + sample.dt_s, self._limit_s)
        elif not bad:
            self.seconds = max(0.0, self.seconds - self._weight * sample.dt_s)
        if bad and self.seconds == 0.0:
            self.since = sample.t_s
        self._bad = bad
        full = self.seconds >= self._limit_s - _ROUNDING
        self.lasting = full or (self.lasting and self.seconds > 0.0)
