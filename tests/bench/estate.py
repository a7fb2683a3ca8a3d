"""Clients for the measurements: accounts that are connected, streams that are live, people who may look."""

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.test import Client
from django.utils import timezone

from monitoring.models import HealthState, StreamHealth
from onboarding.connections import creation, grant, verification
from onboarding.credentials import recipients
from onboarding.deliveries.delivery import Delivery
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.states import ConnectionState, IntegrationState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal import database_scope
from portal.aws.session import AwsSession
from portal.local.ministack import root_session
from portal.messages.message import Message
from portal.openpgp.certificates import inspect
from portal.openpgp.generate import generate_keypair
from portal.tenancy.models import StaffRole, Tenant, User
from tests.world import apply_template, person

REGION = "eu-west-1"
ACTOR = "bench"
MINUTES = 180


def new_tenant() -> Tenant:
    """Make a tenant with one admin."""
    number = secrets.randbelow(10**9)
    tenant = Tenant.objects.create(slug=f"bench-{number}", name=f"Estate {number}")
    person(f"admin@{tenant.slug}.example", tenant)
    return tenant


def signed_in(user: User) -> Client:
    """Return a browser in which the person is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def member(tenant: Tenant) -> User:
    """Return the tenant's admin."""
    return User.objects.get(email=f"admin@{tenant.slug}.example")


def operator() -> User:
    """Make an operator of the vendor."""
    return person(f"{secrets.token_hex(4)}@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)


def key_of(tenant: Tenant, armored: str = "") -> PgpKey:
    """Add and confirm an OpenPGP key of the tenant: the given certificate, or a new one."""
    certificate = inspect(armored or generate_keypair(f"Ada <ada@{tenant.slug}.example>")[0])
    key = PgpKey.objects.create(
        tenant=tenant,
        fingerprint=certificate.fingerprint,
        user_ids=list(certificate.user_ids),
        algorithm=certificate.algorithm,
        encryption_key_id=certificate.encryption_key_id,
        certificate=certificate.armored,
    )
    return recipients.confirm_pgp_key(key=key, actor=ACTOR)


def connected(tenant: Tenant, count: int, **permissions: bool) -> list[Connection]:
    """Connect so many new AWS accounts of the tenant, eight at a time; `permissions` are fields of a connection."""
    with ThreadPoolExecutor(8) as pool:
        # Each thread runs in a copy of this scope.
        making = [pool.submit(database_scope.carried(lambda: _connected(tenant, permissions))) for _ in range(count)]
        return [made.result() for made in making]


def _connected(tenant: Tenant, permissions: Mapping[str, bool]) -> Connection:
    account_id = f"{secrets.randbelow(9 * 10**11) + 10**11}"
    try:
        connection = creation.start_connection(tenant=tenant, name=account_id, account_id=account_id, actor=ACTOR)
        for name, is_allowed in permissions.items():
            setattr(connection, name, is_allowed)
        connection.save()
        apply_template(root(connection), grant.role_template(connection))
        role_arn = f"arn:aws:iam::{account_id}:role/SluiceAccess"
        return verification.verify_connection(connection=connection, role_arn=role_arn, actor=ACTOR)
    finally:
        connections.close_all()


def root(connection: Connection) -> AwsSession:
    """Return the root user of the connection's account."""
    return root_session(connection.account_id, region=REGION)


def stream_of(name: str) -> StreamSpec:
    """Return a data stream with everything on: two shards, longer retention, encryption, metrics."""
    return StreamSpec(name=name, region=REGION, shards=2, retention_hours=48)


def spec_of(connection: Connection, key: PgpKey) -> IntegrationSpec:
    """Return an integration with everything on: two shards, longer retention, encryption, metrics, S3."""
    name = "sluice-sensors"
    bucket = f"{name}-{connection.account_id}"
    delivery = Delivery(name=f"{name}-to-s3", bucket=bucket, buffering_seconds=60, log_retention_days=90)
    recipients = (key.fingerprint,)
    return IntegrationSpec(f"sensors {connection.account_id}", connection.uid, stream_of(name), (delivery,), recipients)


def live_streams(tenant: Tenant, count: int, *, shards: int = 2, connection: Connection | None = None) -> list[str]:
    """Make rows of live integrations with their health, as if they had been set up; return their uids."""
    where = connection or Connection.objects.create(
        tenant=tenant, name=secrets.token_hex(4), account_id="123456789012", state=ConnectionState.VERIFIED
    )
    made = Integration.objects.bulk_create(_live(tenant, where, shards) for _ in range(count))
    StreamHealth.objects.bulk_create(_health(integration, number) for number, integration in enumerate(made))
    return [integration.uid for integration in made]


def _live(tenant: Tenant, connection: Connection, shards: int) -> Integration:
    name = f"sluice-{secrets.token_hex(4)}"
    stream = StreamSpec(name=name, region=REGION, shards=shards)
    spec = IntegrationSpec(name, connection.uid, stream, (Delivery(name=f"{name}-to-s3", bucket=name),), ("A" * 40,))
    return Integration(
        tenant=tenant, connection=connection, name=name, state=IntegrationState.LIVE, spec=spec.as_dict()
    )


def _health(integration: Integration, number: int) -> StreamHealth:
    state = list(HealthState)[number % 4]
    now = timezone.now()
    limit = {"unit": "records", "per_second": 1000}
    rates = {"records_per_second": 812.5, "bytes_per_second": 81e4, "write_usage_share": 0.41, "write_limit": limit}
    return StreamHealth(
        integration=integration,
        state=state,
        rank=state.rank,
        message=Message("stream.receiving_with_usage", records_per_second=812.5, usage_share=0.41),
        measurements={**rates, "iterator_age_seconds": 1.5, "last_record_at": now.isoformat()},
        sparkline=[float(minute * 7 % 100) for minute in range(MINUTES)],
        checked_at=now,
    )


def points(seed: int, until: datetime | None = None) -> tuple[tuple[datetime, float], ...]:
    """Return three hours of a metric, a point a minute."""
    end = (until or datetime.now(UTC)).replace(second=0, microsecond=0)
    first = end - timedelta(minutes=MINUTES)
    return tuple((first + timedelta(minutes=at), float((at * 37 + seed * 101) % 50_000)) for at in range(MINUTES))


def forget(uids: Sequence[str]) -> None:
    """Remove rows that only one measurement needed."""
    Integration.objects.filter(uid__in=list(uids)).delete()
