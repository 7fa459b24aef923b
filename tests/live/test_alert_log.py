"""Alerts in the log: a sleeping driver leaves a line that nobody can miss."""

from __future__ import annotations

import io
from dataclasses import replace

from sink_examples import an_alert

from edge_pose.live.alert_log import AlertLog
from edge_pose.runtime import journal
from edge_pose.values import AlertKind, AlertLevel, AlertPhase


def told(*alerts: object) -> list[str]:
    """What the journal gets: <priority>text."""
    stream = io.StringIO()
    journal.configure(stream=stream, environ={"JOURNAL_STREAM": "1:2"})
    for alert in alerts:
        AlertLog().alert(alert)  # type: ignore[arg-type]
    return stream.getvalue().splitlines()


def test_the_priority_follows_the_level() -> None:
    levels = [an_alert(1, level=level) for level in AlertLevel]
    assert [line[:3] for line in told(*levels)] == ["<6>", "<4>", "<2>"]
    asleep = an_alert(1, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL, reason="eyes closed")
    assert told(asleep) == ["<2>ALERT critical fatigue.sleep: eyes closed"]


def test_an_end_says_how_long_it_lasted_and_a_trial_nothing() -> None:
    [line] = told(an_alert(1, phase=AlertPhase.END))
    assert line.startswith("<6>ended after 3.2 s")
    assert told(replace(an_alert(1), shadow=True)) == []
    [learning] = told(an_alert(1, kind=AlertKind.CALIBRATING, level=AlertLevel.ADVISORY))
    assert learning.startswith("<6>ALERT advisory monitor.calibrating")
