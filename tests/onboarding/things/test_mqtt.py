"""Devices over MQTT with the certificates that Sluice delivered: what reaches the stream, and what AWS IoT denies."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onboarding.models.integration import Integration
from onboarding.models.thing import DeviceWork, Thing
from portal.aws import iot_certificates
from portal.local.mqtt_device import DeviceDenied, MqttDevice
from tests.onboarding.things import mosquitto
from tests.onboarding.things.conftest import driven
from tests.onboarding.things.device_folder import device, unpacked
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LAMP, OTHER = "sluice-lamp-1", "sluice-lamp-2"
OWN, FOREIGN = f"sluice-lobby/{LAMP}/telemetry", f"sluice-lobby/{OTHER}/telemetry"


@pytest.fixture
def lamp(world: World, integration: Integration, add: Callable[..., None], tmp_path: Path) -> Path:
    """The unpacked package of one of two devices."""
    add(LAMP, OTHER)
    driven(integration)
    return unpacked(Thing.objects.get(name=LAMP), tmp_path / LAMP, world)


def records(world: World) -> list[tuple[Any, str]]:
    kinesis = world.root().client("kinesis")
    found = []
    for shard in kinesis.list_shards(StreamName="sluice-sensors")["Shards"]:
        place = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = kinesis.get_shard_iterator(StreamName="sluice-sensors", **place)["ShardIterator"]
        found += kinesis.get_records(ShardIterator=iterator)["Records"]
    read = [
        (json.loads(record["Data"]), record["PartitionKey"]) for record in found if b"sluice-lamp" in record["Data"]
    ]
    return [(data, key) for data, key in read if "topic" in data]


def attempted(client: MqttDevice, world: World, topic: str = OWN) -> None:
    client.connect(DeviceWork.objects.get().endpoint, world.ministack.mqtt_port)
    try:
        client.publish(topic, b'{"temperature": 20}')
    finally:
        client.close()


def denied(client: MqttDevice, world: World, topic: str = OWN) -> None:
    with pytest.raises(DeviceDenied):
        attempted(client, world, topic)
    assert records(world) == []


# What Python loads before the script of the package: its host leads to the emulator.
_TO_EMULATOR = """
import socket
connect = socket.create_connection
def to_emulator(address, *rest, **named):
    assert address == ({host!r}, 8883)
    return connect(("127.0.0.1", {port}), *rest, **named)
socket.create_connection = to_emulator
"""


def test_the_script_of_the_package_publishes_a_record(world: World, lamp: Path, tmp_path: Path) -> None:
    (lamp / "AmazonRootCA1.pem").write_bytes(world.ministack.ca_bundle.read_bytes())
    host = DeviceWork.objects.get().endpoint
    (tmp_path / "sitecustomize.py").write_text(_TO_EMULATOR.format(host=host, port=world.ministack.mqtt_port))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "publish.py"], cwd=lamp, env=environment, check=True, timeout=120)
    [(data, key)] = records(world)
    assert (data["temperature"], data["topic"], key) == (21.5, OWN, LAMP)
    assert isinstance(data["received_at"], int)


@pytest.mark.audit
def test_mosquitto_publishes_a_record_by_the_command_of_the_package(world: World, lamp: Path, tmp_path: Path) -> None:
    (lamp / "AmazonRootCA1.pem").write_bytes(world.ministack.ca_bundle.read_bytes())
    mosquitto.install(tmp_path, DeviceWork.objects.get().endpoint, world.ministack.mqtt_port)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["sh", "publish.sh"], cwd=lamp, env=environment, check=True, timeout=120)
    [(data, key)] = records(world)
    assert (data["temperature"], data["topic"], key) == (21.5, OWN, LAMP)


def test_the_rules_own_sql_is_evaluated(world: World, integration: Integration, lamp: Path) -> None:
    iot, name = world.root().client("iot"), f"sluice_sensors_{integration.uid[:6]}"
    rule = iot.get_topic_rule(ruleName=name)["rule"]
    sql = "SELECT temperature * 2 AS double, topic() AS topic, upper('a') AS letter FROM 'sluice-lobby/+/#'"
    for warm in (21, 19):
        kept = {key: rule[key] for key in ("actions", "errorAction", "awsIotSqlVersion")}
        payload = {**kept, "sql": f"{sql} WHERE temperature < {warm} AND clientid() = '{LAMP}'"}
        iot.replace_topic_rule(ruleName=name, topicRulePayload=payload)
        attempted(device(lamp, world.ministack), world)
    # docs/emulator.md: a field with a function that MiniStack does not evaluate is missing.
    assert records(world) == [({"double": 40, "topic": OWN}, LAMP)]


def test_what_the_rules_role_may_not_put_is_logged(world: World, integration: Integration, lamp: Path) -> None:
    role, root = f"sluice-sensors-{integration.uid[:6]}-rule", world.root()
    logs_only = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    root.client("iam").put_role_policy(RoleName=role, PolicyName="delivery", PolicyDocument=json.dumps(logs_only))
    attempted(device(lamp, world.ministack), world)  # AWS acknowledges it: the device cannot see what a rule does
    assert records(world) == []
    [event] = root.client("logs").filter_log_events(logGroupName="/sluice/devices/sluice-sensors")["events"]
    error = json.loads(event["message"])
    assert (error["clientId"], error["topic"]) == (LAMP, OWN)
    assert "kinesis:PutRecord" in error["failures"][0]["errorMessage"]


def test_a_device_publishes_on_its_own_topics_only(world: World, lamp: Path) -> None:
    denied(device(lamp, world.ministack), world, FOREIGN)
    denied(device(lamp, world.ministack), world, "sluice-lobby/telemetry")
    denied(device(lamp, world.ministack, client_id=OTHER), world, FOREIGN)
    denied(device(lamp, world.ministack, client_id="lamp"), world)
    attempted(device(lamp, world.ministack), world)
    assert [key for _, key in records(world)] == [LAMP]


def test_nothing_is_accepted_without_a_certificate_of_this_account(world: World, lamp: Path, tmp_path: Path) -> None:
    denied(MqttDevice(LAMP, ca_bundle=world.ministack.ca_bundle, certificate=None, key=None), world)
    # Another account has a thing of the same name, with a certificate that may do everything there.
    iot = world.root(world.other_account_id).client("iot")
    made = iot.create_keys_and_certificate(setAsActive=True)
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    iot.create_thing(thingName=LAMP)
    iot.create_policy(policyName="all", policyDocument=json.dumps(everything))
    iot.attach_policy(policyName="all", target=made["certificateArn"])
    iot.attach_thing_principal(thingName=LAMP, principal=made["certificateArn"])
    certificate, key = tmp_path / "other.pem", tmp_path / "other.key"
    certificate.write_text(made["certificatePem"])
    key.write_text(made["keyPair"]["PrivateKey"])
    stranger = MqttDevice(LAMP, ca_bundle=world.ministack.ca_bundle, certificate=certificate, key=key)
    denied(stranger, world)
    # At its own account's host it may publish, and nothing of it reaches this account.
    host = iot.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
    stranger.connect(host, world.ministack.mqtt_port)
    stranger.publish(OWN, b"{}")
    stranger.close()
    assert records(world) == []


def test_a_certificate_that_is_inactive_or_has_no_policy_is_denied(world: World, lamp: Path) -> None:
    iot, thing = world.root().client("iot"), Thing.objects.get(name=LAMP)
    [policy] = iot.list_attached_policies(target=thing.certificate_arn)["policies"]
    connected = device(lamp, world.ministack)
    connected.connect(DeviceWork.objects.get().endpoint, world.ministack.mqtt_port)
    iot_certificates.set_status(world.root(), thing.certificate_id, iot_certificates.INACTIVE)
    with pytest.raises(DeviceDenied):  # also where the connection was open before
        connected.publish(OWN, b'{"temperature": 20}')
    denied(device(lamp, world.ministack), world)
    iot_certificates.set_status(world.root(), thing.certificate_id, iot_certificates.ACTIVE)
    iot.detach_policy(policyName=policy["policyName"], target=thing.certificate_arn)
    denied(device(lamp, world.ministack), world)
    iot.attach_policy(policyName=policy["policyName"], target=thing.certificate_arn)
    iot.detach_thing_principal(thingName=LAMP, principal=thing.certificate_arn)
    denied(device(lamp, world.ministack), world)  # its client ID is no longer the name of its thing
    iot.attach_thing_principal(thingName=LAMP, principal=thing.certificate_arn)
    attempted(device(lamp, world.ministack), world)
    assert len(records(world)) == 1
