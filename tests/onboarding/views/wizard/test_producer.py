"""How the vendor sends is chosen beside the recipients: a role, where an organization allows no IAM users."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from onboarding.drafts import codec
from onboarding.integrations import runs
from onboarding.models.integration import Integration
from onboarding.models.states import ProducerRoleState, RunState
from portal.demo.building.pickup import offered
from portal.demo.building.role_attempts import try_role
from portal.demo.building.vendor_api import Answer, VendorApi
from portal.tenancy.models import StaffRole
from portal.tenancy.rights import Right
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.organizations import forbid
from tests.portal.api.programs import program
from tests.vendor_sender import sender_identity
from tests.world import World, person

PRINCIPAL = "arn:aws:iam::999900001111:role/sender"


@pytest.mark.django_db
@pytest.mark.usefixtures("clean_redis")
class TestTheChoice:
    def test_it_is_shown_only_where_the_vendor_assumes_roles(self, settings: LazySettings) -> None:
        tenant, client = tenant_with_admin()
        integration = full_draft(tenant)
        settings.SLUICE_VENDOR_PRINCIPAL_ARN = ""
        assert "How the vendor sends" not in client.get(url(integration, "recipients")).content.decode()
        settings.SLUICE_VENDOR_PRINCIPAL_ARN = PRINCIPAL
        page = client.get(url(integration, "recipients")).content.decode()
        assert "forbids IAM\n          users with a service control policy" in page
        assert "disabled" not in page.split("How the vendor sends")[1].split("</fieldset>")[0]

    def test_a_role_needs_no_recipient_and_stands_on_the_review_page(self, settings: LazySettings) -> None:
        settings.SLUICE_VENDOR_PRINCIPAL_ARN = PRINCIPAL
        tenant, client = tenant_with_admin()
        integration = full_draft(tenant)
        answer = post(client, integration, "recipients", {"producer": "role"})
        assert (answer.status_code, answer["Location"]) == (302, url(integration, "review"))
        page = client.get(url(integration, "review")).content.decode()
        assert f"role/sluice/producers/sluice-sensors-{integration.uid[:6]}-producer" in page
        assert ("Test of the role" in page, "Download access key" in page) == (True, False)
        assert "Recipients of the access key" not in page
        integration.refresh_from_db()
        assert f"{PRINCIPAL} may assume this role only with the external ID {integration.producer_external_id}" in page
        spec = codec.as_spec(integration)
        assert (spec.producer, spec.recipients) == ("role", ())
        assert codec.pages_of(spec, integration)["recipients"]["producer"] == "role"

    def test_with_an_older_role_it_is_not_offered_and_the_update_is_linked(self, settings: LazySettings) -> None:
        settings.SLUICE_VENDOR_PRINCIPAL_ARN = PRINCIPAL
        tenant, client = tenant_with_admin()
        integration = full_draft(tenant)
        connection = tenant.connections.get()
        connection.deployed = {"read_at": "2026-11-30T00:00:00+00:00", "policies": None}
        connection.save()
        page = client.get(url(integration, "recipients")).content.decode()
        assert "created from an older template" in page
        assert reverse("connection", kwargs={"slug": tenant.slug, "uid": connection.uid}) in page
        assert "disabled" in page.split("How the vendor sends")[1].split("</fieldset>")[0]


@pytest.mark.django_db(transaction=True)
def test_where_the_organization_forbids_iam_users_a_role_is_set_up_tested_and_shown(
    world: World, settings: LazySettings
) -> None:
    settings.SLUICE_VENDOR_PRINCIPAL_ARN, sender = sender_identity(world.ministack)
    connection = world.connected()
    forbid(world.root(), "iam:CreateUser")
    spec = world.spec(connection, world.recipient(), delivery=False)
    by_key = Integration.objects.create(tenant=world.tenant, name="by key")
    run = carried_out(runs.start_run(integration=by_key, actor=world.admin, spec=replace(spec, name="by key")))
    assert list(failed_steps(run)) == ["access_key"]
    assert "service control policy" in run.steps.get(name="access_key").aws_detail

    integration = Integration(tenant=world.tenant, name="draft", connection=connection)
    other = replace(spec.stream, name="sluice-by-role")
    integration.draft = codec.pages_of(replace(spec, stream=other), integration)
    integration.save()
    client = Client()
    client.force_login(world.admin)
    post(client, integration, "recipients", {"producer": "role"})
    start = reverse("integration_start", kwargs={"slug": world.tenant.slug, "uid": integration.uid})
    assert client.post(start).status_code == 302
    run = carried_out(integration.runs.get())
    assert (run.state, failed_steps(run)) == (RunState.DONE, {})
    done = client.get(reverse("run", kwargs={"slug": world.tenant.slug, "pk": run.pk})).content.decode()
    assert "There is no access key." in done

    tab = reverse("credentials", kwargs={"slug": world.tenant.slug, "uid": integration.uid})
    assert "Waiting for the vendor since" in client.get(tab).content.decode()
    pusher = person("pusher@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    portal = VendorApi(program(pusher, scopes=[Right.PRODUCER_ROLES]).text, request_of)
    [role] = offered(portal)
    portal.report_role(role.uid, try_role(role, sender).report)
    assert integration.producer_roles.get().state == ProducerRoleState.READY
    page = client.get(tab).content.decode()
    assert "pusher@vendor.example" in page
    assert "Waiting for the vendor" not in page


def request_of(path: str, headers: dict[str, str], body: bytes | None) -> Answer:
    """A request of the vendor's sender to this portal."""
    client, given = Client(), {"headers": dict(headers)}
    sent = client.get(path, **given) if body is None else client.post(path, body, "application/json", **given)
    return Answer(sent.status_code, sent.get("ETag", ""), sent.content)
