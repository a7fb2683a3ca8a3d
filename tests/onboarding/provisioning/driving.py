"""How tests drive a run: as worker and sweep do, with time passing in jumps."""

from collections.abc import Iterable

from onboarding.credentials.contents import read_key
from onboarding.integrations import runs
from onboarding.integrations.context_factory import open_run
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import CredentialState
from onboarding.provisioning import engine
from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.openpgp.decrypt import decrypt
from tests import clock
from tests.world import World


def carried_out(run: Run, turns: int = 60) -> Run:
    """Advance a run until it is over."""
    for _ in range(turns):
        clock.pass_until_due(run.pk)
        engine.advance(run.pk, open_run)
        run.refresh_from_db()
        if run.status.is_over:
            break
    return run


def started(world: World, *, delivery: bool = True) -> Run:
    """A run that nobody has advanced yet."""
    connection, recipient = world.connected(), world.recipient()
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(connection, recipient, delivery=delivery)
    return runs.start_run(integration=integration, actor=world.admin, spec=spec)


def applied(world: World, *, delivery: bool = True) -> tuple[Integration, Run]:
    """An integration of the world, carried out."""
    run = carried_out(started(world, delivery=delivery))
    return Integration.objects.get(pk=run.integration_id), run


def delivered_key(world: World, integration: Integration) -> AwsSession:
    """The producer's identity, as the client takes it out of the sealed copy."""
    copy = integration.credentials.get(state=CredentialState.READY).copies.get(audience="client")
    key = read_key(decrypt(copy.ciphertext, private_key=world.client_key.private_key))
    return AwsSession(region="eu-west-1", credentials=AwsCredentials(*key))


def differences(findings: Iterable[DriftFinding]) -> dict[str, tuple[str, str]]:
    """What differs, as people read it: expected and found by what it is."""
    return {text_of(row.what): (text_of(row.expected), text_of(row.found)) for row in findings}


def failed_steps(run: Run) -> dict[str, Message]:
    """The steps that failed, each with its reason."""
    return dict(run.steps.filter(state="failed").values_list("name", "reason"))
