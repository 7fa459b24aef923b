"""Keys and rights: a box is who its certificate says, and no other; a lost one is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from deploy.fleet.services import Mosquitto, service_folder

pytestmark = pytest.mark.broker

FLEET = Path(__file__).resolve().parents[2] / "deploy" / "fleet"
NOT_AUTHORISED = 0x87


def ca(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(FLEET / "ca.sh"), *words], input=given, capture_output=True, text=True, check=False
    )


def enrol(keys: Path, folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The one command on the box, with the centre's commands at hand instead of over ssh."""
    environment = {
        **os.environ, "EDGE_POSE_ETC": str(folder), "BROKER": "127.0.0.1",
        "SIGN": f"{FLEET / 'ca.sh'} sign {keys} {name}", "ROOT": f"{FLEET / 'ca.sh'} root {keys}",
    }  # fmt: skip
    return subprocess.run(
        ["sh", str(FLEET / "enrol.sh"), "ca@centre", name],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


class Centre:
    """An authority, and a broker with the config that ships."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.keys = folder, folder / "keys"
        for words in (("init",), ("server", "127.0.0.1"), ("worker",)):
            done = ca(words[0], str(self.keys), *words[1:])
            assert done.returncode == 0, done.stderr
        text = (FLEET / "broker" / "mosquitto.conf").read_text()
        shipped = [line for line in text.splitlines() if line and not line.startswith("#")]
        shutil.copy(FLEET / "broker" / "acl", self.keys / "acl")
        lines = [
            line.replace("/etc/mosquitto/fleet", str(self.keys))
            for line in shipped
            if not line.startswith(("listener", "max_inflight", "max_queued"))
        ]
        self.broker = Mosquitto(folder, lines=lines)
        self.broker.start()

    def enrol(self, name: str) -> Path:
        etc = self.folder / name
        etc.mkdir()
        done = enrol(self.keys, etc, name)
        assert done.returncode == 0, done.stderr
        return etc

    def client(self, certificate: Path, key: Path) -> Any:
        client = Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, client_id=""
        )
        client.tls_set(str(self.keys / "ca.crt"), str(certificate), str(key))
        return client

    def of_box(self, etc: Path) -> Any:
        return self.client(etc / "fleet" / "box.crt", etc / "fleet" / "box.key")


@pytest.fixture
def centre() -> Iterator[Centre]:
    folder = service_folder()
    centre = Centre(folder)
    yield centre
    centre.broker.stop()
    shutil.rmtree(folder, ignore_errors=True)


def publish(client: Any, port: int, topic: str) -> int:
    """The broker's answer to a QoS 1 message: its reason code."""
    answered, codes = threading.Event(), list[int]()
    ready = threading.Event()
    client.on_connect = lambda *_: ready.set()
    client.on_publish = lambda _, __, ___, reason, ____: (codes.append(reason.value),
                                                          answered.set())  # fmt: skip
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(10.0)
    client.publish(topic, "{}", qos=1)
    assert answered.wait(10.0)
    client.disconnect()
    client.loop_stop()
    return codes[0]


def test_a_box_enrols_with_one_command_and_writes_only_under_its_name(centre: Centre) -> None:
    etc = centre.enrol("van-07")
    config = (etc / "config.toml").read_text()
    assert 'vehicle_id = "van-07"' in config
    assert 'confirm = "centre"' in config
    assert oct((etc / "fleet" / "box.key").stat().st_mode)[-3:] == "640"
    port = centre.broker.port
    assert publish(centre.of_box(etc), port, "edge_pose/van-07/event") in (0, 0x10)
    assert publish(centre.of_box(etc), port, "edge_pose/van-08/event") == NOT_AUTHORISED
    assert publish(centre.of_box(etc), port, "edge_pose/van-08/kept") == NOT_AUTHORISED


def test_the_config_that_enrolment_writes_is_valid(centre: Centre) -> None:
    from edge_pose.config.loader import load

    config = load(centre.enrol("van-09") / "config.toml")
    assert config.runtime.vehicle_id == "van-09"
    assert config.mqtt.tls
    assert config.mqtt.minutes


def test_a_worker_confirms_and_is_no_box(centre: Centre) -> None:
    worker = centre.client(centre.keys / "fleet-ingest.crt", centre.keys / "fleet-ingest.key")
    assert publish(worker, centre.broker.port, "edge_pose/van-1/kept") in (0, 0x10)
    worker = centre.client(centre.keys / "fleet-ingest.crt", centre.keys / "fleet-ingest.key")
    assert publish(worker, centre.broker.port, "edge_pose/van-1/event") == NOT_AUTHORISED


def test_a_lost_box_is_refused_and_its_name_can_be_given_again(centre: Centre) -> None:
    etc = centre.enrol("van-3")
    again = centre.folder / "again"
    again.mkdir()
    assert "has a certificate" in enrol(centre.keys, again, "van-3").stderr
    assert ca("revoke", str(centre.keys), "van-3").returncode == 0
    centre.broker.stop()
    centre.broker.start()
    client, refused = centre.of_box(etc), threading.Event()
    client.on_disconnect = lambda *_: refused.set()
    client.on_connect_fail = lambda *_: refused.set()
    client.connect_async("127.0.0.1", centre.broker.port)
    client.loop_start()
    assert refused.wait(10.0)
    assert not client.is_connected()
    client.disconnect()
    client.loop_stop()
    assert enrol(centre.keys, again, "van-3").returncode == 0


@pytest.mark.parametrize("name", ["fleet-ingest", "a b", "../x", "", "x/y"])
def test_a_name_that_could_be_another_is_refused(tmp_path: Path, name: str) -> None:
    assert ca("init", str(tmp_path / "keys")).returncode == 0
    assert ca("sign", str(tmp_path / "keys"), name, given="").returncode == 1


def test_an_existing_mqtt_table_is_left_alone_and_the_lines_are_shown(centre: Centre) -> None:
    etc = centre.folder / "van-5"
    etc.mkdir()
    (etc / "config.toml").write_text("[mqtt]\nenabled = false\n")
    done = enrol(centre.keys, etc, "van-5")
    assert done.returncode == 3
    assert 'confirm = "centre"' in done.stdout
    assert (etc / "config.toml").read_text() == "[mqtt]\nenabled = false\n"
