"""A plan of every kind of delivery, without a database, and the emulated account that it is for."""

import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.kinds import KINDS, read
from onboarding.export.resources import Resources, resources_of
from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.provisioning.plan import Plan
from onboarding.spec.integration_spec import ROLE, IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.demo import aws_cli
from portal.local.ministack import MiniStack
from tests import real_aws_cli
from tests.onboarding.deliveries_examples import REGION, example

_numbers = itertools.count(330000000000)
S3_MORE = {
    "partitioned": {
        "prefix": "by/!{partitionKeyFromQuery:building}/!{timestamp:yyyy}/",
        "buffering_mb": 64,
        "transform": {"function_arn": "arn:aws:lambda:eu-west-1:{account}:function:sluice-clean:3"},
        "destination": {"kind": "s3", "partitioning": {"keys": {"building": ".building"}}},
    },
    "parquet": {
        "buffering_mb": 64,
        "compression": "UNCOMPRESSED",
        "destination": {"kind": "s3", "conversion": {"format": "parquet", "database": "db", "table": "readings"}},
    },
}


def deliveries(account: str) -> tuple[dict[str, object], ...]:
    """A declaration of every kind of destination, and of S3 in its other forms."""
    plain = [example(kind, account=account, log_retention_days=30) for kind in KINDS]
    for name, more in S3_MORE.items():
        delivery = {**example("s3", account=account, log_retention_days=30), **more, "name": f"sluice-sensors-{name}"}
        if "transform" in more:
            delivery["transform"] = {"function_arn": more["transform"]["function_arn"].replace("{account}", account)}
        plain.append(delivery)
    return tuple(plain)


def plan_of(account: str = "111122223333", **stream: object) -> Plan:
    """A plan with a boundary and everything that can be delivered to."""
    declared = StreamSpec(**{"name": "sluice-sensors", "region": REGION, "shards": 2, "retention_hours": 48, **stream})
    spec = IntegrationSpec("sluice-sensors", "c", declared, tuple(read(delivery) for delivery in deliveries(account)))
    return Plan(
        integration_uid="5f0c2d9a1b3c",
        tenant_slug="northwind",
        account_id=account,
        partition="aws",
        boundary_arn=f"arn:aws:iam::{account}:policy/SluiceBoundary",
        producer_boundary_arn=f"arn:aws:iam::{account}:policy/SluiceProducerBoundary",
        name_prefix="sluice-",
        spec=spec,
    )


@pytest.fixture
def plan() -> Plan:
    return plan_of()


@pytest.fixture
def found(plan: Plan) -> Resources:
    return resources_of(plan)


def without_boundary(plan: Plan) -> Plan:
    return replace(plan, boundary_arn="", producer_boundary_arn="")


def by_role(plan: Plan) -> Plan:
    """The plan with a role that the vendor assumes in place of a user."""
    vendor = {"vendor_principal_arn": "arn:aws:iam::999900001111:role/sender", "external_id": "4f6c2a5e-0d1b"}
    return replace(plan, spec=replace(plan.spec, producer=ROLE), **vendor)


@pytest.fixture
def account() -> str:
    return str(next(_numbers))


STAND_IN, REAL_CLI = "stand-in", "the real AWS CLI"
BOTH_CLIS = pytest.mark.parametrize("shell", [STAND_IN, REAL_CLI], indirect=True)


@pytest.fixture
def shell(request: pytest.FixtureRequest, ministack_env: MiniStack, tmp_path: Path, account: str) -> dict[str, str]:
    """The environment of a client's terminal: signed in as the root user of the account, with an `aws` to call."""
    install = real_aws_cli.install if getattr(request, "param", STAND_IN) == REAL_CLI else aws_cli.install
    install(tmp_path)
    (tmp_path / "tmp").mkdir()
    # The emulator takes an account's own number for the key of its root user.
    keys = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test", "TMPDIR": str(tmp_path / "tmp")}
    return {**os.environ, **ministack_env.environment, **keys, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


def with_consumers(plan: Plan) -> Plan:
    """The plan with two consumers' roles: one of another account, and one of a role and a user."""
    team = ("arn:aws:iam::777788889999:role/reader", "arn:aws:iam::777788889999:user/ada")
    roles = (
        ConsumerRole("analytics", ("444455556666",), session_seconds=7200),
        ConsumerRole("team", team, external_id="own"),
    )
    return replace(
        plan,
        spec=replace(plan.spec, consumer_roles=roles),
        consumer_boundary_arn=f"arn:aws:iam::{plan.account_id}:policy/SluiceConsumerBoundary",
        consumer_external_ids={"analytics": "sluice-5f1d9c0011"},
    )


def with_devices(plan: Plan) -> Plan:
    """The plan with devices that send through AWS IoT Core."""
    sql = (
        "SELECT temperature, topic(2) AS device FROM 'sluice-lobby/+/#' WHERE temperature > 20 AND note <> 'it''s off'"
    )
    devices = DeviceSource("sluice-sensor", "sluice-lobby", "sluice-lobby", sql, BY_DEVICE, 30)
    return replace(plan, spec=replace(plan.spec, devices=devices))
