"""The road ahead: the driver's neutral pose of the head, and that of the eyes."""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight.lids import Lids
from edge_pose.values import NeutralPose

_BEND_DEG = 10.0  # of the steering wheel: beyond it the road is not straight ahead


class Road:
    """Both are learned in the same way; the eyes' starts from the head's."""

    def __init__(self, config: MonitorConfig, known: NeutralPose | None) -> None:
        self._config = config
        self.head = Neutral(config.neutral, known)
        self._eyes = Neutral(config.neutral.model_copy(update=_EYES))

    @property
    def eyes(self) -> NeutralPose | None:
        """Where the eyes look when they look at the road; the head's until that is learned."""
        head = self.head.pose
        if head is None:
            return None
        eyes = self._eyes.pose
        return head if eyes is None else eyes

    def learn(self, sample: Sample, lids: Lids) -> None:
        """From a moving car on a straight road, and open eyes; in doubt not at all."""
        steering = sample.vehicle.steering_deg
        asleep = lids.closed and lids.shut_s >= self._config.lids.blink_s
        if not sample.certain or sample.slow or asleep or lids.down:
            return
        if steering is not None and abs(steering) > _BEND_DEG:
            return
        eyes = None if sample.eyes is None or lids.closed else sample.eyes / lids.own
        if sample.yaw_deg is not None and sample.pitch_deg is not None:
            self.head.update(sample.yaw_deg, sample.pitch_deg, sample.dt_s, eyes)
        if sample.gaze_yaw_deg is not None and sample.gaze_pitch_deg is not None:
            self._eyes.update(sample.gaze_yaw_deg, sample.gaze_pitch_deg, sample.dt_s, eyes)

    def shift(self, yaw_deg: float, pitch_deg: float) -> None:
        """The camera was knocked and now stands turned by so much."""
        self.head.shift(yaw_deg, pitch_deg)
        self._eyes.shift(yaw_deg, pitch_deg)

    def forget(self) -> None:
        self.head.forget()
        self._eyes.forget()

    def unsettle(self) -> None:
        self.head.unsettle()
        self._eyes.unsettle()


_EYES = {"yaw_limit_deg": 60.0, "pitch_lowest_deg": -40.0, "pitch_highest_deg": 30.0}
"""The line of sight may lie further from the camera's axis than the head's, by a person's own."""
