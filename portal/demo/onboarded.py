"""A client of the demo, onboarded as its admin would do it on the pages, by the same services."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from onboarding.connections import creation, grant, verification
from onboarding.credentials import recipients
from onboarding.integrations import runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import ConnectionState, IntegrationState, RunState
from onboarding.spec.integration_spec import IntegrationSpec
from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.demo.cast import Client
from portal.demo.console import apply_role
from portal.demo.places import write_private
from portal.messages.catalogue import explanation_of
from portal.openpgp.generate import generate_keypair
from portal.tenancy.models import Tenant

REGION = "eu-west-1"
SECONDS = 90


@dataclass(frozen=True, slots=True)
class Admin:
    """Who acts: the email address of a client's admin."""

    client: Client
    email: str

    @property
    def tenant(self) -> Tenant:
        """Return the client's tenant."""
        return Tenant.objects.get(slug=self.client.slug)

    def live(self, integration: str) -> Integration | None:
        """Return an integration by its name, if it is live."""
        return Integration.objects.filter(tenant=self.tenant, name=integration, state=IntegrationState.LIVE).first()

    def connection(self, name: str, optional: ChosenPermissions) -> Connection:
        """Return a verified connection of the client's account, created where it is missing."""
        found = Connection.objects.filter(tenant=self.tenant, name=name).first() or creation.start_connection(
            tenant=self.tenant, name=name, account_id=self.client.account_id, actor=self.email, optional=optional
        )
        if found.state != ConnectionState.VERIFIED:
            arn = apply_role(grant.role_template(found), self.client.account_id)
            found = verification.verify_connection(connection=found, role_arn=arn, actor=self.email)
        if found.state != ConnectionState.VERIFIED:
            sys.exit(f"The connection was not verified: {explanation_of(found.verdict)}")
        return found

    def key(self, folder: Path, user_id: str) -> PgpKey:
        """Return the client's confirmed OpenPGP key, created where it is missing with its private half in a folder."""
        known = PgpKey.objects.confirmed().filter(tenant=self.tenant).first()
        if known:
            return known
        certificate, private_key = generate_keypair(user_id)
        write_private(folder / "private.asc", private_key)
        key = recipients.add_pgp_key(tenant=self.tenant, blob=certificate.encode(), actor=self.email)
        return recipients.confirm_pgp_key(key=key, actor=self.email)

    def run(self, spec: IntegrationSpec) -> Run:
        """Start the run that sets up an integration."""
        known = Integration.objects.filter(tenant=self.tenant, name=spec.name).first()
        found = known or Integration.objects.create(tenant=self.tenant, name=spec.name, created_by=self.email)
        return runs.start_run(integration=found, actor=self.email, spec=spec)


def wait_for_run(run: Run) -> None:
    """Return when a run is done; end the process if it ends otherwise."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        run.refresh_from_db()
        if run.state == RunState.DONE:
            return
        if run.status.is_over:
            sys.exit(f"The run ended as {run.state}: {explanation_of(run.failure)}")
        time.sleep(0.2)
    sys.exit(f"The run did not finish within {SECONDS} seconds. It continues in the background.")
