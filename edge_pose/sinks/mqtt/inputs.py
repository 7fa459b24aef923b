"""What arriving commands mean: pure, and at ease with any bytes."""

from __future__ import annotations

from edge_pose.config.monitor import PRESETS
from edge_pose.values import Command
from edge_pose.vehicle.payload import switch

_SWITCHES = {
    "mute": (Command.MUTE, Command.UNMUTE),
    "enable": (Command.ENABLE, Command.DISABLE),
}
_BUTTONS = {
    "acknowledge": Command.ACKNOWLEDGE,
    "recalibrate": Command.RECALIBRATE,
    "restart": Command.RESTART,
}
_SHOWN_BYTES = 60
PRESET = "preset"
COMMANDS = (*_SWITCHES, *_BUTTONS, PRESET)


def command(name: str, payload: bytes) -> Command | None:
    """The command that a message on ``command/<name>`` gives; None when it makes no sense. A
    button takes any payload but none: an empty message is how a retained one is cleared."""
    if name in _BUTTONS:
        return _BUTTONS[name] if payload.strip() else None
    on = switch(payload)
    if name not in _SWITCHES or on is None:
        return None
    return _SWITCHES[name][0 if on else 1]


def preset(payload: bytes) -> str | None:
    """The preset that a message on ``command/preset`` names; None for any other words."""
    name = payload.decode("utf-8", errors="replace").strip()
    return name if name in PRESETS else None


def shown(payload: bytes) -> str:
    """A payload as a log line may hold it."""
    return repr(payload[:_SHOWN_BYTES].decode("utf-8", errors="replace"))
