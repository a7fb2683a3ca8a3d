"""A role of the first version: it keeps working, what it cannot do is not offered, and one update is listed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from onboarding.connections import creation, grant, verification
from onboarding.connections.boundary_check import problems
from onboarding.integrations import drift, repair, runs
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import ConnectionState, RunState
from onboarding.wizard.forms.stream import StreamForm
from portal.aws.calls import call
from portal.aws.iam.managed_policies import create_policy, get_policy, new_policy_version, policy_arn
from portal.aws.iam.roles import create_role
from tests.markup import on_one_line
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.onboarding.views.connections.test_connection import page_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = Path(__file__).parents[2] / "portal" / "aws" / "earlier" / "first-version.json"


@pytest.fixture
def earlier(world: World) -> Connection:
    """A verified connection whose role was created from the first version's template."""
    connection = creation.start_connection(
        tenant=world.tenant, name="production", account_id=world.account_id, actor=world.admin
    )
    documents = json.loads(FIRST.read_text().replace("111122223333", world.account_id))
    root = world.root()
    create_role(root, "SluiceAccess", path="/", trust=grant.grant_of(connection).trust, tags={})
    for key, document in documents.items():
        name = "SluiceBoundary" if key == "Boundary" else key
        arn = create_policy(root, name, path="/", document=document, tags={})
        if key != "Boundary":
            call(root, "iam", "AttachRolePolicy", RoleName="SluiceAccess", PolicyArn=arn)
    return verification.verify_connection(connection=connection, role_arn=connection.usual_role_arn, actor=world.admin)


def test_it_keeps_working(world: World, earlier: Connection) -> None:
    assert earlier.state == ConnectionState.VERIFIED
    integration = Integration.objects.create(tenant=world.tenant, name="draft")
    spec = world.spec(earlier, world.recipient())
    run = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=spec))
    assert run.state == RunState.DONE, failed_steps(run)
    integration.refresh_from_db()
    assert drift.check(integration) == []
    again = carried_out(runs.start_run(integration=integration, actor=world.admin))
    assert again.state == RunState.DONE, failed_steps(again)
    [retention] = again.steps.filter(name__startswith="log_group:").values_list("found", flat=True)
    assert retention.code == "outcome.log_retention_not_allowed"
    updated(world, earlier)
    assert [row.what.code for row in drift.check(integration)] == ["drift.log_retention"]
    repaired = carried_out(repair.repair(integration=integration, actor=world.admin))
    assert (repaired.state, drift.check(integration)) == (RunState.DONE, [])


def updated(world: World, connection: Connection) -> None:
    """Deploy the grant as it is now in place of the first version's, and verify the role."""
    root, wanted = world.root(), grant.grant_of(connection)
    for policy in wanted.policies:
        arn = policy_arn(world.account_id, policy.name, path="/")
        if get_policy(root, arn):
            new_policy_version(root, arn, policy.document)
        else:
            create_policy(root, policy.name, path="/", document=policy.document, tags={})
    verification.verify_connection(connection=connection, role_arn=connection.usual_role_arn, actor=world.admin)


def test_what_it_cannot_do_is_not_offered_and_one_update_is_listed(world: World, earlier: Connection) -> None:
    assert grant.is_unreadable(earlier)
    assert grant.lacks(earlier, "kms:CreateKey")
    assert not grant.lacks(earlier, "kinesis:UpdateShardCount")
    offered = [choice[0] for choice in StreamForm(connection=earlier).fields["encryption"].choices]
    assert "new" not in offered
    spec = world.spec(earlier, world.recipient(), delivery=False)
    for changed, path in (({"kms_key": "new"}, "stream.kms_key"), ({"max_record_kib": 2048}, "stream.max_record_kib")):
        stream = replace(spec.stream, **changed)
        found = {problem.path: problem.message.code for problem in problems(replace(spec, stream=stream), earlier)}
        assert found == {path: "connection.role_out_of_date"}
    page = on_one_line(signed_in(world.admin.email).get(page_of(earlier)).content.decode())
    assert page.count("The role in your account is out of date") == 1
    assert "compared with the first version" in page
    assert "May create KMS keys" in page or "May create anything" in page
    assert grant.grant_versions(earlier)[1] in page
