"""A new release is kept once it has proved itself; in every other case the old one runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_pose.errors import EdgePoseError
from edge_pose.testing.clock import FakeClock
from edge_pose.update.board import ServiceState
from edge_pose.update.parcel import Parcel
from edge_pose.update.trial import UpdateRefused, update

PARCEL = Parcel(Path("/payload"), Path("/edge-pose.deb"))


class FakeBoard:
    """A board whose new release does as it is told; ``did`` records every step."""

    def __init__(self, clock: FakeClock, *, ready: bool = True, lives_s: float = 1e9) -> None:
        self._clock = clock
        self._ready = ready
        self._ends_s = clock.now() + lives_s
        self.restarts_itself = self.blind = self.stopped = False
        self.running = "old"
        self.did: list[str] = []

    def build(self, payload: Path) -> str:
        self.did.append(f"build {payload}")
        return "new"

    def put_on_trial(self, name: str) -> None:
        self.did.append(f"try {name}")
        self.running = name

    def keep(self) -> None:
        self.did.append("keep")

    def back(self) -> None:
        self.did.append("back")
        self.running = "old"

    def restart(self) -> bool:
        self.did.append(f"restart {self.running}")
        return self._ready or self.running == "old"

    def service(self) -> ServiceState:
        ended = self._clock.now() >= self._ends_s
        sees = self.running == "old" or not self.blind
        return ServiceState(
            not ended or self.restarts_itself, 8 if ended else 7, sees, self.stopped
        )

    def register(self, package: Path | None) -> None:
        self.did.append(f"register {package}")


def test_a_release_that_stays_healthy_is_kept_and_recorded() -> None:
    clock = FakeClock()
    board = FakeBoard(clock)
    began_s = clock.now()
    assert update(board, PARCEL, clock, healthy_s=60.0, say=lambda _: None) == "new"
    assert clock.now() - began_s >= 60.0
    assert board.did == [
        "build /payload", "try new", "restart new", "keep", "register /edge-pose.deb",
    ]  # fmt: skip


def test_a_service_that_somebody_stopped_is_not_started_for_a_trial() -> None:
    """Its camera may serve the desktop's view, beside which no release would see anything."""
    board = FakeBoard(FakeClock())
    board.stopped = True
    with pytest.raises(UpdateRefused, match="systemctl start edge-pose"):
        update(board, PARCEL, FakeClock(), healthy_s=60.0, say=lambda _: None)
    assert board.did == []


@pytest.mark.parametrize(
    ("ready", "lives_s", "restarts", "reason"),
    [
        (False, 1e9, False, "did not become ready"),
        (True, 59.0, False, "ended within its trial"),
        (True, 30.0, True, "ended within its trial"),
    ],
)
def test_a_release_that_fails_gives_way_to_the_old_one(
    ready: bool, lives_s: float, restarts: bool, reason: str
) -> None:
    clock = FakeClock()
    board = FakeBoard(clock, ready=ready, lives_s=lives_s)
    board.restarts_itself = restarts
    with pytest.raises(UpdateRefused, match=reason):
        update(board, PARCEL, clock, healthy_s=60.0, say=lambda _: None)
    assert board.did[-2:] == ["back", "restart old"]
    assert not any(step.startswith(("keep", "register")) for step in board.did)


def test_a_release_that_finds_no_camera_gives_way_to_one_that_did() -> None:
    clock = FakeClock()
    board = FakeBoard(clock)
    board.blind = True
    with pytest.raises(UpdateRefused, match="finds no camera"):
        update(board, PARCEL, clock, healthy_s=60.0, say=lambda _: None)
    assert board.did[-2:] == ["back", "restart old"]


def test_a_release_that_cannot_be_set_up_touches_nothing() -> None:
    class FullDisk(FakeBoard):
        def build(self, payload: Path) -> str:
            raise EdgePoseError(f"{payload}: no room")

    clock = FakeClock()
    board = FullDisk(clock)
    with pytest.raises(EdgePoseError, match="no room"):
        update(board, PARCEL, clock, healthy_s=60.0, say=lambda _: None)
    assert board.did == []
