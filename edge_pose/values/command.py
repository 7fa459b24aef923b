"""What a person can ask of the monitor while it runs."""

from __future__ import annotations

from enum import StrEnum


class Command(StrEnum):
    """What a person can ask of the monitor while it runs."""

    ACKNOWLEDGE = "acknowledge"
    MUTE = "mute"
    UNMUTE = "unmute"
    RECALIBRATE = "recalibrate"
    ENABLE = "enable"
    DISABLE = "disable"
    RESTART = "restart"
    """Not the monitor's: every part of the program is made anew, with the config read again."""
