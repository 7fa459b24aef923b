"""What machines ask the running program: alive, ready, metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from edge_pose import __version__
from edge_pose.clock import Clock
from edge_pose.live import metrics as measures
from edge_pose.live.alert_tally import AlertTally
from edge_pose.live.health import HealthMeter
from edge_pose.live.stages import InferenceStage, SinkStage
from edge_pose.runtime.meters import Quantiles
from edge_pose.runtime.stage import Stage
from edge_pose.view.feed import SceneFeed


class HealthEndpoints:
    """Answers from the stages, the health meter and the newest scene, when asked."""

    def __init__(
        self,
        stages: Sequence[Stage],
        feed: SceneFeed,
        *,
        tally: AlertTally,
        health_meter: HealthMeter,
        clock: Clock,
        stall_s: float,
        ailing: Callable[[], Mapping[str, tuple[str, float]]] = dict,
    ) -> None:
        self._stages, self._feed, self._vitals = stages, feed, health_meter
        self._tally = tally
        self._clock, self._stall_s, self._ailing = clock, stall_s, ailing
        self._started_s = clock.now()

    def healthy(self) -> tuple[int, str]:
        """Status and text of /healthz."""
        verdict = measures.healthy(self._snapshot(), stall_s=self._stall_s)
        return verdict.status, verdict.text

    def ready(self) -> tuple[int, str]:
        """Status and text of /readyz."""
        verdict = measures.ready(self._snapshot(), stall_s=self._stall_s)
        return verdict.status, verdict.text

    def metrics(self) -> str:
        """Prometheus text of /metrics."""
        return measures.render(self._snapshot())

    def _snapshot(self) -> measures.Snapshot:
        _, scene = self._feed.latest
        return measures.Snapshot(
            health=self._vitals.health,
            state=scene.state if scene else None,
            stages={stage.name: self._meter(stage) for stage in self._stages},
            alerts=self._tally.counts,
            frame_age=_distribution(self._vitals.age_ms),
            links={
                stage.name: stage.link
                for stage in self._stages
                if isinstance(stage, SinkStage) and stage.link is not None
            },
            uptime_s=self._clock.now() - self._started_s,
            version=__version__,
        )

    def _meter(self, stage: Stage) -> measures.StageMeter:
        step = self._vitals.step_ms if isinstance(stage, InferenceStage) else None
        return measures.StageMeter(
            alive=stage.alive or stage.finished,
            idle_s=0.0 if stage.finished else self._clock.now() - stage.progress_s,
            restarts=max(0, stage.starts - 1),
            latency=_distribution(step) if step else None,
            dropped=self._vitals.health.dropped if step else None,
            essential=stage.essential,
            ailment=self._ailing().get(stage.name, ("", 0.0))[0],
        )


def _distribution(meter: Quantiles) -> measures.Distribution:
    return measures.Distribution(
        p50_ms=meter.p50, p95_ms=meter.p95, sum_ms=meter.total, count=meter.count
    )
