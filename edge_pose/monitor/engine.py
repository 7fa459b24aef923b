"""The monitor: all rules composed into one step from an observation to state and alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.acknowledgement import Acknowledgement
from edge_pose.monitor.attention import Attention, Moment
from edge_pose.monitor.episodes.book import Calm
from edge_pose.monitor.episodes.stories import ENDS_AT_STANDSTILL, FROM_ANGLES, STORY
from edge_pose.monitor.escalation import Unheeded, by_counter
from edge_pose.monitor.intake.knock import Knock
from edge_pose.monitor.intake.order import Intake, Step
from edge_pose.monitor.intake.refusal import Refusal
from edge_pose.monitor.intake.sampling import Sampler
from edge_pose.monitor.neutral.provisional import calibrating, capped
from edge_pose.monitor.off import ASKED, SwitchedOff, off_state
from edge_pose.monitor.report import state_of
from edge_pose.monitor.road import Road
from edge_pose.monitor.rules.camera import CameraRule
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.limits import Limited
from edge_pose.monitor.rules.presence import Absent
from edge_pose.monitor.rules.registry import Rules
from edge_pose.monitor.rules.repeated import RepeatedGlances
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.rules.troubles import troubles
from edge_pose.monitor.sample import Finding
from edge_pose.monitor.sight.judge import SightJudge
from edge_pose.monitor.sight.lids import LidsJudge, Reading
from edge_pose.monitor.sight.statistics import Looks
from edge_pose.monitor.telling import Telling
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    Command,
    DriverState,
    NeutralPose,
    Observation,
    SightStatistics,
)


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
        ids = ids if ids is not None else count(1)
        self._intake = Intake(config.intake)
        self._refusal = Refusal()
        self._sampler = Sampler(config)
        self._knock = Knock(config.driver)
        self._road = Road(config, neutral)
        self._attention = Attention(config.attention)
        self._telling = Telling(config, ids)
        self._looks = Looks()
        self._acknowledgement = Acknowledgement(config.attention, possible=acknowledgeable)
        self._off = SwitchedOff(config.presence.off_max_s)
        self._enabled = True
        self._eyes_expected = False
        self._last_t = 0.0
        self._now = 0.0
        self._lids = LidsJudge(config.lids)
        self._start_afresh()
        self._state = DriverState(t_s=0.0, face=False, attention=1.0, level=0, distracted=False)

    def _start_afresh(self) -> None:
        """Everything that forgets when monitoring was off."""
        config = self._config
        self._camera = CameraRule(config.presence)
        self._lids.forget()
        self._sight = SightJudge(config, eyes=not self._telling.tries_eyes)
        self._rules = Rules(config)
        self._unheeded = Unheeded(config.episodes)
        self._absent = self._rules.get(Absent)
        self._drowsiness = self._rules.get(Drowsiness)
        self._limited = self._rules.get(Limited)
        self._telling.start_afresh()

    @property
    def neutral(self) -> NeutralPose | None:
        """The neutral pose in use; None while none is known."""
        return self._road.head.pose

    @property
    def sight_statistics(self) -> SightStatistics:
        """Where the driver looked, since the start."""
        return self._looks.statistics

    @property
    def regions(self) -> dict[str, tuple[float, float]]:
        """Where this driver's mirrors and instruments are: (yaw, pitch) from the road ahead, in a
        left-hand drive car."""
        return self._sight.regions.places

    def update(self, observation: Observation) -> Update:
        """Judge one observation. One that comes late or twice changes nothing."""
        step = self._intake.accept(observation.t_s, picture=self._camera.is_new(observation))
        if step is None:
            return Update(state=self._state, alerts=())
        told = self._close(tuple(AlertKind)) if step.restarted else []
        self._last_t, self._now = observation.t_s, step.t_s
        observation = self._refusal.clean(observation)
        self._acknowledgement.hear(observation.vehicle.acknowledge)
        self._eyes_expected |= observation.eyes is not None or observation.lids_closed is not None
        if why := self._off.reason(step.dt_s + step.hole_s, observation.vehicle.engaged):
            told += self._switch_off(why)
            self._state = off_state(
                observation,
                self._road.head,
                locked_out=self._attention.locked_out,
                episodes=self._telling.episodes.open,
            )
        else:
            self._enabled = True
            told += self._judge(observation, step)
        return Update(state=self._state, alerts=tuple(told))

    def command(self, command: Command, t_s: float) -> tuple[Alert, ...]:
        """Obey a person; returns the episodes that this ends. Muting is not the monitor's."""
        if command is Command.ACKNOWLEDGE:
            self._acknowledgement.press(self._now)
        elif command is Command.RECALIBRATE:
            self._road.forget()
            return tuple(self._close(FROM_ANGLES))
        elif command is Command.DISABLE:
            self._last_t = max(self._last_t, t_s)
            return tuple(self._switch_off(ASKED)) if self._off.ask() else ()
        elif command is Command.ENABLE:
            self._off.withdraw()
        return ()

    def _judge(self, observation: Observation, step: Step) -> list[Alert]:
        """The one order: understand, learn, find, count, tell. What is learned counts at once."""
        now = self._situation(self._camera.update(observation, step), step)
        self._learn(now)
        findings = self._find(now, step)
        self._count(now)
        told = self._tell(findings + self._escalations(now), now)
        self._looks.update(now.sample, now.sight)
        self._state = self._driver_state(now)
        return told

    def _situation(self, observation: Observation, step: Step) -> Situation:
        head = self._road.head
        sample = self._sampler.sample(
            observation,
            step,
            head.reference,
            self._road.eyes,
            collapsed=self._telling.collapsed,
        )
        lids = self._lids.update(sample)
        return Situation(
            observation=observation,
            sample=sample,
            lids=lids,
            sight=self._sight.update(sample, lids, head.reference, confirmed=head.confirmed),
            eyes_expected=self._eyes_expected,
            refused=self._refusal.what if self._refusal.refused else "",
            swaps=self._sampler.driver.swaps(sample.t_s),
            camera_bad=self._camera.suspected,
        )

    def _learn(self, now: Situation) -> None:
        """Let the neutral pose learn; another driver, or a camera that was moved, starts anew."""
        sample, observation = now.sample, now.observation
        if self._sampler.driver.changed or (sample.face and self._absent.elapsed):
            self._road.unsettle()
            self._drowsiness.forget()
        raw = (observation.pose_cam or observation.pose) if sample.certain else None
        moved = self._knock.update(raw, observation.box, sample.dt_s, sample.interval_s)
        if moved is not None:
            self._road.shift(*moved)
        self._road.learn(sample, now.lids)

    def _find(self, now: Situation, step: Step) -> list[Finding]:
        """What the rules find, and what is found about camera, program and learning."""
        findings = self._rules.update(now)
        if self._camera.finding is not None:
            findings.append(self._camera.finding)
        if now.observation.troubles:
            findings += troubles(now.observation, step)
        if not self._road.head.confirmed:
            findings.append(calibrating(self._road.head, now.sample))
        return findings

    def _escalations(self, now: Situation) -> list[Finding]:
        """Open alerts that attention or an unheeded warning raises."""
        episodes = self._telling.episodes
        raised = by_counter(now, self._attention, episodes), self._unheeded.update(now, episodes)
        return [finding for finding in raised if finding is not None]

    def _count(self, now: Situation) -> None:
        sample = now.sample
        self._attention.update(
            Moment(
                dt_s=sample.dt_s,
                sight=now.sight,
                face=sample.face,
                certain=sample.certain,
                absent=self._absent.elapsed,
                standstill=sample.slow,
                blinking=now.is_blink(self._config.lids.blink_s),
                capped=not self._road.head.confirmed,
                acknowledge=self._acknowledgement.given(sample),
                acknowledgeable=self._acknowledgement.possible,
            )
        )

    def _tell(self, findings: list[Finding], now: Situation) -> list[Alert]:
        told = list[Alert]()
        if not self._road.head.confirmed:
            findings = [capped(finding) for finding in findings]
        if now.sample.slow and self._attention.level == 0:
            told += self._close(ENDS_AT_STANDSTILL)
        if not findings and self._telling.idle:
            return told
        calm = Calm(
            attentive=now.sight.attentive or now.is_blink(self._config.lids.blink_s),
            eyes_open=now.lids.reading is Reading.OPEN or not self._eyes_expected,
            held_open=self._attention.level == 3,
        )
        changes = self._telling.update(self._last_t, now, findings, calm, self._road.head)
        if any(a.phase is AlertPhase.END and a.kind in STORY and not a.shadow for a in changes):
            self._rules.get(RepeatedGlances).forget()
        return told + changes

    def _close(self, kinds: Collection[AlertKind]) -> list[Alert]:
        return self._telling.close(self._last_t, self._now, kinds)

    def _switch_off(self, why: str) -> list[Alert]:
        """Monitoring is off, and says so: nothing is counted, and it starts afresh afterwards."""
        if self._enabled:
            self._attention.reset()
            self._start_afresh()
        self._enabled = False
        off = Finding(
            kind=AlertKind.OFF,
            level=AlertLevel.ADVISORY,
            t_start_s=self._now,
            reason=why,
            values={},
        )
        return self._telling.off(self._last_t, off)

    def _driver_state(self, now: Situation) -> DriverState:
        return state_of(
            now,
            self._attention,
            self._road.head,
            self._telling.episodes.open,
            sampler=self._sampler,
            drowsiness=self._drowsiness,
            limits=self._limited.limits,
            camera=self._camera.condition,
            refused=self._refusal.count,
        )
