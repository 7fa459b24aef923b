"""Debian's mosquitto on loopback, and an observer that waits for messages instead of time."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

USER, PASSWORD = "car", "correct horse"
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])


class Message:
    """One received message."""

    def __init__(self, topic: str, payload: bytes, retained: bool) -> None:
        self.topic, self.payload, self.retained = topic, payload, retained

    @property
    def text(self) -> str:
        return self.payload.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Broker:
    """A mosquitto that the test starts, stops and starts again on the same port.

    ``durable``: it ends in peace and remembers what waits for clients that are away.
    """

    def __init__(
        self, folder: Path, *, tls: bool = False, passwords: bool = False, durable: bool = False
    ) -> None:
        self.port = _free_port()
        self.folder = folder
        self.tls = tls
        self._durable = durable
        lines = [f"listener {self.port} 127.0.0.1", "user root"]
        lines += ["persistence true", f"persistence_location {folder}/"] if durable else []
        if passwords:
            _passwords(folder / "passwords")
            lines += ["allow_anonymous false", f"password_file {folder / 'passwords'}"]
        else:
            lines += ["allow_anonymous true"]
        if tls:
            _certificates(folder)
            lines += [f"cafile {folder / 'ca.crt'}", f"certfile {folder / 'server.crt'}",
                      f"keyfile {folder / 'server.key'}"]  # fmt: skip
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto", path=_PATH)
        assert program is not None
        self._process = subprocess.Popen(
            [program, "-c", str(self.folder / "mosquitto.conf"), "-v"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "running" in line:
                break
        else:
            raise AssertionError("mosquitto did not start")
        self._sink = subprocess.Popen(["cat"], stdin=self._process.stderr,
                                      stdout=subprocess.DEVNULL)  # fmt: skip

    def stop(self, *, killed: bool = False) -> None:
        """``killed``: a durable one, too, has no time to write anything down."""
        process, self._process = self._process, None
        if process is not None:
            _end(process, signal.SIGTERM if self._durable and not killed else signal.SIGKILL)
            assert process.stderr is not None
            process.stderr.close()
            self._sink.wait(10)

    def pause(self, paused: bool) -> None:
        """A broker that is there and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if paused else signal.SIGCONT)


class Observer:
    """A second client that sees everything; ``publish`` plays Home Assistant or the car.

    ``name``: a lasting session, for which a durable broker keeps messages.
    """

    def __init__(self, broker: Broker, *topics: str, name: str = "") -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.messages: Queue[Message] = Queue()
        self._ready: Queue[str] = Queue()
        self._client: Any = Client(
            CallbackAPIVersion.VERSION2, client_id=name, clean_session=not name
        )
        self._client.username_pw_set(USER, PASSWORD)
        if broker.tls:
            self._client.tls_set(str(broker.folder / "ca.crt"))
        self._client.on_message = lambda _c, _u, m: self.messages.put(
            Message(m.topic, m.payload, m.retain)
        )
        self._client.on_subscribe = lambda *_: self._ready.put("subscribed")
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        for topic in topics or ("#",):
            self._client.subscribe(topic, qos=1)
            self._ready.get(timeout=10)

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def expect(
        self, wanted: Callable[[Message], bool], tick: Callable[[], None] = lambda: None
    ) -> Message:
        """The next message that is wanted, while the sink is ticked; others are passed over."""
        deadline = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            tick()
            try:
                message = self.messages.get(timeout=0.02)
            except Empty:
                continue
            if wanted(message):
                return message
        raise AssertionError("the message did not come")

    def expect_text(
        self, topic: str, text: str, tick: Callable[[], None] = lambda: None
    ) -> Message:
        return self.expect(lambda m: m.topic == topic and m.text == text, tick)

    def expect_topic(self, topic: str, tick: Callable[[], None] = lambda: None) -> Message:
        return self.expect(lambda m: m.topic == topic, tick)


def until(happened: Callable[[], bool], tick: Callable[[], None]) -> None:
    """Tick until something is so; paho's thread does the work meanwhile."""
    deadline = time.monotonic() + 10.0
    pause = Queue[None]()
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        tick()
        try:
            pause.get(timeout=0.02)
        except Empty:
            continue


def _end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """Again and again: mosquitto forgets a SIGTERM that comes while it starts."""
    for _ in range(20):
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            return
    process.kill()
    raise AssertionError("mosquitto does not end")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _passwords(path: Path) -> None:
    program = shutil.which("mosquitto_passwd", path=_PATH)
    assert program is not None
    command = [program, "-c", "-b", str(path), USER, PASSWORD]
    subprocess.run(command, check=True, capture_output=True)


def _certificates(folder: Path) -> None:
    """An authority, a server certificate by it for 127.0.0.1, and an authority of someone else."""
    for name in ("ca", "other"):
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt",
                 "-subj", f"/CN={name}", "-days", "2",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", folder / "server.key", "-out", folder / "server.csr",
             "-subj", "/CN=broker")  # fmt: skip
    # Python 3.13 verifies strictly: who may sign, and by whom it was signed, must be said.
    extensions = folder / "server.ext"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n"
                          "keyUsage=critical,digitalSignature\n")  # fmt: skip
    _openssl("x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.crt",
             "-CAkey", folder / "ca.key", "-CAcreateserial", "-extfile", extensions,
             "-days", "2", "-out", folder / "server.crt")  # fmt: skip


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
