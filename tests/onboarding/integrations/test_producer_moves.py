"""An integration moves from an access key to a role and back: the old way works until the vendor sends the new way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import LazySettings

from onboarding import tasks
from onboarding.integrations import drift, producer_moves, producer_reports, runs
from onboarding.integrations.producer_reports import RoleReport, SentRecord
from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, ProducerRoleState, RunState
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.steps import producer_role
from onboarding.rotations import revocations
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import ROLE, USER
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.iam.users import get_user
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.aws.sts import Outcome
from portal.tenancy import tokens
from portal.tenancy.models import ApiToken
from portal.tenancy.rights import Right
from tests.onboarding.provisioning.driving import applied, carried_out, delivered_key
from tests.onboarding.rotations.driving import revoked
from tests.vendor_sender import sender_identity
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "sluice-sensors"
SENT = SentRecord("shardId-000000000000", "4966")
WORKS = RoleReport(Outcome.ALLOWED, Outcome.REFUSED, Outcome.REFUSED, sent=SENT)


@pytest.fixture
def sender(world: World, settings: LazySettings) -> AwsSession:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN, session = sender_identity(world.ministack)
    return session


@pytest.fixture
def token(world: World) -> ApiToken:
    scopes = [Right.PRODUCER_ROLES, Right.VENDOR_KEYS]
    return tokens.create(person=world.operator, name="Sender", scopes=scopes, actor="test")[0]


def can_put(aws: Callable[[], AwsSession]) -> bool:
    try:
        return bool(put_record(aws(), STREAM, data=b"{}", partition_key="a").sequence_number)
    except AwsFault:
        return False


def moved(world: World, integration: Integration, producer: str) -> None:
    integration.refresh_from_db()
    spec = replace(specs.from_row(integration.spec), producer=producer)
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE
    integration.refresh_from_db()


def by_role(sender: AwsSession, integration: Integration) -> Callable[[], AwsSession]:
    role = integration.producer_roles.latest("pk")

    def assumed() -> AwsSession:
        given = {"RoleArn": role.arn, "RoleSessionName": "sender", "ExternalId": str(integration.producer_external_id)}
        try:
            answer = sender.client("sts").assume_role(**given)["Credentials"]
        except sender.client("sts").exceptions.ClientError:
            return AwsSession(region="eu-west-1", credentials=AwsCredentials("AKIANONE", "none"))
        keys = AwsCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        return AwsSession(region="eu-west-1", credentials=keys)

    return assumed


def finished(integration: Integration) -> Run:
    """The run that a report started, carried out."""
    run = carried_out(integration.runs.get(state__in=ACTIVE))
    assert run.state == RunState.DONE
    return run


def report(role: ProducerRole, token: ApiToken, *, in_use: bool = False) -> None:
    producer_reports.report_role(role=role, report=replace(WORKS, is_in_use=in_use), token=token)


def test_from_a_key_to_a_role_and_back_without_a_moment_in_which_neither_works(
    world: World, sender: AwsSession, token: ApiToken
) -> None:
    integration, _ = applied(world, delivery=False)
    first = delivered_key(world, integration)
    user_name = integration.credentials.get().user_name
    moved(world, integration, ROLE)
    role_session = by_role(sender, integration)
    role = integration.producer_roles.get()
    assert (can_put(lambda: first), can_put(role_session)) == (True, True)
    report(role, token)
    assert not integration.runs.filter(state__in=ACTIVE).exists(), "it works, and the vendor does not send with it yet"
    report(role, token, in_use=True)
    run = finished(integration)
    assert {"remove_access_key", "remove_producer_policy"} <= set(run.steps.values_list("name", flat=True))
    assert (can_put(lambda: first), can_put(role_session)) == (False, True)
    assert get_user(world.root(), user_name) is None
    assert integration.credentials.get().state == CredentialState.REVOKED

    moved(world, integration, USER)
    second = delivered_key(world, integration)
    assert (can_put(lambda: second), can_put(role_session)) == (True, True)
    credential = integration.credentials.get(state=CredentialState.READY)
    producer_reports.report_key_in_use(credential=credential, sent=SENT, token=token)
    finished(integration)
    assert (can_put(lambda: second), can_put(role_session)) == (True, False)
    integration.refresh_from_db()
    assert integration.state == IntegrationState.LIVE
    assert producer_moves.finish(integration, actor="test") is None, "nothing is left to remove"


def test_a_move_that_is_taken_back_before_the_vendor_tested_the_role_leaves_the_key(
    world: World, sender: AwsSession, token: ApiToken
) -> None:
    integration, _ = applied(world, delivery=False)
    key = delivered_key(world, integration)
    moved(world, integration, ROLE)
    role_session = by_role(sender, integration)
    moved(world, integration, USER)
    assert (can_put(lambda: key), can_put(role_session)) == (True, False)
    assert integration.credentials.count() == 1


def test_a_role_whose_removal_was_interrupted_is_removed_by_the_next_worker(
    world: World, sender: AwsSession, token: ApiToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration, _ = applied(world, delivery=False)
    moved(world, integration, ROLE)
    role_session, whole = by_role(sender, integration), producer_role._remove

    def worker_ends(*_: object) -> None:
        monkeypatch.setattr(producer_role, "_remove", whole)
        raise RuntimeError("the worker ended")

    monkeypatch.setattr(producer_role, "_remove", worker_ends)
    spec = replace(specs.from_row(integration.spec), producer=USER)
    run = runs.start_run(integration=integration, actor=world.admin, spec=spec)
    with pytest.raises(RuntimeError, match="the worker ended"):
        carried_out(run)
    assert integration.producer_roles.get().state == ProducerRoleState.RETIRED
    assert can_put(role_session), "AWS was not asked yet"
    assert carried_out(run).state == RunState.DONE
    assert not can_put(role_session)


def test_the_sweep_removes_a_role_that_an_earlier_removal_left(
    world: World, sender: AwsSession, token: ApiToken
) -> None:
    integration, _ = applied(world, delivery=False)
    moved(world, integration, ROLE)
    role_session = by_role(sender, integration)
    Integration.objects.update(spec={**(integration.spec or {}), "producer": USER})
    integration.producer_roles.update(state=ProducerRoleState.RETIRED)
    tasks.finish_producer_moves()
    assert "remove_producer_role" in set(finished(integration).steps.values_list("name", flat=True))
    assert not can_put(role_session)
    assert producer_moves.moving() == []


def test_the_sweep_starts_what_a_report_during_another_run_could_not(
    world: World, sender: AwsSession, token: ApiToken
) -> None:
    integration, _ = applied(world, delivery=False)
    moved(world, integration, ROLE)
    other = runs.start_run(integration=integration, actor=world.admin)
    report(integration.producer_roles.get(), token, in_use=True)
    assert list(integration.runs.filter(state__in=ACTIVE)) == [other]
    carried_out(other)
    tasks.finish_producer_moves()
    tasks.finish_producer_moves()
    names = set(finished(integration).steps.values_list("name", flat=True))
    assert {"remove_access_key", "remove_producer_policy"} <= names
    tasks.finish_producer_moves()
    assert not integration.runs.filter(state__in=ACTIVE).exists()


def test_the_former_producer_is_checked_as_long_as_it_works(world: World, sender: AwsSession, token: ApiToken) -> None:
    integration, _ = applied(world, delivery=False)
    moved(world, integration, ROLE)
    assert drift.check(integration) == []
    user_name = integration.credentials.get().user_name
    world.root().client("iam").create_access_key(UserName=user_name)
    [finding] = drift.check(integration)
    assert (finding.step, finding.repairs) == ("access_key", []), "a repair is a run of the role's steps"
    report(integration.producer_roles.get(), token, in_use=True)
    finished(integration)
    integration.refresh_from_db()
    assert drift.check(integration) == [], "the key is gone"
    moved(world, integration, USER)
    name = integration.producer_roles.get().arn.rpartition("/")[2]
    policy = "arn:aws:iam::aws:policy/AmazonKinesisFullAccess"
    world.root().client("iam").attach_role_policy(RoleName=name, PolicyArn=policy)
    [finding] = drift.check(integration)
    assert (finding.step, finding.repairs) == ("producer_role_policy", [])


def test_a_key_that_is_compromised_during_a_move_ends_and_is_not_replaced(
    world: World, sender: AwsSession, token: ApiToken
) -> None:
    integration, _ = applied(world, delivery=False)
    key = delivered_key(world, integration)
    moved(world, integration, ROLE)
    role_session = by_role(sender, integration)
    old = integration.credentials.get()
    revoked(revocations.revoke(credential=old, actor=world.admin, is_compromised=True))
    assert not integration.rotations.exists()
    assert (can_put(lambda: key), can_put(role_session)) == (False, True)
    report(integration.producer_roles.get(), token, in_use=True)
    finished(integration)
    integration.refresh_from_db()
    assert drift.check(integration) == []
