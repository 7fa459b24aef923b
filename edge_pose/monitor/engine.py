"""The monitor: all rules composed into one step from an observation to state and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.attention import Attention, Moment
from edge_pose.monitor.episodes.book import Episodes
from edge_pose.monitor.episodes.stories import ENDS_AT_STANDSTILL, FROM_ANGLES, STORY
from edge_pose.monitor.intake.order import Intake, Step
from edge_pose.monitor.intake.sampling import Sampler
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.neutral.provisional import calibrating, capped
from edge_pose.monitor.off import ASKED, SwitchedOff
from edge_pose.monitor.rules.all_rules import Rules, off_state, troubles
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.gaze import Gaze
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    CameraCondition,
    Command,
    DriverState,
    NeutralPose,
    Observation,
)

_AND = "; attention level "
BLINDNESS = (AlertKind.LOST, AlertKind.FROZEN, AlertKind.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one observation led to."""

    state: DriverState
    alerts: tuple[Alert, ...]


class Monitor:
    """Pure: seconds and measurements in, state and alerts out. Not thread-safe."""

    def __init__(
        self,
        config: MonitorConfig,
        *,
        neutral: NeutralPose | None = None,
        acknowledgeable: bool = False,
        ids: Iterator[int] | None = None,
    ) -> None:
        self._config = config
        self._intake = Intake(config.intake)
        self._sampler = Sampler(config)
        self._neutral = Neutral(config.neutral, neutral)
        self._attention = Attention(config.attention)
        self._episodes = Episodes(config.episodes, ids)
        self._rules = Rules(config)
        self._acknowledgeable = acknowledgeable
        self._pressed_until = float("-inf")
        self._off = SwitchedOff(config.presence.off_max_s)
        self._enabled = True
        self._eyes_expected = False
        self._last_t = 0.0
        self._now = 0.0
        self._state = DriverState(t_s=0.0, face=False, attention=1.0, level=0, distracted=False)

    @property
    def neutral(self) -> NeutralPose | None:
        """The neutral pose in use; None while none is known."""
        return self._neutral.pose

    def update(self, observation: Observation) -> Update:
        """Judge one observation. One that comes late or twice changes nothing."""
        step = self._intake.accept(observation.t_s)
        if step is None:
            return Update(state=self._state, alerts=())
        told = self._close(tuple(AlertKind)) if step.restarted else []
        self._last_t, self._now = observation.t_s, step.t_s
        self._acknowledgeable |= observation.vehicle.acknowledge is not None
        self._eyes_expected |= observation.eyes is not None
        if why := self._off.reason(step.t_s, observation.vehicle.engaged):
            told += self._switch_off(why)
            self._state = off_state(
                observation,
                self._neutral,
                locked_out=self._attention.locked_out,
                episodes=self._episodes.open,
            )
        else:
            self._enabled = True
            told += self._judge(observation, step)
        return Update(state=self._state, alerts=tuple(told))

    def command(self, command: Command, t_s: float) -> tuple[Alert, ...]:
        """Obey a person; returns the episodes that this ends. Muting is not the monitor's."""
        if command is Command.ACKNOWLEDGE:
            self._acknowledgeable = True
            self._pressed_until = self._now + self._config.attention.acknowledge_hold_s
        elif command is Command.RECALIBRATE:
            self._neutral.forget()
            return tuple(self._close(FROM_ANGLES))
        elif command is Command.DISABLE:
            self._off.ask(self._now)
            self._last_t = max(self._last_t, t_s)
            return tuple(self._switch_off(ASKED))
        elif command is Command.ENABLE:
            self._off.withdraw()
        return ()

    def finish(self) -> tuple[Alert, ...]:
        """The end of the observations: what is open stays without an end."""
        return ()

    def _judge(self, observation: Observation, step: Step) -> list[Alert]:
        rules = self._rules
        observation = rules.camera.update(observation, step)
        sample = self._sampler.sample(observation, step, self._neutral.reference)
        self._learn(sample)
        tired = rules.fatigue.update(sample)
        gaze = rules.gaze.update(
            sample,
            confirmed=self._neutral.confirmed,
            eyes_down=rules.fatigue.glancing_down,
        )
        found = rules.findings(sample, gaze, eyes_expected=self._eyes_expected)
        own = troubles(observation, step)
        findings = [*tired, *found, *own, *calibrating(self._neutral, sample)]
        self._count(sample, gaze)
        findings += self._escalation(sample, gaze)
        told = self._tell(findings, sample, gaze)
        self._state = self._driver_state(observation, sample)
        return told

    def _learn(self, sample: Sample) -> None:
        """Let the neutral pose learn from a moving car; a known one with open eyes only."""
        if self._sampler.driver.changed or (sample.face and self._rules.absent.elapsed):
            self._neutral.unsettle()
            self._rules.fatigue.new_driver()
        closed = sample.eyes is not None and sample.eyes <= self._config.gaze.closed_at
        asleep = closed and self._neutral.pose is not None
        if sample.certain and not asleep and not sample.standstill:
            yaw, pitch = sample.yaw_deg, sample.pitch_deg
            if yaw is not None and pitch is not None:
                self._neutral.update(yaw, pitch, sample.dt_s)

    def _count(self, sample: Sample, gaze: Gaze) -> None:
        pressed = sample.vehicle.acknowledge is True or sample.t_s <= self._pressed_until
        self._attention.update(
            Moment(
                dt_s=sample.dt_s,
                gaze=gaze,
                face=sample.face,
                certain=sample.certain,
                absent=self._rules.absent.elapsed,
                standstill=sample.standstill,
                capped=not self._neutral.confirmed,
                acknowledge=pressed,
                acknowledgeable=self._acknowledgeable,
            )
        )

    def _escalation(self, sample: Sample, gaze: Gaze) -> list[Finding]:
        """The counter has no kind of its own: it raises the level of the open story."""
        if gaze.attentive or self._attention.level == 0:
            return []
        level = AlertLevel(self._attention.level)
        alert = self._story(sample)
        if alert is None or level <= alert.level:
            return []
        why = Finding(
            kind=alert.kind,
            level=level,
            t_start_s=sample.t_s,
            reason=f"{alert.reason.split(_AND)[0]}{_AND}{level:d}",
            values={**alert.values, "attention": self._attention.value},
        )
        return [why]

    def _story(self, sample: Sample) -> Alert | None:
        """The open episode that tells why attention runs down."""
        story = self._episodes.find(AlertKind.GLANCE)
        if story is None and not sample.certain:
            story = self._episodes.find(AlertKind.LIMITED)
        blind = (self._episodes.find(kind) for kind in BLINDNESS)
        return story or next((alert for alert in blind if alert is not None), None)

    def _tell(self, findings: list[Finding], sample: Sample, gaze: Gaze) -> list[Alert]:
        told: list[Alert] = []
        if not self._neutral.confirmed:
            findings = [capped(finding) for finding in findings]
        if sample.standstill and self._attention.level == 0:
            told += self._close(ENDS_AT_STANDSTILL)
        told += self._episodes.update(
            self._last_t,
            sample.t_s,
            sample.dt_s,
            findings,
            attentive=gaze.attentive,
            held_open=self._attention.level == 3,
        )
        if any(a.phase is AlertPhase.END and a.kind in STORY for a in told):
            self._rules.repeated.forget()
        return told

    def _close(self, kinds: tuple[AlertKind, ...] | frozenset[AlertKind]) -> list[Alert]:
        return self._episodes.close(self._last_t, self._now, kinds)

    def _switch_off(self, why: str) -> list[Alert]:
        """Monitoring is off, and says so: nothing is counted, and it starts afresh afterwards."""
        if self._enabled:
            self._attention.reset()
            self._rules = Rules(self._config)
        self._enabled = False
        off = Finding(
            kind=AlertKind.OFF,
            level=AlertLevel.ADVISORY,
            t_start_s=self._now,
            reason=why,
            values={},
        )
        told = self._close(frozenset(AlertKind) - {AlertKind.OFF})
        return told + self._episodes.update(
            self._last_t, self._now, 0.0, [off], attentive=True, held_open=False
        )

    def _driver_state(self, observation: Observation, sample: Sample) -> DriverState:
        yaw, pitch = sample.off_yaw_deg, sample.off_pitch_deg
        condition = self._rules.camera.condition
        seeing = condition is CameraCondition.OK
        return DriverState(
            t_s=observation.t_s,
            face=sample.face,
            attention=self._attention.value,
            level=self._attention.level,
            distracted=self._attention.distracted,
            pose=self._sampler.pose,
            off_neutral_deg=None if yaw is None or pitch is None else (yaw, pitch),
            eyes=observation.eyes,
            neutral=self._neutral.pose,
            calibration=self._neutral.progress,
            perclos=self._rules.fatigue.perclos if seeing else None,
            drowsiness=self._rules.fatigue.score if seeing else None,
            locked_out=self._attention.locked_out,
            camera=condition,
            episodes=self._episodes.open,
        )
