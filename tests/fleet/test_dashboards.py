"""Dashboards, rules and compose files: made from one place, and every question has an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from messages_of_boxes import NOON, event_text, letter, minutes

from deploy.fleet.dashboards import files
from deploy.fleet.page import answer, page
from deploy.fleet.panels import PANELS, RULES, Panel
from edge_pose.fleet.database import FleetDatabase
from edge_pose.fleet.settings import load_fleet_config

FLEET = Path(__file__).resolve().parents[2] / "deploy" / "fleet"
START = datetime.fromtimestamp(NOON, UTC)
END = START + timedelta(hours=2)


@pytest.fixture
def filled(database: FleetDatabase) -> FleetDatabase:
    database.write(
        [
            letter("edge_pose/van-1/event", event_text(utc="2026-11-27T12:30:00Z")),
            letter("edge_pose/van-1/event", event_text(seq=8, utc="2026-11-27T12:31:00Z")),
            letter("edge_pose/van-1/minutes", minutes(count=90)),
            letter("edge_pose/van-2/availability", "online"),
            letter("edge_pose/van-1/event", b"?"),
        ]
    )
    return database


def test_the_committed_files_are_those_that_the_panels_make() -> None:
    """After a change: make fleet-dashboards"""
    for path, text in files().items():
        assert path.read_text(encoding="utf-8") == text, path


@pytest.mark.postgres
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_panel_has_an_answer(filled: FleetDatabase, panel: Panel) -> None:
    names, rows = answer(filled.connection, panel, START, END)
    assert rows
    if panel.kind == "lines":
        assert names == ["time", "metric", "value"]
        assert all(START - timedelta(hours=1) <= time < END for time, _, _ in rows)


@pytest.mark.postgres
def test_the_numbers_are_those_of_the_rows(filled: FleetDatabase) -> None:
    by_title = {panel.title: answer(filled.connection, panel, START, END)[1] for panel in PANELS}
    assert by_title["Alerts an hour by kind"] == [
        (datetime(2026, 11, 27, 12, tzinfo=UTC), "fatigue.microsleep", 1.0)
    ]
    shares = {round(value, 3) for _, _, value in by_title["Share of sight off the road"]}
    assert shares == {0.05}
    assert ("van-1", "unknown") in [row[:2] for row in by_title["Vehicles"]]
    assert ("van-2", "online") in [row[:2] for row in by_title["Vehicles"]]


@pytest.mark.postgres
def test_every_rule_asks_for_one_number(filled: FleetDatabase) -> None:
    for rule in RULES:
        ((value,),) = filled.connection.execute(rule.sql).fetchall()
        assert isinstance(value, float)


@pytest.mark.postgres
def test_a_critical_alert_fires_its_rule(filled: FleetDatabase) -> None:
    (rule,) = [rule for rule in RULES if rule.uid == "ep-critical"]
    ask = lambda: filled.connection.execute(rule.sql).fetchone()[0]  # noqa: E731
    assert ask() <= rule.above
    filled.write([letter("edge_pose/van-1/event", event_text(seq=20, level=3))])
    assert ask() > rule.above


@pytest.mark.postgres
def test_the_page_shows_every_panel_and_escapes_what_boxes_say(filled: FleetDatabase) -> None:
    evil = event_text(seq=30, kind="<script>alert(1)</script>", utc="2026-11-27T12:40:00Z")
    filled.write([letter("edge_pose/van-1/event", evil)])
    html = page(filled.connection, START, END)
    assert all(panel.title in html for panel in PANELS)
    assert "<script>" not in html


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((FLEET / "compose.yaml").read_text()))


def test_the_compose_file_names_versions_and_files_that_exist() -> None:
    made_on_site = ("./keys/", "./secrets/")
    for name, service in compose()["services"].items():
        assert "build" in service or ":" in service["image"], name
        assert not service.get("image", "").endswith(":latest"), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and not source.startswith(made_on_site):
                assert (FLEET / source).exists(), source


def test_the_workers_of_the_compose_file_have_names_of_their_own() -> None:
    commands = [
        tuple(service["command"])
        for name, service in compose()["services"].items()
        if name.startswith("ingest")
    ]
    assert len(set(commands)) == len(commands) >= 2


def test_the_workers_config_is_valid() -> None:
    assert load_fleet_config(FLEET / "fleet.toml").broker.port == 8883


def test_both_brokers_have_the_same_rules() -> None:
    """Each topic of mosquitto's list stands in EMQX's, with its own word for the name."""
    emqx = (FLEET / "broker" / "acl.conf").read_text()
    for line in (FLEET / "broker" / "acl").read_text().splitlines():
        if line.startswith(("pattern", "topic")):
            assert line.split()[2].replace("%u", "${username}") in emqx


def test_grafanas_yaml_is_yaml() -> None:
    for path in (FLEET / "grafana" / "provisioning").rglob("*.yaml"):
        assert yaml.safe_load(path.read_text())["apiVersion"] == 1
    assert json.loads((FLEET / "grafana/dashboards/fleet.json").read_text())["panels"]
