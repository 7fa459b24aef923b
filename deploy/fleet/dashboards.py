"""Grafana's files, made from ``panels``: ``python -m deploy.fleet.dashboards`` writes them anew."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from deploy.fleet.panels import PANELS, RULES, Panel, Rule

FOLDER = Path(__file__).parent / "grafana"
_SOURCE = {"type": "grafana-postgresql-datasource", "uid": "edge-pose-fleet"}
_TYPES = {"lines": "timeseries", "table": "table", "bars": "barchart"}


def files() -> dict[Path, str]:
    """Path → text."""
    return {
        FOLDER / "dashboards" / "fleet.json": _text(dashboard()),
        FOLDER / "provisioning" / "alerting" / "rules.json": _text(alerting()),
    }


def dashboard() -> dict[str, Any]:
    return {
        "uid": "edge-pose-fleet",
        "title": "edge_pose fleet",
        "schemaVersion": 39,
        "timezone": "utc",
        "time": {"from": "now-24h", "to": "now"},
        "refresh": "1m",
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }


def alerting() -> dict[str, Any]:
    return {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": 1,
                "name": "edge_pose",
                "folder": "edge_pose",
                "interval": "1m",
                "rules": [_rule(rule) for rule in RULES],
            }
        ],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    sql = panel.sql.replace("$from", "$__timeFrom()").replace("$to", "$__timeTo()")
    return {
        "id": number + 1,
        "title": panel.title,
        "type": _TYPES[panel.kind],
        "datasource": _SOURCE,
        "gridPos": {"h": 9, "w": 12, "x": 12 * (number % 2), "y": 9 * (number // 2)},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {
                "refId": "A",
                "datasource": _SOURCE,
                "format": "time_series" if panel.kind == "lines" else "table",
                "rawQuery": True,
                "rawSql": textwrap.dedent(sql).strip(),
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    above = {"type": "gt", "params": [rule.above]}
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "B",
        "for": "0s",
        "noDataState": "OK",
        "execErrState": "Alerting",
        "annotations": {"summary": rule.text},
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": _SOURCE["uid"],
                "model": {"refId": "A", "format": "table", "rawQuery": True, "rawSql": rule.sql},
            },
            {
                "refId": "B",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": "__expr__",
                "model": {
                    "refId": "B",
                    "type": "threshold",
                    "expression": "A",
                    "conditions": [{"evaluator": above}],
                },
            },
        ],
    }


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
