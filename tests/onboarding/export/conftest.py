"""A plan of every kind of delivery, without a database, and the emulated account that it is for."""

import itertools
from dataclasses import replace

import pytest

from onboarding.deliveries import KINDS, read
from onboarding.export import Resources, resources_of
from onboarding.provisioning.context import Plan
from onboarding.spec import IntegrationSpec, StreamSpec
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
    plain = [example(kind, account=account) for kind in KINDS]
    for name, more in S3_MORE.items():
        one = {**example("s3", account=account), **more, "name": f"sluice-sensors-{name}"}
        if "transform" in more:
            one["transform"] = {"function_arn": more["transform"]["function_arn"].replace("{account}", account)}
        plain.append(one)
    return tuple(plain)


def plan_of(account: str = "111122223333", **stream: object) -> Plan:
    """A plan with a boundary and everything that can be delivered to."""
    declared = StreamSpec(**{"name": "sluice-sensors", "region": REGION, "shards": 2, "retention_hours": 48, **stream})
    spec = IntegrationSpec("sluice-sensors", "c", declared, tuple(read(one) for one in deliveries(account)))
    return Plan(
        integration_uid="5f0c2d9a1b3c",
        tenant_slug="northwind",
        account_id=account,
        partition="aws",
        boundary_arn=f"arn:aws:iam::{account}:policy/SluiceBoundary",
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
    return replace(plan, boundary_arn="")


@pytest.fixture
def account() -> str:
    return str(next(_numbers))
