"""Shared by the tests of monitoring: a stream in moto, and an integration that is live."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from monitoring import series_store
from monitoring.series import StreamSeries
from onboarding.account_state.observations import keep_stream
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import assumed_roles
from portal.aws import session as aws_session
from portal.aws.kinesis import Stream
from portal.aws.session import AwsSession, portal_session
from portal.aws.stream_settings import SHARD_LEVEL_METRICS
from portal.tenancy.models import Membership, StaffRole, Tenant, TenantRole, User

REGION = "eu-west-1"
NOW = datetime(2026, 11, 21, 16, 0, 30, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[AwsSession]:
    """Moto's AWS in this process, all accounts of it."""
    with mock_aws():
        aws_session._portal_session.cache_clear()
        assumed_roles._assumed.cache_clear()
        yield portal_session(REGION)
    aws_session._portal_session.cache_clear()
    assumed_roles._assumed.cache_clear()


@pytest.fixture
def kinesis(aws: AwsSession):
    """Kinesis of moto, with a stream "sluice-sensors" of two shards."""
    client = aws.client("kinesis")
    client.create_stream(StreamName="sluice-sensors", ShardCount=2)
    return client


def stored_series(uid: str) -> StreamSeries:
    """The series of a stream's last collection."""
    stored = series_store.stored_series(uid)
    assert stored is not None
    return series_store.parse(stored)


def live_integration(
    tenant: Tenant,
    name: str = "sluice-sensors",
    *,
    account: str = "111122223333",
    delivery: bool = True,
    region: str = REGION,
) -> Integration:
    """An integration whose stream can be watched."""
    connection, _ = Connection.objects.get_or_create(
        tenant=tenant,
        name=f"c-{account}",
        defaults={"account_id": account, "role_arn": f"arn:aws:iam::{account}:role/SluiceAccess", "state": "verified"},
    )
    spec = IntegrationSpec(
        name=name,
        connection=connection.uid,
        stream=StreamSpec(name=name, region=region, shards=2),
        deliveries=(Delivery(name=f"{name}-to-s3", bucket=f"{name}-bucket"),) if delivery else (),
        recipients=("A" * 40,),
    )
    return Integration.objects.create(
        tenant=tenant, connection=connection, name=name, state="live", spec=spec.as_dict()
    )


def described(integration: Integration, *, shards: int = 2) -> None:
    """AWS described the integration's stream as it was requested, with so many open shards."""
    name = integration.stream_name
    key, metrics = "alias/aws/kinesis", SHARD_LEVEL_METRICS
    found = Stream(name, "arn", "ACTIVE", "PROVISIONED", shards, 24, "KMS", key, metrics, created_at=NOW)
    keep_stream(integration.pk, name, found, seen_at=NOW)


@pytest.fixture
def northwind(db) -> Tenant:
    return Tenant.objects.create(slug="northwind", name="Northwind Estates")


@pytest.fixture
def integration(northwind: Tenant) -> Integration:
    return live_integration(northwind)


def person(name: str, tenant: Tenant | None = None, role: TenantRole = TenantRole.ADMIN, **fields: object) -> User:
    """A person who can sign in."""
    user = User.objects.create_user(f"{name}@example.test", "a long password", **fields)
    if tenant is not None:
        Membership.objects.create(tenant=tenant, user=user, role=role)
    return user


@pytest.fixture
def admin(northwind: Tenant) -> User:
    return person("admin", northwind)


@pytest.fixture
def operator(db) -> User:
    return person("operator", is_staff=True, staff_role=StaffRole.OPERATOR)


@pytest.fixture
def outsider(db) -> User:
    return person("outsider", Tenant.objects.create(slug="contoso", name="Contoso Towers"))
