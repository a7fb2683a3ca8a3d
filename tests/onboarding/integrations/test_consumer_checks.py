"""A requested check of consumers' roles: what a worker reads in AWS, and the tab that shows it."""

import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from onboarding.consumers.role import ConsumerRole
from onboarding.integrations import consumer_checks
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.integration import Integration
from onboarding.provisioning import consumer_plan, plan_factory
from onboarding.spec import integration_spec as specs
from onboarding.tasks import check_consumers
from portal.aws.iam.roles import update_trust
from portal.aws.records import put_record
from tests import real_aws_cli
from tests.architecture.population import Population, populate
from tests.consumer_identity import consumer_identity
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.test_consumer_role import STREAM, set_up, spec_of
from tests.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def people(db) -> Population:
    return populate()


def tab(integration: Integration) -> str:
    return reverse("consumers", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def checked(client: Client, integration: Integration) -> str:
    """The tab after someone chose Check roles and a worker did it."""
    ConsumerCheck.objects.update(finished_at=None, requested_at="2026-01-01T00:00Z")
    assert client.post(tab(integration)).status_code == 302
    waiting = client.get(tab(integration)).content.decode()
    assert "Checking…" in waiting
    check_consumers(check_id=ConsumerCheck.objects.get().pk)
    return client.get(tab(integration)).content.decode()


def test_a_worker_reads_the_roles_and_the_tab_says_what_was_checked(world: World) -> None:
    role = ConsumerRole("analytics", (world.other_account_id,), session_seconds=7200)
    integration = set_up(world, spec_of(world, role))
    client = signed_in(world.admin.email)
    page = client.get(tab(integration)).content.decode()
    plan = plan_factory.plan_for(integration, specs.from_row(integration.spec))
    arn, external_id = consumer_plan.role_arn(plan, role), consumer_plan.external_id(plan, role)
    for text in (
        arn,
        external_id,
        "Not checked yet",
        "--duration-seconds 3600",
        "--role-session-name consumer-analytics",  # STS accepts no name of one character, which a label may have
        "aws sts get-session-token",
        "7,200 seconds",
    ):
        assert escape(text) in page, text
    assert "As specified" in checked(client, integration)

    opened = consumer_plan.trust(plan, role)
    del opened["Statement"][0]["Condition"]
    update_trust(world.root(), consumer_plan.role_name(plan, role), opened)
    page = " ".join(checked(client, integration).split())
    assert "Different from what was specified." in page
    assert "Wrong external ID: allowed. No external ID: allowed. Anyone else: denied." in page

    iam, name = world.root().client("iam"), consumer_plan.role_name(plan, role)
    iam.delete_role_policy(RoleName=name, PolicyName="consumer")
    iam.delete_role(RoleName=name)
    assert "There is no such role in AWS." in checked(client, integration)


def test_a_check_is_requested_once_and_by_those_who_may(world: World) -> None:
    integration = set_up(world, spec_of(world, ConsumerRole("analytics", (world.other_account_id,))))
    assert signed_in(world.viewer.email).post(tab(integration)).status_code == 403
    assert consumer_checks.request(integration=integration, actor=world.admin)
    assert not consumer_checks.request(integration=integration, actor=world.admin)
    check = ConsumerCheck.objects.get()
    consumer_checks.perform(check.pk)
    consumer_checks.perform(check.pk)
    at, found = consumer_checks.results_of(ConsumerCheck.objects.get())
    assert at is not None
    assert found["analytics"].is_as_it_must_be
    assert not consumer_checks.request(integration=integration, actor=world.admin), "it was finished just now"


def test_what_was_read_before_a_role_was_created_anew_says_nothing_of_it(world: World) -> None:
    integration = set_up(world, spec_of(world, ConsumerRole("analytics", (world.other_account_id,))))
    client = signed_in(world.admin.email)
    assert "As specified" in checked(client, integration)
    row = integration.resources.get(kind="consumer role")
    row.present_at += timedelta(days=1)
    row.save()
    assert "As specified" not in client.get(tab(integration)).content.decode()


def test_what_was_read_before_a_role_was_changed_says_nothing_of_it(world: World) -> None:
    role = ConsumerRole("analytics", (world.other_account_id,))
    integration = set_up(world, spec_of(world, role))
    client = signed_in(world.admin.email)
    assert "As specified" in checked(client, integration)
    integration.spec = {**(integration.spec or {}), "consumer_roles": [replace(role, session_seconds=7200).as_dict()]}
    integration.save()
    assert "As specified" not in client.get(tab(integration)).content.decode()


def test_a_denial_is_the_checks_problem(world: World) -> None:
    integration = set_up(world, spec_of(world, ConsumerRole("analytics", (world.other_account_id,))))
    world.root().client("iam").put_role_policy(
        RoleName="SluiceAccess",
        PolicyName="deny",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:GetRole","Resource":"*"}]}',
    )
    page = checked(signed_in(world.admin.email), integration)
    assert "c-failing" in page
    assert "As specified" not in page


def test_a_plan_that_its_owner_applies_has_its_roles_and_no_check(people: Population, client: Client) -> None:
    ours = people.ours.self_managed
    ours.spec["consumer_roles"] = [{"name": "analytics", "principals": ["444455556666"]}]
    ours.save()
    client.force_login(people.person("admin"))
    page = " ".join(client.get(tab(ours)).content.decode().split())
    for text in ("has no access to this account", "Not created yet", "created when the role is"):
        assert text in page, text
    assert "Check roles" not in page


@pytest.mark.audit
def test_the_consumers_own_script_tests_the_three_ways(world: World, tmp_path: Path) -> None:
    principal, consumer = consumer_identity(world.ministack, world.other_account_id)
    role = ConsumerRole("analytics", (principal,))
    integration = set_up(world, spec_of(world, role))
    put_record(world.root(), STREAM, data=b"{}", partition_key="a")
    [view] = signed_in(world.admin.email).get(tab(integration)).context["roles"]
    real_aws_cli.install(tmp_path)
    keys = consumer.credentials
    shell = {
        **os.environ,
        **world.ministack.environment,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }

    def run() -> tuple[int, dict[str, str]]:
        command = ["bash", "-c", view.script]
        done = subprocess.run(command, env=shell, capture_output=True, text=True, check=False, timeout=120)
        assert keys.secret_access_key not in done.stdout + done.stderr
        return done.returncode, {line[:20].strip(): line[21:] for line in done.stdout.splitlines()}

    status, printed = run()
    assert status == 0, printed
    assert (printed["Signed in as"], printed["Right external ID"]) == (principal, "allowed")
    assert printed["Wrong external ID"] == printed["No external ID"] == "denied, as it must be"
    assert "records in the first answer" in printed["Reading"]
    plan = plan_factory.plan_for(integration, specs.from_row(integration.spec))
    opened = consumer_plan.trust(plan, role)
    del opened["Statement"][0]["Condition"]
    update_trust(world.root(), consumer_plan.role_name(plan, role), opened)
    status, printed = run()
    assert (status, "This must be denied" in printed["Wrong external ID"]) == (1, True)
