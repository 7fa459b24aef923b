"""When a length of time counts as reached."""

from __future__ import annotations

from typing import Final

STAMP_S: Final = 2e-3
"""Times printed with three decimals add up to a little less."""
SUM_S: Final = 1e-6
"""Sums of time steps miss a limit by so little."""
BELIEVED_S: Final = 0.2
"""UN R171: a shorter return to the road is none; one misread sample is shorter."""
