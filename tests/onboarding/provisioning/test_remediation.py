"""What somebody did to the IAM user: found and listed, mended after somebody agreed, never in passing, never more."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import botocore.client
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from onboarding.integrations import drift, runs
from onboarding.integrations import repair as repairing
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import RunState
from onboarding.spec import remediation, validation
from onboarding.spec.remediation import KEY_NOT_ACCEPTABLE, Remediation, RemediationAction
from portal.aws.iam.access_keys import access_key_ids, set_access_key_status
from portal.aws.iam.managed_policies import create_policy
from portal.aws.iam.roles import put_role_policy
from portal.aws.iam.users import attach_user_policy, attached_policies, get_user, inline_policies, put_user_boundary
from portal.aws.session import AwsSession
from portal.messages.catalogue import text_of, todo_of
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied, carried_out, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}]}
READING = "arn:aws:iam::aws:policy/ReadOnlyAccess"
KEYS, RIGHTS, BOUNDARY = "drift.access_keys", "drift.permissions", "drift.boundary"
Meddle = Callable[[AwsSession, str, str], Any]


def another_boundary(root: AwsSession, user: str, key: str) -> None:
    arn = create_policy(root, "theirs", path="/", document=OPEN, tags={})
    put_user_boundary(root, user, arn)


MEDDLES: dict[str, tuple[str, Meddle]] = {
    "another key": (KEYS, lambda root, user, key: root.client("iam").create_access_key(UserName=user)),
    "our key switched off": (KEYS, lambda root, user, key: set_access_key_status(root, user, key, "Inactive")),
    "no boundary": (
        BOUNDARY,
        lambda root, user, key: root.client("iam").delete_user_permissions_boundary(UserName=user),
    ),
    "another boundary": (BOUNDARY, another_boundary),
    "another policy": (RIGHTS, lambda root, user, key: attach_user_policy(root, user, READING)),
    "an inline policy": (
        RIGHTS,
        lambda root, user, key: root.client("iam").put_user_policy(
            UserName=user, PolicyName="more", PolicyDocument=json.dumps(OPEN)
        ),
    ),
}
STOPS = {"another key": "access_key", "another policy": "grant", "an inline policy": "grant"}
ACCEPTABLE = [meddling for meddling in MEDDLES if meddling != "another key"]


def meddled(world: World, *kinds: str) -> Integration:
    """An integration to whose user somebody did this, and which was looked at."""
    integration, _ = applied(world, delivery=False)
    credential = integration.credentials.get()
    for kind in kinds:
        MEDDLES[kind][1](world.root(), credential.user_name, credential.access_key_id)
    drift.check(integration)
    assert integration.drift_problem is None
    return integration


def user_as_it_is(world: World, integration: Integration) -> tuple[Any, ...]:
    """Boundary, keys, policies and inline policies of the user."""
    root, name = world.root(), integration.credentials.get().user_name
    found = get_user(root, name)
    keys = sorted((key.id, key.status) for key in access_key_ids(root, name))
    return found.boundary_arn, keys, attached_policies(root, name), inline_policies(root, name)


def changed(integration: Integration, world: World) -> Run:
    """A later run, which is not a repair."""
    integration.refresh_from_db()
    spec = validation.from_dict(integration.spec)
    spec = replace(spec, stream=replace(spec.stream, retention_hours=72))
    return carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", MEDDLES)
def test_it_is_listed_and_mended_as_agreed(world: World, kind: str) -> None:
    integration = meddled(world, kind)
    assert [row.what.code for row in drift.findings(integration)] == [MEDDLES[kind][0]]
    [remediation] = drift.remediations_of(integration)
    assert integration.credentials.get().user_name == remediation.message.params["user"]
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=[remediation]))
    assert run.state == RunState.DONE, failed_steps(run)
    assert drift.check(integration) == []
    boundary, keys, attached, inline = user_as_it_is(world, integration)
    assert boundary == integration.connection.producer_boundary_arn
    assert keys == [(integration.credentials.get().access_key_id, "Active")]
    assert (attached, inline) == ([integration.resources.get(kind="IAM policy").arn], [])
    step = run.steps.get(name="grant" if MEDDLES[kind][0] == RIGHTS else "access_key")
    assert step.did
    assert AuditEvent.objects.get(action="onboarding:repair:agreed").details["does"] == [remediation.message.as_json()]


def test_all_of_it_at_once(world: World) -> None:
    integration = meddled(world, "another key", "no boundary", "another policy", "an inline policy")
    listed = drift.remediations_of(integration)
    assert len(listed) == 4
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=listed))
    assert run.state == RunState.DONE, failed_steps(run)
    assert drift.check(integration) == []
    assert run.steps.get(name="grant").did == Message(
        "outcome.several",
        outcomes=[
            Message("outcome.policy_detached", policy=READING),
            Message("outcome.inline_policy_deleted", policy="more"),
        ],
    )
    did = text_of(run.steps.get(name="access_key").did)
    assert "deleted access key AKIA" in did
    assert "restored the permissions boundary" in did


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", MEDDLES)
def test_no_other_run_touches_it(world: World, kind: str) -> None:
    integration = meddled(world, kind)
    before = user_as_it_is(world, integration)
    run = changed(integration, world)
    assert user_as_it_is(world, integration) == before
    assert set(failed_steps(run)) == ({STOPS[kind]} if kind in STOPS else set())


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", ACCEPTABLE)
def test_what_was_accepted_stops_no_run_and_is_not_mended(world: World, kind: str) -> None:
    integration = meddled(world, kind)
    before = user_as_it_is(world, integration)
    drift.accept(finding=DriftFinding.objects.get(), actor=world.admin)
    integration.refresh_from_db()
    assert (integration.drift_count, drift.remediations_of(integration)) == (0, [])
    assert changed(integration, world).state == RunState.DONE
    agreed = DriftFinding.objects.get().repairs
    assert (
        carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=agreed)).state == "done"
    )
    assert user_as_it_is(world, integration) == before
    drift.check(integration)
    assert (integration.drift_count, DriftFinding.objects.get().accepted_by) == (0, str(world.admin))


def test_what_comes_after_an_acceptance_stops_a_run_again(world: World) -> None:
    integration = meddled(world, "another policy")
    drift.accept(finding=DriftFinding.objects.get(), actor=world.admin)
    MEDDLES["an inline policy"][1](world.root(), integration.credentials.get().user_name, "")
    run = changed(integration, world)
    assert failed_steps(run)["grant"].params["policies"] == ["more"]


def test_a_key_that_sluice_did_not_make_is_never_accepted(world: World) -> None:
    integration = meddled(world, "another key")
    finding = DriftFinding.objects.get()
    with pytest.raises(ValidationError) as refused:
        drift.accept(finding=finding, actor=world.admin)
    assert refused.value.code == KEY_NOT_ACCEPTABLE.code
    client = signed_in(world.admin.email)
    where = {"slug": integration.tenant.slug, "uid": integration.uid}
    accept = reverse("drift_accept", kwargs={**where, "pk": finding.pk})
    page = client.get(reverse("integration", kwargs=where)).content.decode()
    assert accept not in page
    assert "cannot be accepted" in page
    assert "cannot be accepted" in client.post(accept, follow=True).content.decode()
    with pytest.raises(CommandError, match="Configuration drift was detected"):
        call_command("integration", "drift", integration.uid, "--tenant", "northwind", "--accept", stdout=StringIO())
    assert DriftFinding.objects.get().accepted_at is None


def test_what_came_after_the_list_is_left_and_said(world: World) -> None:
    integration = meddled(world, "another policy")
    listed = drift.remediations_of(integration)
    MEDDLES["an inline policy"][1](world.root(), integration.credentials.get().user_name, "")
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=listed))
    assert failed_steps(run)["grant"].params["policies"] == ["more"]
    *_, attached, inline = user_as_it_is(world, integration)
    assert (READING in attached, inline) == (False, ["more"])


def test_a_user_without_our_tag_is_not_touched(world: World) -> None:
    integration = meddled(world, "another key", "another policy")
    listed, user = drift.remediations_of(integration), integration.credentials.get().user_name
    world.root().client("iam").untag_user(UserName=user, TagKeys=["sluice:integration"])
    before = user_as_it_is(world, integration)
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=listed))
    assert failed_steps(run)["access_key"].code == "refused.user_tag_removed"
    assert user_as_it_is(world, integration) == before
    drift.check(integration)
    assert drift.remediations_of(integration) == []


def test_our_own_key_and_policy_are_never_removed(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    credential = integration.credentials.get()
    wrong = [
        Remediation(RemediationAction.DELETE_KEY, credential.user_name, credential.access_key_id),
        Remediation(
            RemediationAction.DETACH_POLICY,
            credential.user_name,
            integration.resources.get(kind="IAM policy").arn,
        ),
    ]
    before = user_as_it_is(world, integration)
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=wrong))
    assert run.state == RunState.DONE
    assert user_as_it_is(world, integration) == before


def test_a_role_of_an_older_file_says_what_it_may_not(world: World) -> None:
    integration = meddled(world, "no boundary")
    older = {**OPEN, "Statement": [{"Effect": "Deny", "Action": "iam:PutUserPermissionsBoundary", "Resource": "*"}]}
    put_role_policy(world.root(), "SluiceAccess", "older", older)
    listed = drift.remediations_of(integration)
    run = carried_out(repairing.repair(integration=integration, actor=world.admin, remediations=listed))
    refused = failed_steps(run)["access_key"]
    assert refused.code == "refused.boundary_not_allowed"
    assert "aws iam put-user-permissions-boundary" in todo_of(refused)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_in_the_middle_is_followed_by_one_that_ends_it(
    world: World, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    integration = meddled(world, "another key", "another policy")
    original, died = botocore.client.BaseClient._make_api_call, []

    def dying(self: Any, operation: str, parameters: Any) -> Any:
        if operation not in {"DeleteAccessKey", "DetachUserPolicy"} or operation in died:
            return original(self, operation, parameters)
        died.append(operation)
        if when == "after":
            original(self, operation, parameters)
        raise RuntimeError("killed")

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", dying)
    listed = drift.remediations_of(integration)
    run = repairing.repair(integration=integration, actor=world.admin, remediations=listed)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="killed"):
            carried_out(run)
    assert carried_out(run).state == RunState.DONE, failed_steps(run)
    assert drift.check(integration) == []
    expected = "deleted access key" if when == "before" else "was already deleted"
    assert expected in text_of(run.steps.get(name="access_key").did)


def test_the_page_lists_what_goes_and_takes_only_the_list_it_showed(world: World) -> None:
    integration = meddled(world, "another key", "no boundary")
    client = signed_in(world.admin.email)
    where = {"slug": integration.tenant.slug, "uid": integration.uid}
    page = client.get(reverse("integration", kwargs=where)).content.decode()
    listed = drift.remediations_of(integration)
    assert all(text_of(remediation.message) in page for remediation in listed)
    assert "Repair and delete listed items" in page
    seen = remediation.digest(listed)
    assert f'name="seen" value="{seen}"' in page
    repair = reverse("integration_repair", kwargs=where)
    for stale in ("", "0" * 16):
        assert (
            "Review it, then choose Repair again" in client.post(repair, {"seen": stale}, follow=True).content.decode()
        )
    assert integration.runs.count() == 1
    client.post(repair, {"seen": seen})
    run = carried_out(Run.objects.latest("pk"))
    assert run.state == RunState.DONE, failed_steps(run)
    page = client.get(reverse("run", kwargs={"slug": integration.tenant.slug, "pk": run.pk})).content.decode()
    assert "deleted access key AKIA" in page


def test_by_command_the_list_comes_first_and_it_is_done_with_yes(world: World) -> None:
    integration = meddled(world, "another key")
    how = ["repair", integration.uid, "--tenant", "northwind"]
    out = StringIO()
    with pytest.raises(CommandError, match="add --yes"):
        call_command("integration", *how, stdout=out)
    assert "Delete access key AKIA" in out.getvalue()
    assert integration.runs.count() == 1
    call_command("integration", *how, "--yes", stdout=StringIO())
    run = carried_out(Run.objects.latest("pk"))
    assert run.state == RunState.DONE, failed_steps(run)
    out = StringIO()
    call_command("integration", "drift", integration.uid, "--tenant", "northwind", "--json", stdout=out)
    assert json.loads(out.getvalue())["findings"] == []
