"""What cannot be judged is told: eyes or pose that are not usable, too slow a stream, a lens that
does not show the eyes, no sign of life, two faces. Each cause is told by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from edge_pose.config.monitor import MonitorConfig
from edge_pose.config.presence import PresenceConfig
from edge_pose.monitor.durations import STAMP_S
from edge_pose.monitor.rules.liveness import Liveness
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.lids import Reading
from edge_pose.monitor.smoothing import share
from edge_pose.values import AlertKind, AlertLevel, ImageQuality

_LATELY_S = 3.0  # a face that comes and goes is judged over so long
_GONE_S = 3.0  # … what is beyond is another matter: absence and the camera have their own rules
_JUDGED_S = 1.5  # seen for so long in one piece, a microsleep is told
_SLOWER = 1.15  # a rate counts as reached from so little below it: observations are lost and wander


_PLAIN = {
    "button": "the acknowledge button is pressed all the time (stuck?): it does not count",
    "face": "the driver's face is found only now and then (light, place of the camera?): sleep is "
    "hardly judged",
    "narrow": "eyes hardly visible, hardly open (low sun?): sleep is hardly judged",
}


class Limited:
    """Watches every cause; speaks of the first that has lasted."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.presence
        self._nods_hz, self._closures_hz = config.nods.least_hz, config.lids.least_hz
        self._pose = Unusable(config)
        self._eyes = Unusable(config)
        self._narrow = Unusable(config, config.presence.narrow_s)
        self._slow = Unusable(config)
        self._nods = Unusable(config)
        self._blurred = Unusable(config)
        self._unclear = ""
        self._refused = Unusable(config)
        self._stuck = Unusable(config, config.attention.acknowledge_most_s)
        self._flickers = Unusable(config, config.presence.limited_s / 2.0)
        self._lost = self._gone_s = self._seen_s = 0.0
        self._watched = (
            (self._slow, "rate"),
            (self._refused, "refused"),
            (self._stuck, "button"),
            (self._flickers, "face"),
            (self._pose, "pose"),
            (self._eyes, "eyes"),
            (self._blurred, "lens"),
            (self._narrow, "narrow"),
            (self._nods, "nods"),
        )
        self._live = Liveness(config.presence)
        self._was_fast = False
        self._lowered_deg = config.lids.lowered_deg
        self._swap_count = config.driver.swap_count
        self.limits: tuple[str, ...] = ()
        """Everything that is not judged at present, in words."""

    def update(self, now: Situation) -> Finding | None:
        """The latest cause that has lasted long enough to tell; the others were told before."""
        self._watch(now)
        untold = self._untold(now.sample)
        if not self._is_any(now):
            self.limits = untold
            return None
        causes = list(self._causes(now))
        self.limits = (*(text for _, text, _ in causes), *untold) if causes else untold
        if not causes:
            return None
        topic, text, since = max(causes, key=lambda cause: cause[2])
        lasted_s = now.sample.t_s - since
        return Finding(
            kind=AlertKind.LIMITED,
            level=AlertLevel.ADVISORY,
            t_start_s=since,
            reason=text,
            values={"unusable_s": lasted_s, "limit_s": self._config.limited_s},
            topic=topic,
            beside=tuple(other for other, _, _ in causes if other != topic),
        )

    def _is_any(self, now: Situation) -> bool:
        """Quickly: has anything lasted?"""
        for timer, _ in self._watched:
            if timer.lasting:
                return True
        return self._live.lasting or now.swaps >= self._swap_count

    def _watch(self, now: Situation) -> None:
        sample = now.sample
        self._slow.update(sample, self._is_below(sample, self._closures_hz))
        fast = sample.interval_s > 0.0 and not self._is_below(sample, self._nods_hz)
        self._was_fast |= fast
        self._nods.update(sample, self._was_fast and not fast)
        self._refused.update(sample, bool(now.refused))
        self._stuck.update(sample, sample.vehicle.acknowledge is True)
        self._watch_face(now)
        self._watch_image(now)
        self._live.update(now)
        if not sample.face:
            return
        self._pose.update(sample, not sample.certain or sample.yaw_deg is None)
        self._watch_eyes(now)

    def _watch_face(self, now: Situation) -> None:
        """One that is found too seldom lets no closure grow, and is never away for long enough to
        be absent, nor a camera bad for long enough to be told."""
        sample = now.sample
        if now.observation.camera_lost:
            return
        self._gone_s = 0.0 if sample.face else self._gone_s + sample.dt_s
        self._seen_s = self._seen_s + sample.dt_s if sample.face else 0.0
        if self._gone_s >= self._config.absent_s or self._seen_s >= _JUDGED_S:
            self._lost = 0.0
            self._flickers.update(sample, False)
        elif self._gone_s < _GONE_S:
            self._lost += share(sample.dt_s, _LATELY_S) * (float(not sample.face) - self._lost)
            seldom = self._lost > self._config.lost_share
            self._flickers.update(sample, seldom and not sample.slow)

    def _watch_eyes(self, now: Situation) -> None:
        """Eyes of a turned head are no loss, and those of a look down not narrow."""
        sample, lids, sight = now.sample, now.lids, now.sight
        if sight.seen and not sight.off_road and lids.since is None:
            self._eyes.update(sample, now.eyes_expected and lids.reading is Reading.UNKNOWN)
        judged = lids.reading is Reading.OPEN or lids.reading is Reading.AJAR
        if judged and not sample.looks_down(self._lowered_deg):
            self._narrow.update(sample, lids.narrow)

    def _watch_image(self, now: Situation) -> None:
        image = now.observation.image
        if image is None or image.sharpness is None or not now.sample.face:
            return
        words = unclear(image, self._config)
        self._unclear = words or self._unclear
        self._blurred.update(now.sample, bool(words))

    def _is_below(self, sample: Sample, hz: float) -> bool:
        return sample.interval_s * hz > _SLOWER

    def _causes(self, now: Situation) -> Iterator[tuple[str, str, float]]:
        """(topic, words, since when) of everything that has lasted."""
        for timer, topic in self._watched:
            if timer.lasting:
                yield topic, self._words(topic, now, timer.since), timer.since
        if self._live.lasting:
            yield "life", self._live.words, self._live.since
        if now.swaps >= self._swap_count:
            yield "faces", "two faces take turns: unclear which is the driver's", now.sample.t_s

    def _words(self, topic: str, now: Situation, since: float) -> str:
        sample = now.sample
        rate = 1.0 / sample.interval_s if sample.interval_s > 0.0 else 0.0
        too_slow = f"only {rate:.1f} images a second (slow processor, heat, camera?):"
        match topic:
            case "rate":
                return f"{too_slow} shut eyes need {self._closures_hz:g}"
            case "nods":
                return f"{too_slow} head nods need {self._nods_hz:g}"
            case "refused":
                return f"measurements that are no number or impossible left out: {now.refused}"
            case "lens":
                return f"{self._unclear}: eyes are hardly judged"
            case "button" | "face" | "narrow":
                return _PLAIN[topic]
        what = "head pose" if topic == "pose" else "eyes"
        return (
            f"{what} not usable for {sample.t_s - since:.0f} s: "
            "monitoring is limited (dark glasses, hand, light?)"
        )

    def _untold(self, sample: Sample) -> tuple[str, ...]:
        """Known from the start, and shown, but no alert: this camera was never faster."""
        if self._was_fast or not self._is_below(sample, self._nods_hz):
            return ()
        return (
            f"head nods without sight of the eyes: fewer than {self._nods_hz:g} images a second",
        )


def unclear(image: ImageQuality, config: PresenceConfig) -> str:
    """Why the face's picture does not show the eyes; empty where it does."""
    if image.face_brightness is not None and image.face_brightness < config.dim:
        return "face too dark (a lamp, infrared?)"
    if image.face_contrast is not None and image.face_contrast < config.hazy:
        return "image hazy (clean the lens?)"
    if image.sharpness is not None and image.sharpness < config.blurred:
        return "image blurred (clean the lens?)"
    if image.flicker is not None and image.flicker > config.strobing:
        return "light flickers from image to image (infrared lamp?)"
    return ""


class Unusable:
    """Times one thing that cannot be measured; usable moments between take time back."""

    def __init__(self, config: MonitorConfig, limit_s: float | None = None) -> None:
        self._limit_s = config.presence.limited_s if limit_s is None else limit_s
        self._weight = config.presence.usable_weight
        self._bad = False
        self.since = 0.0
        self.seconds = 0.0
        self.lasting = False

    def update(self, sample: Sample, bad: bool) -> None:
        """One sample that tells something about it."""
        if bad:
            if self._bad:
                self.seconds = min(self.seconds + sample.dt_s, self._limit_s)
            if self.seconds == 0.0:
                self.since = sample.t_s
        elif self.seconds == 0.0:
            self._bad = False
            return
        else:
            self.seconds = max(0.0, self.seconds - self._weight * sample.dt_s)
        self._bad = bad
        full = self.seconds >= self._limit_s - STAMP_S
        self.lasting = full or (self.lasting and self.seconds > 0.0)
