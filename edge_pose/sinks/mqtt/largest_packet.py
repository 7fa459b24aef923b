"""How much a broker may send at once: whoever may publish to one of our topics, or sits between,
could else fill the board's memory (MQTT allows 256 MB in one packet)."""

from __future__ import annotations

from typing import Any

LARGEST_BYTES = 256 * 1024
"""Orders and the car's words take some hundred bytes, a centre's longest list some thousand."""


def wanted_size() -> Any:
    """Words of an MQTT 5 CONNECT: the broker keeps larger ones to itself (section 3.1.2.11.4)."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call,unused-ignore]
    properties.MaximumPacketSize = LARGEST_BYTES
    return properties


def bounded_client() -> Any:
    """paho's client, which hangs up on a broker that begins a larger packet all the same."""
    from paho.mqtt.client import Client

    class BoundedClient(Client):  # type: ignore[misc,unused-ignore]
        def _sock_recv(self, bufsize: int) -> bytes:
            # paho asks first for all that the packet's head announces, before it keeps any.
            if bufsize > LARGEST_BYTES:
                raise ConnectionAbortedError(f"a packet of {bufsize} bytes was announced")
            return bytes(super()._sock_recv(bufsize))

    return BoundedClient
