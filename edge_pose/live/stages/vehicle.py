"""The stage that owns one source of the car's words."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.controls import Hearing
from edge_pose.runtime.stage import Stage
from edge_pose.vehicle.source import VehicleSource


class VehicleStage(Stage):
    """Passes on what one source says. One that fails is forgotten at once and tried again."""

    harmless = True  # some libraries take many seconds to find that no adapter answers

    def __init__(self, source: VehicleSource, car: Hearing, *, clock: Clock) -> None:
        super().__init__(source.name, clock=clock, essential=False)
        self._source = source
        self._car = car

    def setup(self) -> None:
        self._source.open()

    def step(self) -> None:
        if words := self._source.read():
            self._car.hear(self._source.name, valid_s=None, **words)

    def teardown(self) -> None:
        self._car.forget(self._source.name)
        self._source.close()

    def wake(self) -> None:
        self._source.close()
