"""Slow proofs with the real Home Assistant Core and Debian's mosquitto: make test-homeassistant."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from broker_rig import Broker, Observer
from car_rig import Car
from home import Home, until

from edge_pose.sinks.mqtt import Device
from edge_pose.sinks.mqtt.discovery import Abilities, discovery, discovery_topic
from edge_pose.sinks.mqtt.topics import Topics

pytestmark = pytest.mark.homeassistant

NAME = "driver_monitor_testcar"
ALERTS = f"event.{NAME}_alerts"


def told(home: Home, since: datetime) -> list[tuple[str, bool]]:
    """(reason, late) of every alert that its history holds, in order."""
    states = home.history(ALERTS, since)
    events = [s["attributes"] for s in states if "seq" in s["attributes"]]
    distinct = [a for i, a in enumerate(events) if i == 0 or a["seq"] != events[i - 1]["seq"]]
    return [(a["reason"], a["late"]) for a in distinct if a["utc"] >= since.isoformat()[:19]]


def numbers(home: Home, since: datetime) -> list[int]:
    return [int(reason.rsplit(" ", 1)[1]) for reason, _ in told(home, since)]


def ready(home: Home, car: Car, number: int) -> None:
    """An alert gets through."""
    car.alert(number, phase="new")
    until(lambda: home.state(ALERTS)["attributes"].get("reason") == f"alert number {number}")
    car.alert(number, phase="end")


@pytest.mark.usefixtures("car")
def test_the_device_page_shows_what_there_is(home: Home) -> None:
    until(lambda: home.state(f"sensor.{NAME}_attention")["state"] == "97")
    states = {name: s["state"] for name, s in home.entities().items() if NAME in name}
    assert states[f"sensor.{NAME}_alert_level"] == "none"
    assert states[f"sensor.{NAME}_board_temperature"] == "50.0"
    assert states[f"binary_sensor.{NAME}_camera_sees_nothing"] == "off"
    assert f"binary_sensor.{NAME}_board_throttled" not in states, "this board cannot tell"
    assert f"button.{NAME}_recalibrate" in states
    assert home.state(f"sensor.{NAME}_alert")["attributes"]["options"][0] == "none"
    assert "mqtt" not in "\n".join(
        line for line in home.log().splitlines() if "WARNING" in line or "ERROR" in line
    )


def test_a_rise_to_critical_is_an_event_of_its_own(home: Home, car: Car) -> None:
    since = datetime.now(UTC)
    ready(home, car, 1)
    car.alert(2, "fatigue.microsleep", "warning", "new")
    car.alert(2, "fatigue.sleep", "critical", "update")
    until(lambda: home.state(ALERTS)["attributes"].get("kind") == "fatigue.sleep")
    attributes = home.state(ALERTS)["attributes"]
    assert attributes["event_type"] == "fatigue.sleep"
    assert (attributes["level"], attributes["phase"]) == ("critical", "update")
    assert attributes["late"] is False
    assert set(attributes) >= {"utc", "seq", "episode", "steps"}
    car.alert(2, "fatigue.sleep", "critical", "end")
    until(lambda: numbers(home, since) == [1, 2, 2])


def writes(field: str, value: str) -> list[dict[str, object]]:
    """What an automation does, for all to see."""
    target = {"entity_id": f"input_text.{field}"}
    return [{"action": "input_text.set_value", "target": target, "data": {"value": value}}]


def by_blueprint() -> dict[str, object]:
    told = {
        "alerts": ALERTS,
        "levels": ["critical"],
        "actions": writes("noticed", "{{ kind }} {{ reason }}"),
    }
    used = {"path": "edge_pose/alert_notification.yaml", "input": told}
    return {"id": "blueprint", "alias": "By blueprint", "use_blueprint": used}


def by_trigger(device: str) -> dict[str, object]:
    warning = {
        "trigger": "device",
        "domain": "mqtt",
        "device_id": device,
        "type": "alert",
        "subtype": "warning",
    }
    does = writes("triggered", "warned")
    return {"id": "trigger", "alias": "By trigger", "triggers": [warning], "actions": does}


def test_blueprint_and_device_trigger_act_on_what_happens_now(home: Home, car: Car) -> None:
    home.automate([by_blueprint(), by_trigger(home.device_of(f"sensor.{NAME}_alert"))])
    ready(home, car, 1)
    until(lambda: home.state("input_text.triggered")["state"] == "warned")
    assert home.state("input_text.noticed")["state"] in ("", "unknown")
    car.alert(5, "fatigue.sleep", "critical")
    until(lambda: home.state("input_text.noticed")["state"] == "fatigue.sleep alert number 5")
    car.kill()
    until(lambda: home.state(ALERTS)["state"] == "unavailable")
    home.call("input_text.set_value", entity_id="input_text.noticed", value="quiet")
    car.start()
    until(lambda: home.state(ALERTS)["state"] != "unavailable")
    time.sleep(15.0)
    assert home.state("input_text.noticed")["state"] == "quiet", "a return is no alert"
    home.automate([])


def test_a_broker_dead_for_a_minute_loses_nothing(home: Home, broker: Broker, car: Car) -> None:
    since = datetime.now(UTC)
    ready(home, car, 1)
    broker.stop(killed=True)
    for number in range(10, 16):
        car.alert(number)
        time.sleep(1.0)
    time.sleep(54.0)
    broker.start()
    until(lambda: len(numbers(home, since)) >= 7, 90.0)
    car.alert(20)
    until(lambda: numbers(home, since)[-1] == 20)
    assert numbers(home, since) == [1, *range(10, 16), 20]
    assert [late for _, late in told(home, since)] == [False, *[True] * 6, False]


def test_home_assistant_restarted_gets_what_it_missed(home: Home, car: Car) -> None:
    since = datetime.now(UTC)
    ready(home, car, 1)
    home.stop()
    for number in range(10, 14):
        car.alert(number)
    time.sleep(16.0)
    home.start()
    until(lambda: len(numbers(home, since)) >= 5, 90.0)
    car.alert(20)
    until(lambda: numbers(home, since)[-1] == 20)
    assert numbers(home, since) == [1, *range(10, 14), 20]
    assert [late for _, late in told(home, since)] == [False, *[True] * 4, False]


def test_both_down_and_the_car_goes_on(home: Home, broker: Broker, car: Car) -> None:
    since = datetime.now(UTC)
    ready(home, car, 1)
    home.stop()
    broker.stop()
    for number in range(10, 14):
        car.alert(number)
    time.sleep(16.0)
    broker.start()
    home.start()
    until(lambda: len(numbers(home, since)) >= 5, 90.0)
    car.alert(20)
    until(lambda: numbers(home, since)[-1] == 20)
    assert numbers(home, since) == [1, *range(10, 14), 20]
    assert [late for _, late in told(home, since)] == [False, *[True] * 4, False]


def test_killed_while_the_driver_sleeps_no_client_reads_it_afterwards(
    home: Home, broker: Broker, car: Car
) -> None:
    alert = f"sensor.{NAME}_alert"
    car.say("asleep")
    until(lambda: home.state(alert)["state"] == "fatigue.sleep")
    car.kill()
    until(lambda: home.state(alert)["state"] == "unavailable", 60.0)
    since = datetime.now(UTC)
    late = Observer(broker, "edge_pose/testcar/#")
    car.start()
    until(lambda: home.state(alert)["state"] == "none")
    time.sleep(5.0)
    assert {s["state"] for s in home.history(alert, since)} <= {"unavailable", "unknown", "none"}
    live = [m for m in list(late.messages.queue) if not m.retained and m.topic.endswith("/state")]
    late.close()
    assert live
    assert all(m.json["alert"] == "none" for m in live)


def test_a_stop_leaves_nothing_that_could_be_read_as_now(
    home: Home, broker: Broker, car: Car
) -> None:
    car.say("asleep")
    until(lambda: home.state(f"sensor.{NAME}_alert")["state"] == "fatigue.sleep")
    car.stop()
    late = Observer(broker, "edge_pose/testcar/state")
    left = late.expect_topic("edge_pose/testcar/state").json
    late.close()
    assert (left["alert"], left["attention"], left["monitoring"]) == ("none", None, None)


def test_what_is_switched_off_disappears(home: Home, broker: Broker) -> None:
    device = Device(vehicle_id="ghost", device_id="89abcdef", preset="gentle")
    topic = discovery_topic("homeassistant", "ghost")
    topics = Topics("edge_pose/ghost")
    told = Observer(broker)
    told.publish("edge_pose/ghost/availability", "online", retain=True)
    all_of_it = Abilities(commands=True, picture=True)
    told.publish(topic, discovery(topics, device, all_of_it), retain=True)
    button, picture = "button.driver_monitor_ghost_acknowledge", "image.driver_monitor_ghost"
    until(lambda: home.state(button)["state"] != "unknown entity")
    until(lambda: any(name.startswith(picture) for name in home.entities()))
    told.publish(topic, discovery(topics, device, Abilities(commands=False)), retain=True)
    until(lambda: home.state(button)["state"] == "unknown entity")
    until(lambda: not any(name.startswith(picture) for name in home.entities()))
    assert home.state("sensor.driver_monitor_ghost_alert")["state"] != "unknown entity"
    told.publish(topic, "", retain=True)
    until(lambda: not any("ghost" in name for name in home.entities()))
    told.close()
