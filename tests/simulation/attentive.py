"""Attentive driving, made up from published statistics (``habits``); knows nothing of any rule.

Deterministic by seed: mirror and instrument glances, blinks, talk and laughter, a head that
wanders and shakes on rough roads, a face or eyes lost for moments, stops at red lights with longer
looks. Something else may be scripted into it: ``Script`` says when, and what then is to be seen.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import habits
from rhythm import Bout, Bouts, Drift, Span

from edge_pose.values import EyeState, Gaze, HeadPose, ImageQuality, Observation, VehicleState

NOISE_DEG = 1.5
"""Spread of the measured head angles from image to image."""
EYES_SEEN_DEG = 45.0
"""An eye turned further from the camera is not measured."""
DAYLIGHT = ImageQuality(brightness=110.0, contrast=45.0, change=1.5)
PULLING_AWAY_S = 8.0


@dataclass(slots=True, kw_only=True)
class Moment:
    """What there is to see now; angles off the driver's road-ahead pose, without noise."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0
    """The eyes in the head."""
    eyes: float | None = 0.95
    shut: bool = False
    mouth: float | None = 0.03
    face: bool = True
    speed_kmh: float = 90.0
    image: ImageQuality = DAYLIGHT


Shape = Callable[[float, Moment], None]
"""Changes the moment, so many seconds after its own start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Something that the driver does beside driving."""

    start_s: float
    length_s: float
    shape: Shape
    free_s: float = 6.0
    """Nothing else happens for so long before and after."""

    @property
    def span(self) -> Span:
        return self.start_s - self.free_s, self.start_s + self.length_s + self.free_s


class AttentiveDriver:
    """One drive. ``camera``: yaw and pitch at which the camera sees the road-ahead pose."""

    def __init__(
        self,
        seed: int,
        *,
        camera: tuple[float, float] | None = None,
        scripts: Sequence[Script] = (),
        sight: bool = False,
    ) -> None:
        """``sight``: the line of sight and shut lids are measured, too."""
        self._sight = sight
        spread = random.Random(f"{seed} lids").gauss(habits.LIDS_PER_DEG, habits.LIDS_SPREAD)
        self._lids_per_deg = max(0.008, spread)
        chance = random.Random(f"{seed} camera")
        self.camera = camera or (chance.uniform(-20.0, 20.0), chance.uniform(-10.0, 8.0))
        self._scripts = sorted(scripts, key=lambda script: script.start_s)
        free = [script.span for script in scripts]
        self._noise = random.Random(f"{seed} noise")
        self._wander = [
            Drift(f"{seed} wander {i}", spread, 20.0) for i, spread in enumerate((1.5, 1.2, 1.2))
        ]
        self._lids = Drift(f"{seed} lids", 0.06, 5.0)
        self._glances = Bouts(f"{seed} glances", habits.glance, free)
        self._long_looks = Bouts(f"{seed} long looks", habits.long_look, free)
        self._waiting = Bouts(f"{seed} waiting", habits.look_while_waiting, free)
        self._stops = Bouts(f"{seed} stops", habits.red_light, free)
        self._blinks = Bouts(f"{seed} blinks", habits.blink, free)
        self._talking_blinks = Bouts(f"{seed} talking blinks", habits.talking_blink, free)
        self._talk = Bouts(f"{seed} talk", habits.conversation, free)
        self._laughs = Bouts(f"{seed} laughs", habits.laugh, free)
        self._agreement = Bouts(f"{seed} agreement", habits.agreement, free)
        self._sun = Bouts(f"{seed} sun", habits.low_sun, free)
        self._rough = Bouts(f"{seed} rough", habits.rough_road)
        self._lost_face = Bouts(f"{seed} lost face", habits.lost_face, free)
        self._lost_eyes = Bouts(f"{seed} lost eyes", habits.lost_eyes, free)
        self._moving_since = -PULLING_AWAY_S
        self._look: Bout[habits.Look] | None = None
        self._road_until_s = 0.0
        self.looks: list[Bout[habits.Look]] = []
        """Every look so far away from the road, while driving."""

    def drive(self, seconds: float, hz: float) -> Iterator[Observation]:
        """The observations, at times that wander a little."""
        for index in range(round(seconds * hz)):
            t = (index + 0.3 * self._noise.random()) / hz
            moment = self._moment(t, 1.0 / hz)
            for script in self._scripts:
                if script.start_s <= t < script.start_s + script.length_s:
                    script.shape(t - script.start_s, moment)
            while self._scripts and t > self._scripts[0].start_s + self._scripts[0].length_s:
                self._scripts = self._scripts[1:]
            yield self._observe(t, index, moment)

    def _moment(self, t: float, dt_s: float) -> Moment:
        moment = Moment()
        yaw, pitch, roll = (drift.step(dt_s) for drift in self._wander)
        moment.yaw_deg, moment.pitch_deg, moment.roll_deg = yaw, pitch, roll
        moment.eyes = 0.95 + self._lids.step(dt_s)
        self._drive_on(t, moment)
        self._look_about(t, moment)
        self._converse(t, moment)
        self._shut(t, moment)
        self._shake(t, moment)
        moment.face = self._lost_face.at(t) is None
        if self._lost_eyes.at(t) is not None:
            moment.eyes = moment.mouth = None
        return moment

    def _drive_on(self, t: float, moment: Moment) -> None:
        stop = self._stops.at(t)
        if stop is not None:
            moment.speed_kmh, self._moving_since = 0.0, t
            return
        share = min(1.0, (t - self._moving_since) / PULLING_AWAY_S)
        moment.speed_kmh = 5.0 + 80.0 * share

    def _look_about(self, t: float, moment: Moment) -> None:
        look = self._look_at(t, stands=moment.speed_kmh == 0.0)
        if look is None:
            return
        turned = plateau(t - look.start_s, look.length_s, look.what.turn_s)
        moment.yaw_deg += turned * look.what.yaw_deg
        moment.pitch_deg += turned * look.what.pitch_deg
        moment.gaze_yaw_deg += turned * (look.what.gaze_yaw_deg - look.what.yaw_deg)
        moment.gaze_pitch_deg += turned * (look.what.gaze_pitch_deg - look.what.pitch_deg)
        if look.what.gaze_pitch_deg < 0.0 and moment.eyes is not None:
            moment.eyes *= habits.lowered(turned * look.what.gaze_pitch_deg, self._lids_per_deg)

    def _look_at(self, t: float, *, stands: bool) -> Bout[habits.Look] | None:
        """One look after another, the road between them."""
        look, self._look = self._look, None
        if look is not None and t < look.start_s + look.length_s:
            self._look = look
            return look
        waiting = self._waiting.at(t) if stands else None
        if waiting is not None:
            self._road_until_s = t + habits.ROAD_LEAST_S
            return waiting
        long = self._long_looks.at(t)
        if long is not None:
            return self._begin(long)
        glance = self._glances.at(t)
        if glance is None or self._ends_s(glance) > self._long_looks.due_s(t):
            return None
        return self._begin(glance)

    def _begin(self, look: Bout[habits.Look]) -> Bout[habits.Look] | None:
        if look.start_s < self._road_until_s:
            return None
        self._look, self._road_until_s = look, self._ends_s(look)
        self.looks.append(look)
        return look

    def _ends_s(self, look: Bout[habits.Look]) -> float:
        """With the least time that the road then has."""
        return look.start_s + look.length_s + habits.ROAD_LEAST_S

    def _converse(self, t: float, moment: Moment) -> None:
        talk, laugh, yes = self._talk.at(t), self._laughs.at(t), self._agreement.at(t)
        if talk is not None:
            # Syllables of unequal loudness, phrases with pauses; the head goes along a little.
            wave = math.sin(2.0 * math.pi * talk.what * t) * math.sin(1.7 * t) ** 2
            moment.mouth = 0.12 + 0.6 * max(0.0, wave)
            moment.pitch_deg += 1.2 * math.sin(2.0 * math.pi * 1.3 * t)
            moment.yaw_deg += 1.5 * math.sin(2.0 * math.pi * 0.7 * t)
        if laugh is not None:
            risen = plateau(t - laugh.start_s, laugh.length_s, 0.3)
            note = math.sin(2.0 * math.pi * habits.LAUGH_NOTES_HZ * t)
            moment.mouth = risen * (laugh.what + 0.12 * note)
            moment.pitch_deg += 8.0 * risen + 1.5 * note * risen
            moment.eyes = (moment.eyes or 0.95) * (1.0 - 0.45 * risen)
        if yes is not None:
            moment.pitch_deg -= yes.what * math.sin(math.pi * (t - yes.start_s) / yes.length_s)

    def _shut(self, t: float, moment: Moment) -> None:
        sun, quiet, lively = self._sun.at(t), self._blinks.at(t), self._talking_blinks.at(t)
        blink = quiet if self._talk.at(t) is None else lively
        if sun is not None and moment.eyes is not None:
            moment.eyes = min(moment.eyes, sun.what)
        if blink is not None:
            shut = plateau(t - blink.start_s, blink.length_s, blink.length_s / 3.0)
            moment.eyes = (moment.eyes or 0.95) * (1.0 - shut) + blink.what * shut
            moment.shut = shut > 0.8

    def _shake(self, t: float, moment: Moment) -> None:
        rough = self._rough.at(t)
        if rough is None or moment.speed_kmh == 0.0:
            return
        degrees, hz = rough.what
        moment.pitch_deg += degrees * math.sin(2.0 * math.pi * hz * t)
        moment.roll_deg += 0.4 * degrees * math.sin(2.0 * math.pi * 0.8 * hz * t)

    def _observe(self, t: float, index: int, moment: Moment) -> Observation:
        vehicle = VehicleState(speed_kmh=moment.speed_kmh, standstill=moment.speed_kmh == 0.0)
        if not moment.face:
            return Observation(
                t_s=t, frame=index, face=False, image=moment.image, vehicle=vehicle
            )  # fmt: skip
        gauss = self._noise.gauss
        yaw = self.camera[0] + moment.yaw_deg + gauss(0.0, NOISE_DEG)
        pitch = self.camera[1] + moment.pitch_deg + gauss(0.0, NOISE_DEG)
        pose = HeadPose(
            yaw_deg=yaw, pitch_deg=pitch, roll_deg=moment.roll_deg + gauss(0.0, 1.0), std_deg=3.0
        )
        return Observation(
            t_s=t,
            frame=index,
            face=True,
            pose=pose,
            eyes=self._eyes(moment, yaw),
            image=moment.image,
            vehicle=vehicle,
            **self._line_of_sight(moment, yaw, pitch),
        )

    def _line_of_sight(self, moment: Moment, yaw_deg: float, pitch_deg: float) -> dict[str, Any]:
        """With the error that eyes measured in a car have: some 4°, in bouts."""
        if not self._sight:
            return {}
        if moment.eyes is None or abs(yaw_deg) > EYES_SEEN_DEG:
            return {"eyes_visible": 0.05}
        shut = moment.shut or (moment.eyes <= 0.16 and moment.gaze_pitch_deg > -12.0)
        found: dict[str, Any] = {"eyes_visible": 0.95, "lids_closed": 0.95 if shut else 0.05}
        if not shut:
            gauss = self._noise.gauss
            found["gaze"] = Gaze(
                yaw_deg=yaw_deg + moment.gaze_yaw_deg + gauss(0.0, 3.5),
                pitch_deg=pitch_deg + moment.gaze_pitch_deg + gauss(0.0, 3.5),
                std_deg=5.0,
            )
        return found

    def _eyes(self, moment: Moment, yaw_deg: float) -> EyeState:
        """Each eye with its own noise; the far one is hidden first, then both."""
        if moment.eyes is None or abs(yaw_deg) > EYES_SEEN_DEG:
            return EyeState(mouth=moment.mouth)
        gauss = self._noise.gauss
        left, right = (max(0.0, moment.eyes + gauss(0.0, 0.04)) for _ in range(2))
        eyes = EyeState(left=left, right=right, mouth=moment.mouth)
        if abs(yaw_deg) < 0.7 * EYES_SEEN_DEG:
            return eyes
        return replace(eyes, left=None) if yaw_deg > 0.0 else replace(eyes, right=None)


def plateau(t: float, length_s: float, rise_s: float) -> float:
    """Up to 1 within ``rise_s``, there, and down to 0 again by ``length_s``."""
    rise_s = min(rise_s, length_s / 2.0)
    return max(0.0, min(1.0, t / rise_s, (length_s - t) / rise_s))
