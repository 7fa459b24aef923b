"""The parts of the monitor that drives alone do not show: camera, faces, intake, presets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from edge_pose.config.loader import load
from edge_pose.config.monitor import DriverConfig, IntakeConfig, MonitorConfig, PoseFilterConfig
from edge_pose.monitor.intake.driver_face import DriverFace
from edge_pose.monitor.intake.order import Intake
from edge_pose.monitor.smoothing import OneEuro
from edge_pose.testing.drive import attentive, distracted, drive, hidden, watch
from edge_pose.values import AlertKind, Box, ImageQuality

A = attentive()
CLEAR = ImageQuality(brightness=110.0, contrast=45.0, change=2.0)


def box(x: float, y: float = 100.0, side: float = 100.0) -> Box:
    return Box(x1=x, y1=y, x2=x + side, y2=y + side)


@pytest.mark.parametrize(
    ("image", "kind", "word"),
    [
        (ImageQuality(brightness=4.0, contrast=3.0, change=0.5), AlertKind.BLOCKED, "dark"),
        (ImageQuality(brightness=252.0, contrast=9.0, change=0.5), AlertKind.BLOCKED, "blinded"),
        (ImageQuality(brightness=90.0, contrast=2.0, change=0.5), AlertKind.BLOCKED, "covered"),
        (ImageQuality(brightness=110.0, contrast=45.0, change=0.0), AlertKind.FROZEN, "frozen"),
        (None, AlertKind.LOST, "no picture"),
    ],
)
def test_a_blocked_or_lost_camera_is_told_within_five_seconds_and_once(
    image: ImageQuality | None, kind: AlertKind, word: str
) -> None:
    good = [replace(o, image=CLEAR) for o in drive([(10, A)], hz=10)]
    blind = drive([(40, hidden())], hz=10, start_s=10.1)
    bad = [replace(o, image=image, camera_lost=image is None) for o in blind]
    after = [replace(o, image=CLEAR) for o in drive([(10, A)], hz=10, start_s=50.2)]
    record = watch([*good, *bad, *after])
    (blocked,) = record.of(kind)
    assert blocked.t_alert_s <= 15.0
    assert word in blocked.reason
    assert blocked.t_end_s is not None
    assert not record.of(AlertKind.ABSENT)
    assert record.level(49) == 3


def test_a_dark_moment_is_nothing() -> None:
    dark = ImageQuality(brightness=4.0, contrast=3.0, change=0.5)
    tunnel = [replace(o, image=dark) for o in drive([(3, A)], hz=10)]
    assert not watch(tunnel).episodes


def test_the_drivers_face_moves_freely_but_does_not_jump() -> None:
    face = DriverFace(DriverConfig())
    assert all(face.update(box(100.0 + 3.0 * step), 0.1) for step in range(60))
    assert not face.update(box(560.0), 0.1)
    assert not face.update(box(277.0, side=250.0), 0.1)
    assert face.update(box(270.0), 0.1)


def test_another_persons_face_does_not_stand_in_for_the_drivers() -> None:
    seated = [replace(o, box=box(100.0)) for o in drive([(10, A)], hz=10)]
    passenger = [replace(o, box=box(420.0, side=60.0)) for o in drive([(15, A)], hz=10)]
    shifted = [replace(o, t_s=o.t_s + 10.1) for o in passenger]
    record = watch([*seated, *shifted])
    (absent,) = record.episodes
    assert absent.kind is AlertKind.ABSENT
    assert absent.t_alert_s <= 20.2


def test_in_the_end_another_face_is_another_driver() -> None:
    face = DriverFace(DriverConfig())
    face.update(box(100.0), 0.0)
    seen = [face.update(box(500.0), 0.1) for _ in range(201)]
    assert not any(seen[:-2])
    assert seen[-1]


def test_intake_keeps_order_and_cuts_holes() -> None:
    intake = Intake(IntakeConfig())
    steps = [intake.accept(t) for t in (5.0, 5.1, 5.1, 4.9, 5.2, 65.2, 65.3)]
    assert [step and pytest.approx(step.dt_s) for step in steps] == [
        0.0, 0.1, None, None, 0.1, 0.0, 0.1
    ]  # fmt: skip
    clocks = [step.t_s for step in steps if step]
    assert clocks == sorted(clocks)


def test_intake_believes_a_jump_back_only_when_others_agree() -> None:
    intake = Intake(IntakeConfig())
    for t in (100.0, 100.1):
        intake.accept(t)
    assert intake.accept(7.0) is None
    assert intake.accept(100.2) is not None
    assert [intake.accept(t) is None for t in (7.1, 7.2)] == [True, True]
    step = intake.accept(7.3)
    assert step is not None
    assert step.restarted
    assert step.t_s == pytest.approx(100.2)


def test_smoothing_calms_a_still_head_and_follows_a_turn() -> None:
    calm = OneEuro(PoseFilterConfig())
    values = [calm.update((3.0 if step % 2 else -3.0,), 1 / 30)[0] for step in range(60)]
    assert max(abs(value) for value in values[20:]) < 2.0
    turn = OneEuro(PoseFilterConfig())
    for _ in range(30):
        turn.update((0.0, -9.0), 1 / 30)
    turned, still = [turn.update((45.0, -9.0), 1 / 30) for _ in range(3)][-1]
    assert turned > 38.0
    assert still == -9.0


def test_presets_are_defaults_under_what_is_set() -> None:
    gentle = load(None, ["monitor.preset=gentle", "monitor.glances.down_s=4.5"]).monitor
    assert gentle.glances.long_s == 4.0
    assert gentle.glances.down_s == 4.5
    assert MonitorConfig().glances.long_s == 3.0
    with pytest.raises(ValidationError, match="preset"):
        MonitorConfig.model_validate({"preset": "loud"})


@pytest.mark.parametrize(("preset", "due"), [("euro-ncap", 3.0), ("eu-gsr", 3.5), ("gentle", 4.0)])
def test_each_preset_tells_a_long_glance_at_its_time(preset: str, due: float) -> None:
    config = MonitorConfig.model_validate({"preset": preset})
    record = watch(drive([(10, A), (5, distracted()), (5, A)]), config=config)
    assert record.told(AlertKind.GLANCE) == (pytest.approx(10.0 + due, abs=0.1),)


def test_contradicting_times_are_refused() -> None:
    with pytest.raises(ValidationError, match="advisory_s < warning_s"):
        MonitorConfig.model_validate({"attention": {"advisory_s": 7.0}})


def test_every_threshold_has_a_unit_or_range_and_a_source() -> None:
    for name, part in MonitorConfig.model_fields.items():
        section = part.annotation
        for key, field in getattr(section, "model_fields", {}).items():
            extra = field.json_schema_extra
            assert isinstance(extra, dict), (name, key)
            assert extra["source"], (name, key)
            assert field.metadata or field.annotation is not float, (name, key)
            assert field.description, (name, key)
