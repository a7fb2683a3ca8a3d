"""What the owner of a device gets: certificate, root certificate, the encrypted private key, and how to connect.

It contains no secret: the key is encrypted to its recipients, and the files name where its decrypted form belongs.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from portal.aws.iot_endpoint import MQTT_PORT
from portal.placeholders import filled

_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device: its name, the host it connects to, a topic it may publish to, and its public certificate.

    `keys` are the encrypted copies of its private key by the fingerprints of their recipients.
    """

    thing: str
    host: str
    topic: str
    certificate: str
    root_ca: str
    keys: Mapping[str, str]

    @property
    def stem(self) -> str:
        """Return the name as files have it: a colon is not allowed everywhere."""
        return self.thing.replace(":", "_")


def package(facts: DeviceFacts) -> bytes:
    """Return the files as a zip archive; equal facts give equal bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in package_files(facts).items():
            packed.writestr(zipfile.ZipInfo(name, _EARLIEST), content)
    return archive.getvalue()


def package_files(facts: DeviceFacts) -> dict[str, str]:
    """Return the files by name."""
    stem = facts.stem
    keys = {f"{stem}.private.key.{key[-8:].lower()}.asc": text for key, text in facts.keys.items()}
    return {
        "README.txt": _filled(_README, facts, key=next(iter(keys), f"{stem}.private.key.asc")),
        f"{stem}.certificate.pem": facts.certificate,
        "AmazonRootCA1.pem": facts.root_ca,
        **keys,
        "publish.sh": _filled(_MOSQUITTO, facts),
        "publish.py": _filled(_PYTHON, facts),
        "node-red-flow.json": _node_red(facts),
    }


_README = """\
Device @thing@

1. Decrypt the private key with your OpenPGP key, on the device or on a computer that you trust:
     gpg --output @stem@.private.key --decrypt @key@
   Keep it readable by its owner alone: chmod 600 @stem@.private.key
2. Connect over MQTT with TLS:
     host          @host@
     port          @port@
     client ID     @thing@    (AWS denies any other)
     certificate   @stem@.certificate.pem
     private key   @stem@.private.key
     root CA       AmazonRootCA1.pem
3. Publish below the device's own name, for example to
     @topic@
   AWS denies every other topic, and to receive anything.

publish.sh uses mosquitto_pub, publish.py the Python package paho-mqtt, and node-red-flow.json can be imported into
Node-RED. No file of this package has the decrypted private key.
"""

_MOSQUITTO = """\
#!/bin/sh
# Publishes one message as device @thing@. Decrypt the private key first: see README.txt.
set -eu
exec mosquitto_pub --cafile AmazonRootCA1.pem --cert @stem@.certificate.pem --key @stem@.private.key \\
  -h @host@ -p @port@ -i @thing@ -q 1 -t @topic@ -m "${1:-{\\"temperature\\": 21.5\\}}"
"""

_PYTHON = '''\
"""Publishes one message as device @thing@. Decrypt the private key first: see README.txt. Needs paho-mqtt 2."""

import json

import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="@thing@")
client.tls_set("AmazonRootCA1.pem", "@stem@.certificate.pem", "@stem@.private.key")
client.connect("@host@", @port@)
client.loop_start()
client.publish("@topic@", json.dumps({"temperature": 21.5}), qos=1).wait_for_publish(10)
client.disconnect()
client.loop_stop()
'''


def _filled(form: str, facts: DeviceFacts, **more: str) -> str:
    known = {"thing": facts.thing, "stem": facts.stem, "host": facts.host, "topic": facts.topic, "port": str(MQTT_PORT)}
    return filled(form, {**known, **more})


# https://nodered.org/docs/user-guide/runtime/configuration
def _node_red(facts: DeviceFacts) -> str:
    nodes = [
        {
            "id": "sluice-tls",
            "type": "tls-config",
            "cert": f"{facts.stem}.certificate.pem",
            "key": f"{facts.stem}.private.key",
            "ca": "AmazonRootCA1.pem",
            "verifyservercert": True,
        },
        {
            "id": "sluice-broker",
            "type": "mqtt-broker",
            "broker": facts.host,
            "port": str(MQTT_PORT),
            "tls": "sluice-tls",
            "clientid": facts.thing,
            "usetls": True,
        },
        {
            "id": "sluice-out",
            "type": "mqtt out",
            "z": "",
            "name": facts.thing,
            "topic": facts.topic,
            "qos": "1",
            "broker": "sluice-broker",
            "wires": [],
        },
    ]
    return json.dumps(nodes, indent=2) + "\n"
