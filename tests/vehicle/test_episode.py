"""What of the car is kept with an episode."""

from __future__ import annotations

from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase, VehicleState
from edge_pose.vehicle.episode import with_vehicle

ALERT = Alert(
    id=1, kind=AlertKind.GLANCE, level=AlertLevel.WARNING, phase=AlertPhase.NEW, t_s=3.0,
    t_start_s=1.0, t_alert_s=3.0, t_end_s=None, reason="looked away", values={"yaw_deg": 40.0},
)  # fmt: skip


def test_speed_and_place_go_with_the_episode() -> None:
    vehicle = VehicleState(speed_kmh=88.0, latitude_deg=52.52, longitude_deg=13.38)
    assert with_vehicle(ALERT, vehicle).values == {
        "yaw_deg": 40.0, "speed_kmh": 88.0, "latitude_deg": 52.52, "longitude_deg": 13.38,
    }  # fmt: skip


def test_what_is_not_known_is_not_there() -> None:
    assert with_vehicle(ALERT, VehicleState()) is ALERT
