"""What the car says: sources tell words, ``VehicleInputs`` makes one ``VehicleState`` of them.

A source is anything that calls ``VehicleInputs.hear``: the broker's topics and the pins (their
sinks own the connection and the lines), and the sources of this room, each in a stage of its own.
The factory for the configured ones is ``vehicle.build.build_sources``.
"""

from __future__ import annotations
