"""Contoso Towers, connected and live, so that there is a stream to view from the first minute.

It uses the same services as the pages: it deploys the role's template in the client's account, verifies the role,
confirms a key, starts a run and waits for it.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from onboarding.connections import creation, grant, verification
from onboarding.consumers.role import ConsumerRole
from onboarding.credentials import recipients
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.log_retention import DEFAULT_DAYS
from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.demo.cast import CONTOSO, NORTHWIND
from portal.demo.console import apply_role
from portal.demo.places import write_private
from portal.messages.catalogue import explanation_of
from portal.openpgp.generate import generate_keypair
from portal.tenancy.models import Tenant

ACTOR = "admin@contoso.example"
CONNECTION = "Contoso production"
INTEGRATION = "Contoso Towers sensors"
REGION = "eu-west-1"
OPTIONAL = replace(DEFAULT_PERMISSIONS, consumers=True)
_SECONDS = 90


def main(arguments: Sequence[str]) -> None:
    """Create what is missing; the one argument is the folder for the client's own OpenPGP key."""
    tenant = Tenant.objects.get(slug=CONTOSO.slug)
    live = Integration.objects.filter(tenant=tenant, name=INTEGRATION, state=IntegrationState.LIVE)
    if not live.exists():
        connection = _connection(tenant)
        key = _key(tenant, Path(arguments[0]))
        _wait(_run(tenant, _spec(connection, key)))


def _connection(tenant: Tenant) -> Connection:
    connection = Connection.objects.filter(tenant=tenant, name=CONNECTION).first() or creation.start_connection(
        tenant=tenant, name=CONNECTION, account_id=CONTOSO.account_id, actor=ACTOR, optional=OPTIONAL
    )
    if connection.state != ConnectionState.VERIFIED:
        arn = apply_role(grant.role_template(connection), CONTOSO.account_id)
        connection = verification.verify_connection(connection=connection, role_arn=arn, actor=ACTOR)
    if connection.state != ConnectionState.VERIFIED:
        sys.exit(f"The connection was not verified: {explanation_of(connection.verdict)}")
    return connection


def _key(tenant: Tenant, folder: Path) -> PgpKey:
    known = PgpKey.objects.confirmed().filter(tenant=tenant).first()
    if known:
        return known
    certificate, private_key = generate_keypair("Contoso Towers operations (demo) <ops@contoso.example>")
    write_private(folder / "private.asc", private_key)
    key = recipients.add_pgp_key(tenant=tenant, blob=certificate.encode(), actor=ACTOR)
    return recipients.confirm_pgp_key(key=key, actor=ACTOR)


def _spec(connection: Connection, key: PgpKey) -> IntegrationSpec:
    stream = StreamSpec(name="sluice-contoso-sensors", region=REGION, shards=2, retention_hours=48)
    delivery = Delivery(
        name="sluice-contoso-sensors-to-s3",
        bucket=f"sluice-contoso-sensors-{CONTOSO.account_id}",
        buffering_mb=5,
        buffering_seconds=60,
        log_retention_days=DEFAULT_DAYS,
    )
    # The other client of the demo plays a partner that reads the records from its own account.
    partner = ConsumerRole("partner", (NORTHWIND.account_id,), session_seconds=7200)
    return IntegrationSpec(
        INTEGRATION, connection.name, stream, (delivery,), (key.fingerprint,), consumer_roles=(partner,)
    )


def _run(tenant: Tenant, spec: IntegrationSpec) -> Run:
    known = Integration.objects.filter(tenant=tenant, name=INTEGRATION).first()
    integration = known or Integration.objects.create(tenant=tenant, name=INTEGRATION, created_by=ACTOR)
    return runs.start_run(integration=integration, actor=ACTOR, spec=spec)


def _wait(run: Run) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if run.state == RunState.DONE:
            return
        if run.status.is_over:
            sys.exit(f"The run ended as {run.state}: {explanation_of(run.failure)}")
        time.sleep(0.2)
    sys.exit(f"The run did not finish within {_SECONDS} seconds. It continues in the background.")
