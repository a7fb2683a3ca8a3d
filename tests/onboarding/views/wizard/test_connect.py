"""Page 1: an account, the role's template, and the role tried three times."""

import pytest
import yaml
from django.urls import reverse

from onboarding.models.connection import Connection
from onboarding.models.states import ConnectionState
from tests.markup import on_one_line
from tests.onboarding.pages import do_requested_checks, draft, post, tenant_with_admin, url, verified_connection
from tests.world import apply_template

pytestmark = pytest.mark.django_db
NEW = {"choice": "new", "name": "production", "account_id": "1111 2222 3333"}


@pytest.fixture
def admin(settings):
    settings.SLUICE_PORTAL_PRINCIPAL_ARN = "arn:aws:iam::999900001111:user/sluice-portal"
    return tenant_with_admin()


def test_a_new_account_gets_an_external_id_and_a_template(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    assert post(client, integration, "connect", NEW)["Location"] == url(integration, "connect")
    connection = Connection.objects.get(tenant=tenant)
    assert connection.account_id == "111122223333"
    page = client.get(url(integration, "connect"))
    text = page.content.decode()
    assert connection.external_id in text
    assert 'value="arn:aws:iam::111122223333:role/SluiceAccess"' in text
    assert "--capabilities CAPABILITY_NAMED_IAM" in text
    assert page.context["permissions"]
    assert page.context["checks"] == []


@pytest.mark.parametrize("typed", ["", "1234", "111122223333444", "11112222333x"])
def test_a_bad_account_id_is_named_at_its_field_and_nothing_is_made(admin, typed) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "connect", {**NEW, "account_id": typed})
    assert answer.status_code == 422
    assert set(answer.context["account_form"].errors) == {"account_id"}
    assert answer.context["account_form"]["account_id"].value() == typed
    assert not Connection.objects.exists()
    assert client.get(url(integration, "connect")).context["account_form"]["account_id"].value() == typed


def test_a_name_that_is_taken_is_said_at_the_name(admin) -> None:
    tenant, client = admin
    verified_connection(tenant, name="production")
    answer = post(client, draft(tenant), "connect", NEW)
    assert set(answer.context["account_form"].errors) == {"name"}
    assert Connection.objects.count() == 1


def test_a_late_autosave_does_not_bring_the_empty_form_back(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    values = {**NEW, "turn": integration.turn}
    post(client, integration, "connect", values)
    post(client, integration, "connect", values, "keep", HTTP_HX_REQUEST="true")
    assert client.get(url(integration, "connect")).context["chosen"] == Connection.objects.get()


def test_the_template_is_a_file_of_this_connection_alone(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    answer = client.get(reverse("role_template", kwargs={"slug": tenant.slug, "uid": connection.uid}))
    assert answer["Content-Disposition"] == 'attachment; filename="sluice-access.yaml"'
    assert connection.external_id in answer.content.decode()
    other, _ = tenant_with_admin("contoso")
    theirs = verified_connection(other)
    stranger = reverse("role_template", kwargs={"slug": tenant.slug, "uid": theirs.uid})
    assert client.get(stranger).status_code == 404


def test_a_role_of_another_account_is_refused_at_its_field(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, state=ConnectionState.DRAFT, trust_report={}, verdict=None)
    integration = draft(tenant)
    values = {"choice": connection.uid, "role_arn": "arn:aws:iam::444455556666:role/SluiceAccess"}
    answer = post(client, integration, "connect", values, do="verify")
    assert answer.status_code == 422
    assert set(answer.context["role_form"].errors) == {"role_arn"}
    assert answer.context["role_form"]["role_arn"].value() == values["role_arn"]
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DRAFT
    again = client.get(url(integration, "connect"))
    assert again.context["role_form"]["role_arn"].value() == values["role_arn"]


def test_going_on_needs_a_verified_role_and_says_so(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, state=ConnectionState.DRAFT, trust_report={}, verdict=None)
    integration = draft(tenant)
    answer = post(client, integration, "connect", {"choice": connection.uid})
    assert answer.status_code == 422
    assert "Verify the role first" in answer.content.decode()
    assert "To continue, verify the role." in on_one_line(answer.content.decode())


def test_a_verified_account_can_be_used_again(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    integration = draft(tenant)
    answer = post(client, integration, "connect", {"choice": connection.uid})
    assert answer["Location"] == url(integration, "stream")
    integration.refresh_from_db()
    assert integration.draft["connect"]["connection"] == connection.uid


def test_anothers_connection_cannot_be_chosen(admin) -> None:
    tenant, client = admin
    other, _ = tenant_with_admin("contoso")
    theirs = verified_connection(other)
    answer = post(client, draft(tenant), "connect", {"choice": theirs.uid})
    assert answer.status_code == 422
    assert theirs.external_id not in answer.content.decode()


def test_choosing_another_card_shows_its_part(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    integration = draft(tenant, connect={"choice": connection.uid, "connection": connection.uid})
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "wizard"}
    answer = post(client, integration, "connect", {"choice": "new"}, "keep", **htmx)
    assert "draft-saved" in answer["HX-Trigger"]
    assert 'name="account_id"' in answer.content.decode()
    assert connection.external_id not in answer.content.decode()


def test_the_demo_says_who_plays_the_console(admin, settings) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, state=ConnectionState.DRAFT, trust_report={}, verdict=None)
    integration = draft(tenant, connect={"choice": connection.uid, "connection": connection.uid})
    assert "make demo-grant" not in client.get(url(integration, "connect")).content.decode()
    settings.SLUICE_DEMO = True
    assert "make demo-grant FILE=" in client.get(url(integration, "connect")).content.decode()


def test_a_role_is_tried_three_times_and_the_page_says_what_came_of_it(world, client) -> None:
    client.force_login(world.admin)
    integration = draft(world.tenant)
    post(client, integration, "connect", {**NEW, "account_id": world.account_id})
    connection = Connection.objects.get(tenant=world.tenant)
    values = {"choice": connection.uid, "role_arn": f"arn:aws:iam::{world.account_id}:role/SluiceAccess"}

    post(client, integration, "connect", values, do="verify")
    do_requested_checks()
    page = client.get(url(integration, "connect"))
    assert [check.look for check in page.context["checks"]] == ["attention", "healthy", "healthy"]
    assert "Waiting for the role to become active" in on_one_line(page.content.decode())

    template = client.get(reverse("role_template", kwargs={"slug": world.tenant.slug, "uid": connection.uid}))
    apply_template(world.root(), template.content.decode())
    post(client, integration, "connect", values, do="verify")
    do_requested_checks()
    page = client.get(url(integration, "connect"))
    assert [check.result for check in page.context["checks"]] == [
        "Allowed, as expected",
        "Denied, as expected",
        "Denied, as expected",
    ]
    assert post(client, integration, "connect", values)["Location"] == url(integration, "stream")


def test_a_role_that_opens_without_external_id_is_rejected_with_the_cure(world, client) -> None:
    client.force_login(world.admin)
    integration = draft(world.tenant)
    post(client, integration, "connect", {**NEW, "account_id": world.account_id})
    connection = Connection.objects.get(tenant=world.tenant)
    url_of = reverse("role_template", kwargs={"slug": world.tenant.slug, "uid": connection.uid})
    template = yaml.load(client.get(url_of).content, Loader=yaml.BaseLoader)  # noqa: S506  (it makes nothing but text)
    role = next(resource for resource in template["Resources"].values() if resource["Type"] == "AWS::IAM::Role")
    for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
        statement.pop("Condition", None)
    apply_template(world.root(), yaml.safe_dump(template))
    values = {"choice": connection.uid, "role_arn": f"arn:aws:iam::{world.account_id}:role/SluiceAccess"}
    post(client, integration, "connect", values, do="verify")
    do_requested_checks()
    page = client.get(url(integration, "connect")).content.decode()
    assert "The role does not require the external ID." in page
    assert "Restore the sts:ExternalId condition of the template" in page
    assert Connection.objects.get().state == ConnectionState.REFUSED


def test_only_the_answer_to_a_save_says_saved(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    values = {**NEW, "turn": integration.turn}
    answer = post(client, integration, "connect", values, "keep", HTTP_HX_REQUEST="true")
    assert "draft-saved" in answer["HX-Trigger"]
    assert 'id="rail"' not in answer.content.decode()
    assert "data-relative" in answer.content.decode()
    post(client, integration, "connect", NEW)
    late = post(client, integration, "connect", values, "keep", HTTP_HX_REQUEST="true")
    assert (late.status_code, late.get("HX-Trigger")) == (204, None)
    client.logout()
    signed_out = post(client, integration, "connect", values, "keep", HTTP_HX_REQUEST="true")
    assert signed_out.get("HX-Trigger") is None
    assert client.get("/accounts/login/", headers={"HX-Request": "true"}).get("HX-Trigger") is None
