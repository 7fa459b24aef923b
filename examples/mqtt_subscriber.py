"""Prints every alert that any box publishes:  python examples/mqtt_subscriber.py [HOST [PORT]]"""

import json
import sys

import paho.mqtt.client as mqtt


def connected(client: mqtt.Client, *_: object) -> None:
    client.subscribe("edge_pose/+/event", qos=1)
    print("listening", flush=True)


def received(_client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
    event = json.loads(message.payload)
    vehicle = message.topic.split("/")[1]
    print(
        f"{vehicle}: {event['level_name']} {event['kind']} {event['phase']}: {event['reason']}",
        flush=True,
    )


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.on_connect = connected
client.on_message = received
client.connect(sys.argv[1] if len(sys.argv) > 1 else "localhost", int((sys.argv[2:] or [1883])[0]))
client.loop_forever()
