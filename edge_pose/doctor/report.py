"""All checks in their order, and the two forms of their report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from edge_pose import __version__
from edge_pose.config.root import Config
from edge_pose.doctor.board import (
    check_clock,
    check_disk,
    check_heat,
    check_memory,
    check_service,
    check_throttling,
    check_user,
)
from edge_pose.doctor.devices import check_access, check_cameras, check_lens
from edge_pose.doctor.finding import Check, Finding, Status, fail
from edge_pose.doctor.inference import check_inference, check_models
from edge_pose.doctor.machine import Machine
from edge_pose.doctor.outputs import check_broker, check_pin_library, check_sound
from edge_pose.doctor.software import check_opencv, check_picamera2, check_python, check_runtime
from edge_pose.doctor.vehicle import check_vehicle

CHECKS: tuple[Check, ...] = (
    check_python,
    check_runtime,
    check_opencv,
    check_picamera2,
    check_models,
    check_inference,
    check_cameras,
    check_lens,
    check_access,
    check_pin_library,
    check_broker,
    check_vehicle,
    check_sound,
    check_user,
    check_disk,
    check_memory,
    check_heat,
    check_throttling,
    check_clock,
    check_service,
)


def examine(machine: Machine, config: Config) -> Iterator[Finding]:
    """Every finding, as it is made. A check that breaks is a finding too."""
    for check in CHECKS:
        try:
            yield from check(machine, config)
        except Exception as error:
            name = check.__name__.removeprefix("check_")
            yield fail(name, f"the check broke: {error}", "report this with doctor --bundle")


def healthy(findings: Sequence[Finding]) -> bool:
    """True when nothing keeps the program from running."""
    return all(finding.status is not Status.FAIL for finding in findings)


def line(finding: Finding) -> str:
    """For people: one line, and the fix below it where there is something to do."""
    text = f"{finding.status:<4}  {finding.check:<12} {finding.text}"
    return f"{text}\n{'':20}→ {finding.fix}" if finding.fix else text


def as_json(findings: Sequence[Finding]) -> str:
    """For programs."""
    report = {
        "version": __version__,
        "ok": healthy(findings),
        "findings": [
            {"check": f.check, "status": str(f.status), "text": f.text, "fix": f.fix}
            for f in findings
        ],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)
