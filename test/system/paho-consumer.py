"""Prints each message below a topic as one line of JSON, with Debian's python3-paho-mqtt alone."""

import json
import sys

import paho.mqtt.client as mqtt

port, topic, version = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def on_connect(client, *_):
    client.subscribe(topic, qos=1)


def on_subscribe(*_):
    print("subscribed", flush=True)


def on_message(client, userdata, message):
    properties = getattr(message, "properties", None)
    print(
        json.dumps(
            {
                "topic": message.topic,
                "retained": bool(message.retain),
                "contentType": getattr(properties, "ContentType", None),
                "payload": message.payload.decode("utf-8"),
            }
        ),
        flush=True,
    )


client = mqtt.Client(protocol=mqtt.MQTTv5 if version == 5 else mqtt.MQTTv311)
client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
client.connect("127.0.0.1", port)
client.loop_forever()
