"""A broker that sends more than anybody needs."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.sinks.mqtt.connection import Connection
from edge_pose.sinks.mqtt.largest_packet import LARGEST_BYTES

ACCEPTED = bytes.fromhex("2003000000")
HEAD_OF_256_MB = bytes.fromhex("30ffffff7f")
MAXIMUM_PACKET_SIZE = 0x27
WAIT_S = 10.0


class Flood:
    """Takes one client in and sends it a packet that never ends, until the client hangs up."""

    def __init__(self) -> None:
        self._line = socket.create_server(("127.0.0.1", 0))
        self.port = self._line.getsockname()[1]
        self.asked = b""
        self.sent = 0
        self.refused = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        client, _ = self._line.accept()
        with client, contextlib.suppress(OSError):
            self.asked = client.recv(4096)
            client.sendall(ACCEPTED + HEAD_OF_256_MB)
            while self.sent < 2**28:
                client.sendall(bytes(65536))
                self.sent += 65536
        if self.sent < 2**28:
            self.refused.set()

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def flood() -> Flood:
    return Flood()


def test_a_packet_that_would_fill_the_memory_is_not_taken(flood: Flood) -> None:
    config = MqttConfig(enabled=True, host="127.0.0.1", port=flood.port)
    line = Connection(config, client_id="me", will_topic="w", will="off", clock=SystemClock())
    line.start([])
    try:
        assert flood.refused.wait(WAIT_S)
    finally:
        line.stop(0.1)
        flood.close()
    size = bytes([MAXIMUM_PACKET_SIZE]) + LARGEST_BYTES.to_bytes(4, "big")
    assert size in flood.asked, "an honest broker is told the limit"
