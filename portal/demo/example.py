"""Contoso Towers, connected and live, so that there is a stream to view from the first minute; then Fabrikam Lofts.

It uses the same services as the pages: it deploys the role's template in the client's account, verifies the role,
confirms a key, starts a run and waits for it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.log_retention import DEFAULT_DAYS
from onboarding.models.connection import Connection
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS
from portal.demo import device_example
from portal.demo.cast import CONTOSO, NORTHWIND
from portal.demo.onboarded import REGION, Admin, wait_for_run

ADMIN = Admin(CONTOSO, "admin@contoso.example")
CONNECTION = "Contoso production"
INTEGRATION = "Contoso Towers sensors"
OPTIONAL = replace(DEFAULT_PERMISSIONS, consumers=True)


def main(arguments: Sequence[str]) -> None:
    """Create what is missing; the arguments are the folders for the clients' own OpenPGP keys."""
    contoso, fabrikam = map(Path, arguments)
    started = [run for run in (_start(contoso), device_example.start(fabrikam)) if run]
    for run in started:
        wait_for_run(run)
    device_example.deliver(fabrikam)


def _start(folder: Path) -> Run | None:
    if ADMIN.live(INTEGRATION):
        return None
    connection = ADMIN.connection(CONNECTION, OPTIONAL)
    key = ADMIN.key(folder, "Contoso Towers operations (demo) <ops@contoso.example>")
    return ADMIN.run(_spec(connection, key))


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
