"""One drive under each of several settings: what was told, found and missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_pose.config.loader import load
from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.offline.tune.drives import Label, observations
from edge_pose.values import Alert, AlertKind, Observation

LATE_S = 1.0
"""An alert so soon after a label's end, or before its start, still belongs to it."""
_UNCOUNTED = frozenset({AlertKind.CALIBRATING, AlertKind.OFF})

Settings = tuple[str, ...]
"""``key=value`` words, as ``--set`` takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One drive, to be judged under every one of these settings."""

    drive: Path
    config: Path | None
    base: Settings
    settings: tuple[Settings, ...]
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one setting made of one drive, or of all of them together."""

    seconds: float
    told: Counter[str]
    """Episodes by kind, whatever the labels say."""
    false: Counter[str]
    """Those that no label explains."""
    labelled: Counter[str]
    found: Counter[str]

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            seconds=self.seconds + other.seconds,
            told=self.told + other.told,
            false=self.false + other.false,
            labelled=self.labelled + other.labelled,
            found=self.found + other.found,
        )


NOTHING = Outcome(
    seconds=0.0, told=Counter(), false=Counter(), labelled=Counter(), found=Counter()
)  # fmt: skip


def judge(job: Job) -> list[Outcome]:
    """An outcome for each setting. Runs in a process of its own, on this machine or another."""
    base = load(job.config, job.base)
    seen = observations(job.drive, base)
    return [
        outcome(seen, load(job.config, (*job.base, *words)).monitor, job.labels)
        for words in job.settings
    ]


def outcome(seen: Sequence[Observation], config: MonitorConfig, labels: Sequence[Label]) -> Outcome:
    """One drive under one setting."""
    episodes = _episodes(seen, config)
    seconds = seen[-1].t_s - seen[0].t_s if seen else 0.0
    found = [label for label in labels if any(_tells(alert, label) for alert in episodes)]
    false = [a for a in episodes if not any(_explains(label, a) for label in labels)]
    return Outcome(
        seconds=seconds,
        told=Counter(str(alert.kind) for alert in episodes),
        false=Counter(str(alert.kind) for alert in false),
        labelled=Counter(str(label.kind) for label in labels),
        found=Counter(str(label.kind) for label in found),
    )


def _episodes(seen: Sequence[Observation], config: MonitorConfig) -> list[Alert]:
    """The last word on each episode."""
    monitor, last = Monitor(config), dict[int, Alert]()
    for observation in seen:
        for alert in monitor.update(observation).alerts:
            last[alert.id] = alert
    return [alert for alert in last.values() if alert.kind not in _UNCOUNTED]


def _tells(alert: Alert, label: Label) -> bool:
    """The episode reached the label's kind while it lasted."""
    when = [step.t_s for step in alert.steps if step.kind is label.kind]
    return any(label.t_start_s <= t_s <= label.t_end_s + LATE_S for t_s in when)


def _explains(label: Label, alert: Alert) -> bool:
    end_s = label.t_end_s + LATE_S
    return label.t_start_s - LATE_S <= alert.t_alert_s <= end_s
