"""The stage of a source: a source that fails is forgotten at once and tried again."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from edge_pose.clock import SystemClock
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.errors import VehicleError
from edge_pose.live.stages import VehicleStage
from edge_pose.runtime.supervisor import Supervisor
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.vehicle.source import Word


class Scripted:
    """Tells its words one after the other; then waits, or fails."""

    name = "can"

    def __init__(self, *words: Mapping[str, Word] | Exception) -> None:
        self._words = list(words)
        self.opened = 0
        self.told = threading.Event()
        self._closed = threading.Event()

    def open(self) -> None:
        self.opened += 1

    def read(self) -> Mapping[str, Word]:
        if not self._words:
            self.told.set()
            self._closed.wait(1.0)
            return {}
        word = self._words.pop(0)
        if isinstance(word, Exception):
            raise word
        return word

    def close(self) -> None:
        self._closed.set()


class Deaf(Scripted):
    """A library that looks for an adapter and does not hear that it should stop."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()

    def open(self) -> None:
        self.told.set()
        self.release.wait(30.0)


@pytest.fixture
def car() -> VehicleInputs:
    return VehicleInputs(VehicleConfig(), SystemClock())


def test_words_reach_the_car_and_are_forgotten_at_the_end(car: VehicleInputs) -> None:
    source = Scripted({"speed_kmh": 50.0}, {}, {"gear": "D"})
    stage = VehicleStage(source, car, clock=SystemClock())
    stage.start()
    assert source.told.wait(5.0)
    assert (car.state.speed_kmh, car.state.gear) == (50.0, "D")
    stage.stop()
    assert stage.join(2.0)
    assert car.state.speed_kmh is None


def test_a_source_that_fails_is_forgotten_and_tried_again(car: VehicleInputs) -> None:
    source = Scripted({"speed_kmh": 0.0}, VehicleError("the plug fell out"))
    stage = VehicleStage(source, car, clock=SystemClock())
    supervisor = Supervisor([stage], RuntimeConfig(restart_delay_s=0.01))
    supervisor.start()
    stage.join(5.0)
    assert car.state.standstill is None
    while source.opened < 2:
        supervisor.tick()
    assert source.told.wait(5.0)
    supervisor.stop()
    assert not stage.essential


def test_a_source_deaf_to_the_stop_does_not_hold_up_the_end(car: VehicleInputs) -> None:
    source = Deaf()
    stage = VehicleStage(source, car, clock=SystemClock())
    supervisor = Supervisor([stage], RuntimeConfig(stop_s=0.2))
    supervisor.start()
    assert source.told.wait(5.0)
    supervisor.stop()
    source.release.set()
    assert stage.join(5.0)
