"""The vendor sends by assuming a role: an integration that begins so, and one that moves to a role and back.

`drive` is what follows a run: the vendor's sender tests the role and reports, and the sweep removes what is not used
any more. Reports are numbered like a worker's work, because a process of the portal can be killed in the middle of one.
"""

from dataclasses import replace

from onboarding.integrations import producer_moves, producer_reports, runs
from onboarding.integrations.context_factory import open_run
from onboarding.integrations.producer_reports import RoleReport, SentRecord
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import CredentialState, ProducerRoleState
from onboarding.provisioning import engine
from onboarding.provisioning.claims import ACTIVE
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import ROLE, USER
from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession
from portal.aws.sts import Outcome
from portal.demo.building.role_attempts import Offered, Tested, try_role
from portal.demo.building.sender import Stream
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, StaffRole
from portal.tenancy.rights import Right
from tests import clock
from tests.faults import boundaries as numbered
from tests.faults.case import REGION, STREAM, Case
from tests.faults.rotations import works
from tests.world import Keypair, person

TURNS = 60
USABLE = [CredentialState.READY, CredentialState.IN_USE]


def tested_by_vendor(case: Case) -> Case:
    """Give the vendor's sender its API token, with which it reports on the case's role."""
    owner = person(f"sender-{case.account_id}@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    scopes = [Right.PRODUCER_ROLES, Right.VENDOR_KEYS]
    tokens.create(person=owner, name=_token_name(case.account_id), scopes=scopes, actor="test")
    return case


def moving(case: Case) -> Case:
    """Start the move from the access key to a role; the way back begins when the role is in use."""
    integration = Integration.objects.get(pk=case.run.integration_id)
    return replace(tested_by_vendor(case), run_id=_move(integration, ROLE))


def _move(integration: Integration, producer: str) -> int:
    spec = replace(specs.from_row(integration.spec), producer=producer)
    return runs.start_run(integration=integration, actor="test", spec=spec).pk


def drive(run_id: int, client_key: Keypair, sender: AwsCredentials) -> None:
    """Do what follows a run of an integration that has or had a role, until nothing is left to do."""
    integration = Integration.objects.select_related("tenant", "connection").get(runs=run_id)
    for _ in range(TURNS):
        integration.refresh_from_db()
        if not integration.producer_roles.exists() or not _turn(integration, client_key, sender):
            return


def _turn(integration: Integration, client_key: Keypair, sender: AwsCredentials) -> bool:
    """Do the next thing; return whether there was one."""
    role = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).first()
    is_by_role = specs.from_row(integration.spec).is_by_role
    if (active := integration.runs.filter(state__in=ACTIVE).first()) is not None:
        _advance(active.pk)
    elif role and is_by_role and role.state != ProducerRoleState.IN_USE:
        _report_role(role, sender)
    elif role and not is_by_role and role.left_at is None:
        _report_key(integration, client_key)
    elif producer_moves.has_unused_producer(integration):
        producer_moves.finish(integration, actor=producer_moves.SWEEPER)
    elif is_by_role and integration.credentials.exists():
        _move(integration, USER)
    else:
        return False
    return True


def _advance(run_id: int) -> None:
    with numbered.uncounted():
        clock.pass_until_due(run_id)
        clock.pass_until_lease_ends(run_id)
    engine.advance(run_id, open_run)


def _report_role(role: ProducerRole, sender: AwsCredentials) -> None:
    account_id = role.arn.split(":")[4]
    with numbered.uncounted():
        found = tried(role, sender).report
        token = ApiToken.objects.select_related("person").get(name=_token_name(account_id))
    sent = SentRecord(**found["record"]) if "record" in found else None
    outcomes = [Outcome(found[attempt]) for attempt in ("right", "wrong", "missing")]
    producer_reports.report_role(role=role, report=RoleReport(*outcomes, sent=sent, is_in_use=True), token=token)


def _report_key(integration: Integration, client_key: Keypair) -> None:

    credential = integration.credentials.filter(state__in=USABLE).get()
    assert integration.connection is not None
    with numbered.uncounted():
        assert works(credential, client_key)
        name = _token_name(integration.connection.account_id)
        token = ApiToken.objects.select_related("person").get(name=name)
    producer_reports.report_key_in_use(credential=credential, sent=SentRecord("shardId-000000000000", "1"), token=token)


def tried(role: ProducerRole, sender: AwsCredentials) -> Tested:
    """The three attempts of the vendor's sender, and its record."""
    offered = Offered(
        uid=role.uid,
        integration_uid=role.integration.uid,
        building="",
        stream=Stream(STREAM, REGION, role.arn.split(":")[4]),
        role_arn=role.arn,
        external_id=str(role.integration.producer_external_id),
    )
    return try_role(offered, AwsSession(region=REGION, credentials=sender))


def _token_name(account_id: str) -> str:
    return f"Sender {account_id}"


def usable_keys(integration: Integration) -> list[Credential]:
    """The access keys that the vendor can send with."""
    return list(integration.credentials.filter(state__in=USABLE))
