"""A recipient that has expired stops the next encryption, with a message, and nothing that encrypts nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.integrations import plan_view, removal, repair, runs, update
from onboarding.models.integration import Integration
from onboarding.models.pgp_key import PgpKey
from onboarding.models.run import Run
from onboarding.models.states import CredentialState
from onboarding.provisioning.answers import Refused
from onboarding.rotations import requests
from onboarding.spec import integration_spec as specs
from onboarding.spec.problem import SpecRefused
from onboarding.spec.remediation import Remediation, RemediationAction
from onboarding.wizard import page_status
from portal.aws.iam.users import delete_user_completely
from portal.messages.errors import MessageError
from tests.onboarding.pages import signed_in
from tests.onboarding.provisioning.driving import applied, carried_out, failed_steps, started
from tests.onboarding.rotations.driving import users
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
EXPIRED = "refused.recipient_expired"


def expire() -> None:
    PgpKey.objects.update(expires_at=timezone.now() - timedelta(hours=1))


def disable() -> None:
    PgpKey.objects.update(disabled_at=timezone.now(), disabled_reason={})


def longer(integration: Integration) -> specs.IntegrationSpec:
    spec = specs.from_row(integration.spec)
    return replace(spec, stream=replace(spec.stream, retention_hours=spec.stream.retention_hours + 1))


def is_done(run: Run) -> bool:
    found = carried_out(run)
    assert failed_steps(found) == {}
    return bool(found.state == "done")


def test_a_first_setup_is_refused_before_it_starts_and_stops_if_the_key_expires_meanwhile(world: World) -> None:
    run = started(world, delivery=False)
    expire()
    found = carried_out(run)
    assert (found.state, failed_steps(found)["access_key"].code) == ("failed", EXPIRED)
    assert users(world) == {}, "no user and no key was created"
    integration = Integration.objects.get()
    with pytest.raises(SpecRefused) as refused:
        runs.start_run(integration=integration, actor=world.admin)
    assert [(problem.path, problem.message.code) for problem in refused.value.problems] == [("recipients", EXPIRED)]
    with pytest.raises(Refused):
        plan_view.plan_of(integration)
    PgpKey.objects.update(expires_at=None)
    assert is_done(runs.retry_run(run=run, actor=world.admin))


@pytest.mark.parametrize("end", [expire, disable])
def test_what_encrypts_nothing_goes_on_and_a_rotation_does_not(world: World, end: Any) -> None:
    integration, _ = applied(world, delivery=False)
    [user] = users(world)
    end()
    with pytest.raises(MessageError) as refused:
        requests.rotate(integration=integration, actor=world.admin)
    assert refused.value.source.code in {EXPIRED, "refused.recipient_disabled"}
    assert plan_view.plan_of(integration, longer(integration)).resources
    assert is_done(runs.start_run(integration=integration, actor=world.admin, spec=longer(integration)))
    integration.refresh_from_db()
    assert is_done(repair.repair(integration=integration, actor=world.admin))
    assert list(users(world)) == [user]
    assert integration.credentials.get().state == CredentialState.READY
    assert is_done(removal.start_removal(integration=integration, actor=world.admin))


def test_the_vendors_key_stops_no_update_while_it_cannot_be_used_or_after_it_was_replaced(
    world: World, settings: Any, tmp_path: Path
) -> None:
    integration, _ = applied(world, delivery=False)
    delivery = settings.SLUICE_VENDOR_CERTIFICATE_FILE
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "nothing.asc"
    assert is_done(runs.start_run(integration=integration, actor=world.admin, spec=longer(integration)))
    with pytest.raises(MessageError) as refused:
        requests.rotate(integration=integration, actor=world.admin)
    assert refused.value.source.code == "refused.no_vendor_key"
    delivery.write_text(world.client_key.certificate)
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = delivery
    integration.refresh_from_db()
    assert is_done(runs.start_run(integration=integration, actor=world.admin, spec=longer(integration)))


def test_a_run_that_has_to_replace_the_key_stops_at_that_step(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    expire()
    key = integration.credentials.get()
    revoke = Remediation(RemediationAction.REVOKE_KEY, key.user_name, key.access_key_id)
    found = carried_out(repair.repair(integration=integration, actor=world.admin, remediations=[revoke]))
    assert (found.state, failed_steps(found)["access_key"].code) == ("failed", EXPIRED)
    key.refresh_from_db()
    assert (key.state, users(world)) == (CredentialState.REVOKED, {}), "it is revoked all the same"


def test_a_key_that_was_deleted_in_aws_is_not_replaced(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    expire()
    delete_user_completely(world.root(), integration.credentials.get().user_name)
    found = carried_out(runs.start_run(integration=integration, actor=world.admin, spec=longer(integration)))
    assert (found.state, failed_steps(found)["access_key"].code) == ("failed", EXPIRED)
    assert users(world) == {}


def test_the_wizard_keeps_the_recipients_of_an_update(world: World) -> None:
    integration, _ = applied(world, delivery=False)
    expire()
    update.open_update(integration=integration, actor=world.admin)
    assert page_status.status_of(integration, "recipients").state == "done"
    at = {"slug": world.tenant.slug, "uid": integration.uid, "page": "recipients"}
    client = signed_in(world.admin.email)
    page = client.get(reverse("setup", kwargs=at)).content.decode()
    fingerprint = PgpKey.objects.get().fingerprint
    checkbox = page[page.index(f'value="{fingerprint}"') :]
    assert "checked" in checkbox[: checkbox.index(">")]
    review = client.get(reverse("setup", kwargs={**at, "page": "review"})).content.decode()
    assert "has expired" not in review
    assert "expired on" not in review
