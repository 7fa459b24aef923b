"""Which device this is: a name of its own that stays, its board, an address that others reach."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
from pathlib import Path

_APPLICATION = b"edge_pose vehicle id"
_MACHINE_ID = "/etc/machine-id"
_BOARD_SERIAL = "/proc/device-tree/serial-number"
_BOARD_MODEL = "/proc/device-tree/model"
_NOWHERE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): no packet is sent for a UDP "connect"


def device_id(root: Path = Path("/")) -> str:
    """Eight hex digits of this device. A keyed hash, because machine-id(5) is not to be shown;
    with the board's serial number, because cards are cloned."""
    told = _text(root, _MACHINE_ID) + _text(root, _BOARD_SERIAL) or socket.gethostname()
    return hmac.new(_APPLICATION, told.encode(), hashlib.sha256).hexdigest()[:8]


def default_vehicle_id(root: Path = Path("/")) -> str:
    """A name for topics and records that no other device has: host name and device."""
    host = re.sub(r"[^A-Za-z0-9_-]+", "-", socket.gethostname().split(".")[0]).strip("-")
    return f"{host[:32] or 'car'}-{device_id(root)}"


def board_model(root: Path = Path("/")) -> str:
    """The board's own name; empty where it has none (a PC)."""
    return _text(root, _BOARD_MODEL)


def network_address() -> str:
    """This machine's address in the network it uses by default; loopback without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        try:
            caller.connect(_NOWHERE)
            return str(caller.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _text(root: Path, absolute: str) -> str:
    try:
        text = (root / absolute.lstrip("/")).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.strip("\0\n ")
