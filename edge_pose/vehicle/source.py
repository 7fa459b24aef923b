"""What a source of the car's words is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

Word = float | bool | str | None
"""One value; None: the car itself says that it is not available."""


class VehicleSource(Protocol):
    """Speaks one protocol. All calls come from one thread; ``close`` is idempotent and a closed
    source may be opened again."""

    name: str

    def open(self) -> None:
        """Connect; VehicleError says what to do when that fails."""
        ...

    def read(self) -> Mapping[str, Word]:
        """The words that came since the last call, by VehicleState's names; empty when none did.
        Returns within about a second; VehicleError when the connection is lost."""
        ...

    def close(self) -> None:
        """Let go."""
        ...
