"""What arriving commands mean: pure, and at ease with any bytes."""

from __future__ import annotations

from edge_pose.values import Command
from edge_pose.vehicle.payload import switch

_SWITCHES = {
    "mute": (Command.MUTE, Command.UNMUTE),
    "enable": (Command.ENABLE, Command.DISABLE),
}
_BUTTONS = {"acknowledge": Command.ACKNOWLEDGE, "recalibrate": Command.RECALIBRATE}
COMMANDS = (*_SWITCHES, *_BUTTONS)


def command(name: str, payload: bytes) -> Command | None:
    """The command that a message on ``command/<name>`` gives; None when it makes no sense."""
    if name in _BUTTONS:
        return _BUTTONS[name]
    on = switch(payload)
    if name not in _SWITCHES or on is None:
        return None
    return _SWITCHES[name][0 if on else 1]
