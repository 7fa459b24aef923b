"""The one table of kinds covers every kind, and all that follows from a kind asks it."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, replace
from importlib.resources import files

import pytest

from edge_pose.kinds import FACTS, AlertKind, Family, KindFacts, kinds_where, urgency
from edge_pose.monitor.episodes.stories import rank, slot
from edge_pose.sinks.signals import OpenEpisodes, signal_of
from edge_pose.testing.scenes import episode
from edge_pose.values import AlertLevel
from edge_pose.view.wording import headline


def test_every_kind_has_its_facts_and_no_fact_a_default() -> None:
    assert set(FACTS) == set(AlertKind)
    assert all(field.default is MISSING for field in fields(KindFacts))


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_can_be_said_sorted_and_signalled(kind: AlertKind) -> None:
    assert headline(kind)
    assert urgency(kind, AlertLevel.WARNING) < urgency(kind, AlertLevel.CRITICAL)
    assert (slot(kind) is None) == (rank(kind) > 0)
    assert signal_of(episode(kind)).family is FACTS[kind].family


@pytest.mark.parametrize("standing", sorted(kinds_where("condition")))
@pytest.mark.parametrize("kind", [k for k in AlertKind if not FACTS[k].condition])
def test_nothing_about_the_monitor_drowns_a_warning_to_the_driver(
    kind: AlertKind, standing: AlertKind
) -> None:
    """A fault of three outputs is critical, and may stand for months."""
    fault = episode(standing, AlertLevel.CRITICAL)
    warning = replace(episode(kind, AlertLevel.WARNING), id=fault.id + 1)
    assert urgency(fault.kind, fault.level) < urgency(warning.kind, warning.level)
    open_ = OpenEpisodes()
    for alert in (warning, fault):
        open_.alert(alert)
    assert open_.signal == signal_of(warning)


@pytest.mark.parametrize("kind", AlertKind)
def test_a_kind_sounds_like_its_family(kind: AlertKind) -> None:
    expected = {"fatigue": Family.SLEEP, "distraction": Family.DISTRACTION}
    expected |= dict.fromkeys(("camera", "monitor"), Family.SYSTEM)
    area = kind.value.split(".")[0]
    if area in expected:
        assert FACTS[kind].family is expected[area]


def test_sleep_outranks_distraction_and_a_collapse_is_of_sleep() -> None:
    def urgencies(family: Family) -> list[int]:
        return [facts.urgency for facts in FACTS.values() if facts.family is family and facts.story]

    assert min(urgencies(Family.SLEEP)) > max(urgencies(Family.DISTRACTION))
    assert all(FACTS[kind].family is Family.SLEEP for kind in kinds_where("collapse"))


def test_the_published_schema_names_every_kind() -> None:
    schema = json.loads((files("edge_pose.sinks.mqtt") / "event.schema.json").read_text())
    assert set(schema["$defs"]["AlertKind"]["enum"]) == {kind.value for kind in AlertKind}
