"""An integration whose account Sluice can enter no more: removed in vain first, then forgotten, by its typed name."""

import json
from io import StringIO
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from onboarding.credentials import download
from onboarding.integrations import abandon, inventory, removal, runs
from onboarding.models.credential import SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import CredentialState, IntegrationState, RunState
from portal.aws import kinesis
from portal.messages.catalogue import text_of
from portal.tenancy.models import AuditEvent
from tests.onboarding.feed import announced
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied, carried_out
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
MADE = {"data stream", "IAM policy", "IAM user"}


def shut_out(world: World) -> Integration:
    """An integration whose role the client deleted, and whose removal was tried."""
    integration, _ = applied(world, delivery=False)
    iam = world.root().client("iam")
    for policy in iam.list_attached_role_policies(RoleName="SluiceAccess")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="SluiceAccess", PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName="SluiceAccess")["PolicyNames"]:
        iam.delete_role_policy(RoleName="SluiceAccess", PolicyName=name)
    iam.delete_role(RoleName="SluiceAccess")
    run = carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))
    assert (run.state, run.is_shut_out) == (RunState.FAILED, True), run.failure
    integration.refresh_from_db()
    return integration


def removal_of(world: World, integration: Integration) -> Run:
    """A removal that was tried."""
    return carried_out(removal.start_removal(integration=integration, actor=world.admin, delete_data=True))


def without_rights(world: World) -> None:
    iam = world.root().client("iam")
    for policy in iam.list_attached_role_policies(RoleName="SluiceAccess")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="SluiceAccess", PolicyArn=policy["PolicyArn"])


def trusting(world: World, **changed: object) -> None:
    iam = world.root().client("iam")
    trust = iam.get_role(RoleName="SluiceAccess")["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0].update(changed)
    iam.update_assume_role_policy(RoleName="SluiceAccess", PolicyDocument=json.dumps(trust))


FOREIGN = "arn:aws:iam::210987654321:root"
OTHER_ID = {"StringEquals": {"sts:ExternalId": "sluice-another-one"}}
CLOSED = {
    "the role trusts another": lambda world: trusting(world, Principal={"AWS": FOREIGN}),
    "the external ID was changed": lambda world: trusting(world, Condition=OTHER_ID),
    "the role lost its rights": without_rights,
}


@pytest.mark.parametrize("why", CLOSED)
def test_an_account_that_is_closed_to_sluice_can_be_forgotten(world: World, why: str) -> None:
    integration, _ = applied(world, delivery=False)
    CLOSED[why](world)
    run = removal_of(world, integration)
    assert (run.state, run.is_shut_out) == (RunState.FAILED, True), run.failure
    integration.refresh_from_db()
    abandon.abandon(integration=integration, actor=world.admin)
    assert integration.state == IntegrationState.REMOVED


# The code, the calls that AWS answers with it, and whether the integration may be forgotten then.
ANSWERS = {
    "the account is suspended": ("SubscriptionRequiredException", "not AssumeRole", True),
    "the account needs an opt-in": ("OptInRequired", "not AssumeRole", True),
    "the Region is disabled": ("RegionDisabledException", "AssumeRole", True),
    "our own signature is refused": ("SignatureDoesNotMatch", "AssumeRole", False),
    "a right is missing halfway": ("AccessDeniedException", "DeleteStream", False),
    "a request that AWS does not like": ("ValidationException", "not AssumeRole", False),
}


@pytest.mark.parametrize("why", ANSWERS)
def test_only_what_lies_with_the_account_and_lets_nothing_be_done_counts(
    world: World, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, calls, may = ANSWERS[why]
    integration, _ = applied(world, delivery=False)
    original = botocore.client.BaseClient._make_api_call

    def answering(client: Any, operation: str, parameters: Any) -> Any:
        if operation == calls or (calls.startswith("not ") and operation not in calls):
            raise ClientError({"Error": {"Code": code, "Message": why}}, operation)
        return original(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", answering)
    run = removal_of(world, integration)
    assert run.state == RunState.FAILED
    integration.refresh_from_db()
    assert abandon.can_be_abandoned(integration) is may


def at(integration: Integration, name: str) -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def test_what_is_forgotten_stays_listed_and_nothing_is_touched(world: World) -> None:
    integration = shut_out(world)
    abandon.abandon(integration=integration, actor=world.admin)
    assert (integration.state, integration.abandoned_at is not None) == (IntegrationState.REMOVED, True)
    assert {line.kind for line in inventory.lines(integration)} == MADE
    assert {line.kept for line in inventory.lines(integration)} == {abandon.ABANDONED}
    assert kinesis.describe_stream(world.root(), "sluice-sensors").status == "ACTIVE"
    [credential] = integration.credentials.all()
    assert credential.state == CredentialState.REVOKED
    assert announced() == [("ready", credential.access_key_id), ("revoked", credential.access_key_id)]
    with pytest.raises(ValidationError, match="no longer valid"):
        download.check(SealedCopy.objects.filter(audience="client").get())
    event = AuditEvent.objects.get(action="onboarding:integration:abandoned")
    assert {line["kind"] for line in event.details["left"]} == MADE
    assert all(line["command"].startswith(("aws ", "for key in $(aws ")) for line in event.details["left"])
    assert event.details["voided_access_keys"] == [credential.access_key_id]
    with pytest.raises(ValidationError, match="already abandoned"):
        abandon.abandon(integration=integration, actor=world.admin)


def test_the_page_shows_what_stays_and_wants_the_name_typed(world: World) -> None:
    integration = shut_out(world)
    client = signed_in(world.admin.email)
    run = Run.objects.first()
    failed = client.get(reverse("run", kwargs={"slug": integration.tenant.slug, "pk": run.pk})).content.decode()
    assert at(integration, "integration_abandon") in failed
    page = client.get(at(integration, "integration_abandon")).content.decode()
    assert page.index("aws iam delete-user") < page.index("aws iam delete-policy") < page.index("aws kinesis delete")
    slip = client.post(at(integration, "integration_abandon"), {"confirmed": "sluice-sensor"})
    assert slip.status_code == 422
    assert "Nothing was changed." in slip.content.decode()
    assert Integration.objects.get().abandoned_at is None
    done = client.post(at(integration, "integration_abandon"), {"confirmed": "sluice-sensors"}, follow=True)
    html_page = done.content.decode()
    assert "sluice-sensors is abandoned." in html_page
    assert "Abandoned" in html_page
    assert "aws kinesis delete-stream" in html_page
    tenant = {"slug": integration.tenant.slug}
    assert "abandoned" in client.get(reverse("activity", kwargs=tenant)).content.decode()
    assert "remaining in the account" not in client.get(reverse("tenant_home", kwargs=tenant)).content.decode()


def test_support_sees_that_it_was_forgotten(world: World) -> None:
    integration = shut_out(world)
    abandon.abandon(integration=integration, actor=world.admin)
    support: Client = signed_in(world.support.email)
    url = reverse("admin:onboarding_integration_changelist") + "?abandoned_at__isempty=0"
    assert integration.name in support.get(url).content.decode()
    page = support.get(reverse("admin:onboarding_integration_change", args=[integration.pk])).content.decode()
    assert text_of(abandon.ABANDONED) in page


def test_by_command_it_is_said_first_and_done_with_yes(world: World) -> None:
    integration = shut_out(world)
    how = ["destroy", integration.uid, "--tenant", world.tenant.slug, "--abandon"]
    out = StringIO()
    with pytest.raises(CommandError, match="add --yes"):
        call_command("integration", *how, stdout=out)
    assert "aws kinesis delete-stream --stream-name sluice-sensors" in out.getvalue()
    out = StringIO()
    call_command("integration", *how, "--yes", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["state"], {resource["kind"] for resource in answer["kept"]}) == ("abandoned", MADE)


def test_a_living_integration_is_not_forgotten(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    with pytest.raises(ValidationError, match="Remove the integration first"):
        abandon.abandon(integration=integration, actor=world.admin)
    client = signed_in(world.admin.email)
    page = client.post(at(integration, "integration_abandon"), {"confirmed": "sluice-sensors"}, follow=True)
    assert "only after its removal failed" in page.content.decode()
    integration.refresh_from_db()
    assert integration.state == IntegrationState.LIVE


def test_while_a_removal_is_tried_again_nothing_is_forgotten(world: World) -> None:
    integration = shut_out(world)
    runs.retry_run(run=integration.runs.first(), actor=world.admin)
    assert not abandon.can_be_abandoned(integration)
    with pytest.raises(ValidationError, match="A run is in progress"):
        abandon.abandon(integration=integration, actor=world.admin)
