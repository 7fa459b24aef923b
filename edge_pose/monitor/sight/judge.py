"""Where the driver looks: by the eyes where they tell it for certain, by the head where not."""

from __future__ import annotations

from dataclasses import replace

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight import regions
from edge_pose.monitor.sight.head import HeadJudge
from edge_pose.monitor.sight.heading import Heading
from edge_pose.monitor.sight.lids import Lids
from edge_pose.monitor.sight.regions import Free, Regions
from edge_pose.monitor.sight.sight import Movement, Sight, make_sight
from edge_pose.values import NeutralPose

_DOWN = frozenset({regions.LAP})
_SHIFT_DEG_S = 50.0  # gaze shifts are quicker (Freedman 2008), noise is slower


class SightJudge:
    """One judgement a sample. ``eyes``: False leaves the line of sight out."""

    def __init__(self, config: MonitorConfig, *, eyes: bool = True) -> None:
        self._config = config.sight
        self._side_deg = config.gaze.yaw_deg
        self._head = HeadJudge(config.gaze, config.presence.absent_s)
        self._use_eyes = eyes
        self._held: Sight | None = None
        self._held_s = 0.0
        self._heading = Heading()
        self._projection_s = config.gaze.projection_s
        self._manoeuvre_s = 0.0
        self.regions = Regions(config.sight)
        self._free = {
            "mirror": config.sight.mirror_free_s,
            "cluster": config.sight.cluster_free_s,
            "none": 0.0,
        }

    def update(
        self, sample: Sample, lids: Lids, neutral: NeutralPose | None, *, confirmed: bool
    ) -> Sight:
        """``neutral``: of the head, which tells on which side the driver sits."""
        head = self._head.update(
            sample, confirmed=confirmed, closed=lids.closed, eyes_down=lids.down
        )
        sight = self._by_eyes(sample, lids, neutral) if self._use_eyes else None
        if sight is None:
            sight = self._hold(sample, head)
        else:
            self._held, self._held_s = sight, 0.0
        return self._excuse(sample, sight)

    def _by_eyes(self, sample: Sample, lids: Lids, neutral: NeutralPose | None) -> Sight | None:
        yaw, pitch = sample.sight_yaw_deg, sample.sight_pitch_deg
        if yaw is None or pitch is None or lids.closed:
            return None
        mirrored = self.is_mirrored(neutral)
        yaw -= self._bend(sample)
        name, free = self.regions.find(yaw, pitch, mirrored)
        if name != regions.ROAD:
            self._heading.follow(sample.t_s, yaw, pitch)
        return self._at(name, free, sample)

    def _at(self, name: str, free: Free, sample: Sample) -> Sight:
        away = name != regions.ROAD
        down = name in _DOWN
        return make_sight(
            seen=True,
            away=away and not down,
            down=down,
            region=name,
            by_eyes=True,
            free_s=self._free[free],
            movement=self._movement(sample) if away else None,
        )

    def _hold(self, sample: Sample, head: Sight) -> Sight:
        """Eyes lost for a moment, as in a blink, look where they looked, or where they were
        going: people blink as they look elsewhere (Evinger 1994)."""
        held = self._held
        if held is None:
            return head
        if self._held_s == 0.0:
            held = self._held = self._arrived(held)
        self._held_s += sample.dt_s
        if self._held_s > self._config.hold_s or sample.hole_s > 0.0:
            self._held = None
            return head
        if not head.seen or (head.off_road and not held.off_road):
            return head
        return make_sight(
            seen=held.seen,
            away=held.away,
            down=held.down,
            eyes_closed=head.eyes_closed,
            region=held.region,
            by_eyes=True,
            free_s=held.free_s,
            movement=held.movement,
        )

    def _arrived(self, held: Sight) -> Sight:
        """On the road, if they were on their way back to it."""
        ahead = self._heading.ahead(self._projection_s, _SHIFT_DEG_S)
        self._heading.forget()
        if ahead is None or not held.off_road or not self.regions.is_road(*ahead):
            return held
        return make_sight(seen=True, region=regions.ROAD, by_eyes=True)

    def is_mirrored(self, neutral: NeutralPose | None) -> bool:
        """Right-hand drive: as told, or as the camera's place suggests."""
        side = self._config.drive_side
        if side == "auto":
            return neutral is not None and neutral.yaw_deg > self._config.auto_side_deg
        return side == "right"

    def _bend(self, sample: Sample) -> float:
        """How far aside the road is in a bend; left is at yaw < 0."""
        steering = sample.vehicle.steering_deg
        if steering is None:
            return 0.0
        most = self._config.curve_most_deg
        return max(-most, min(most, -self._config.curve_share * steering))

    def _movement(self, sample: Sample) -> Movement:
        config = self._config
        if sample.lean is not None and sample.lean >= config.lean_sides:
            return "lean"
        turned = max(abs(sample.off_yaw_deg or 0.0), abs(sample.off_pitch_deg or 0.0))
        return "owl" if turned > config.owl_deg else "lizard"

    def _excuse(self, sample: Sample, sight: Sight) -> Sight:
        """A look to the side of the indicator belongs to driving, for a while; so does the head
        that follows a bend."""
        if not sight.away:
            self._manoeuvre_s = 0.0
            return sight
        yaw = sample.sight_yaw_deg if sight.by_eyes else sample.off_yaw_deg
        indicator = sample.vehicle.indicator
        if yaw is None or sight.down:
            return sight
        if not sight.by_eyes and abs(yaw - self._bend(sample)) <= self._side_deg:
            bend = sample.off_pitch_deg is not None and abs(sample.off_pitch_deg) < self._side_deg
            return replace(sight, away=False) if bend and self._bend(sample) else sight
        to_side = (indicator == "left" and yaw < 0.0) or (indicator == "right" and yaw > 0.0)
        self._manoeuvre_s += sample.dt_s
        if to_side and self._manoeuvre_s <= self._config.manoeuvre_s:
            return replace(sight, away=False)
        return sight
