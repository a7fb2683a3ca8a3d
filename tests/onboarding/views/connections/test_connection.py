"""A connection's page: what it shows whom, the permission report, the files, the choices, and the clock."""

import html
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from onboarding.connections import creation, grant
from onboarding.models.connection import Connection
from onboarding.models.connection_check import ConnectionCheck
from onboarding.models.integration import Integration
from onboarding.models.requested_check import CHECK_EXPIRES
from onboarding.models.states import ConnectionState, IntegrationState
from portal.messages.catalogue import todo_of
from portal.messages.message import Message
from tests.markup import on_one_line
from tests.onboarding.pages import do_requested_checks, draft, signed_in, tenant_with_admin, url, verified_connection
from tests.world import World, apply_template

pytestmark = pytest.mark.django_db(transaction=True)
FIX = {"Sid": "Streams", "Effect": "Allow", "Action": "kinesis:ListShards", "Resource": "*"}
LINE = {
    "group": "Data streams",
    "action": "kinesis:ListShards",
    "resource": "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-x",
    "should_be": "allowed",
    "verdict": "denied",
    "passed": False,
    "how": "asked IAM",
    "why": "",
    "cause": "service control policy",
    "detail": "",
    "what_to_do": "Exempt the role.",
    "fixing_statement": FIX,
}
PASSED = {
    **LINE,
    "group": "actions outside the grant",
    "should_be": "denied",
    "passed": True,
    "cause": None,
    "what_to_do": "",
}
REPORT = {
    "checked_at": "2026-11-21T10:00:00+00:00",
    "simulated": True,
    "passed": 1,
    "failed": 1,
    "unknown": 0,
    "lines": [LINE, {**PASSED, "fixing_statement": None}],
}


def page_of(connection: Connection, name: str = "connection") -> str:
    return reverse(name, kwargs={"slug": connection.tenant.slug, "uid": connection.uid})


def refused(tenant, *, seconds_ago: int = 0) -> Connection:
    report = {"right": "refused", "wrong": "refused", "missing": "refused"}
    tried = timezone.now() - timedelta(seconds=seconds_ago)
    fields = {"state": ConnectionState.REFUSED, "trust_report": report, "verdict": Message("trust.denied")}
    fields |= {"first_tried_at": tried, "verified_at": None}
    return verified_connection(tenant, **fields)


@pytest.fixture
def admin():
    return tenant_with_admin()


def test_the_permission_report_shows_cause_and_fix_and_passes_expected_denials(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, permission_report=REPORT)
    answer = client.get(page_of(connection))
    text = answer.content.decode()
    assert "service control policy" in text
    assert "Exempt the role." in text
    assert "denied, as expected" in text
    assert [group.look for group in answer.context["groups"]] == ["failing", "healthy"]
    assert 'data-copy="#fix-1-1"' in text


def test_the_permission_report_as_json_is_the_same(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, permission_report=REPORT)
    answer = json.loads(client.get(page_of(connection, "connection_report")).content)
    assert answer["permission_report"] == REPORT
    assert answer["state"] == "verified"
    assert [key for key, is_chosen in answer["optional_permissions"].items() if is_chosen] == [
        "sampling",
        "deletion",
        "keys",
    ]


def test_a_viewer_looks_and_may_do_nothing(world: World, client) -> None:
    connection = verified_connection(world.tenant, permission_report=REPORT)
    text = signed_in(world.viewer.email).get(page_of(connection)).content.decode()
    assert "<form" not in text.partition("<main")[2]
    assert connection.external_id not in text
    assert "sluice-access.sh" not in text


def test_the_role_is_had_in_every_form(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant, name_suffix="-5f0c2d", allow_deletion=False)
    for name, file in (("role_template", "yaml"), ("role_script", "sh"), ("role_terraform", "tf")):
        answer = client.get(page_of(connection, name))
        assert answer["Content-Disposition"] == f'attachment; filename="sluice-access.{file}"'
        text = answer.content.decode()
        assert connection.external_id in text
        assert "SluiceAccess-5f0c2d" in text
        assert "DeleteStreams" not in text


def test_a_link_into_the_console_is_shown_only_where_a_template_is_hosted(admin, settings) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    assert "quickcreate" not in client.get(page_of(connection)).content.decode()
    settings.SLUICE_TEMPLATE_URL = "https://b.s3.amazonaws.com/t.yaml"
    text = client.get(page_of(connection)).content.decode()
    assert "stacks/quickcreate?templateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Ft.yaml" in text
    assert f"param_ExternalId={connection.external_id}" in text


def test_of_a_void_external_id_there_is_no_file_and_a_button_makes_another(admin) -> None:
    tenant, client = admin
    old = timezone.now() - timedelta(hours=49)
    fields = {
        "state": ConnectionState.DRAFT,
        "trust_report": {},
        "verdict": None,
        "verified_at": None,
        "external_id_created_at": old,
    }
    connection = verified_connection(tenant, **fields)
    answer = client.get(page_of(connection, "role_template"))
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    page = client.get(page_of(connection)).content.decode()
    assert "This external ID has expired" in page
    client.post(page_of(connection), {"do": "renew"})
    before, _ = connection.external_id, connection.refresh_from_db()
    assert connection.external_id != before
    assert client.get(page_of(connection, "role_template")).status_code == 200


@pytest.mark.parametrize("where", ["connection", "wizard"])
def test_a_fresh_refusal_is_propagating_with_a_clock_and_tries_again_by_itself(admin, where) -> None:
    tenant, client = admin
    connection = refused(tenant)
    chosen = {"connect": {"choice": connection.uid, "connection": connection.uid}}
    address = page_of(connection) if where == "connection" else url(draft(tenant, **chosen), "connect")
    text = on_one_line(client.get(address).content.decode())
    assert "Waiting for the role to become active" in text
    assert f"{connection.first_tried_at + timedelta(minutes=2):%H:%M:%S} UTC" in text
    assert 'hx-trigger="load delay:5s"' in text
    assert f'hx-post="{page_of(connection)}"' in text
    assert "Verify role again" in text, "a button, where there is no JavaScript"


def test_after_two_minutes_it_is_refused_with_the_words(admin) -> None:
    tenant, client = admin
    text = client.get(page_of(refused(tenant, seconds_ago=121))).content.decode()
    assert "AWS denied access to the role:" in text
    assert "Deploy the downloaded template" in text
    assert "hx-trigger" not in text.partition('id="trust"')[2].partition("</section>")[0]


def test_a_try_that_succeeds_renews_the_whole_page(world: World) -> None:
    client = signed_in(world.admin.email)
    connection = creation.start_connection(
        tenant=world.tenant, name="production", account_id=world.account_id, actor=world.admin
    )
    client.post(page_of(connection), {"do": "verify"})
    do_requested_checks()
    waiting = client.post(page_of(connection), {"do": "retry"}, HTTP_HX_REQUEST="true")
    assert "HX-Refresh" not in waiting
    apply_template(world.root(), grant.role_template(connection))
    do_requested_checks()
    done = client.post(page_of(connection), {"do": "retry"}, HTTP_HX_REQUEST="true")
    assert done["HX-Refresh"] == "true"
    connection.refresh_from_db()
    assert connection.state == ConnectionState.VERIFIED
    client.post(page_of(connection), {"do": "check_permissions"})
    do_requested_checks()
    text = on_one_line(client.get(page_of(connection)).content.decode())
    assert "0 failed" not in text
    assert "Checked with the IAM policy simulator" in text


def test_a_permission_report_without_a_role_says_why(world: World) -> None:
    client = signed_in(world.admin.email)
    connection = creation.start_connection(
        tenant=world.tenant, name="production", account_id=world.account_id, actor=world.admin
    )
    client.post(page_of(connection), {"do": "check_permissions"})
    do_requested_checks()
    assert "cannot assume the role" in client.get(page_of(connection)).content.decode()


WAITING = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "check"}


def test_a_page_shows_how_far_a_check_is_and_loads_itself_again_when_it_is_over(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    before = client.get(page_of(connection)).content.decode()
    assert 'hx-select="#check"' not in before
    assert client.post(page_of(connection), {"do": "verify"})["Location"] == page_of(connection)
    ConnectionCheck.objects.update(progress=Message("check.testing_role", attempt=2))
    page = client.get(page_of(connection)).content.decode()
    assert "Testing the role: attempt 2 of 3." in on_one_line(page)
    assert 'hx-select="#check"' in page
    assert '<meta http-equiv="refresh" content="5">' in page.partition("<noscript")[2], "where there is no JavaScript"
    assert "HX-Refresh" not in client.get(page_of(connection), **WAITING)
    ConnectionCheck.objects.update(finished_at=timezone.now())
    assert client.get(page_of(connection), **WAITING)["HX-Refresh"] == "true"
    assert "Testing the role" not in client.get(page_of(connection)).content.decode()


def test_a_second_click_requests_no_second_check(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    client.post(page_of(connection), {"do": "verify"})
    first = ConnectionCheck.objects.get()
    client.post(page_of(connection), {"do": "verify"})
    assert ConnectionCheck.objects.get().requested_at == first.requested_at


def test_another_role_is_tested_in_place_of_the_one_that_is_being_tested(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    first, second = (f"arn:aws:iam::{connection.account_id}:role/{name}" for name in ("Acess", "Access"))
    for role_arn in (first, second):
        client.post(page_of(connection), {"do": "verify", "role_arn": role_arn})
    assert ConnectionCheck.objects.get().role_arn == second


def test_a_check_that_no_worker_did_is_not_waited_for(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    client.post(page_of(connection), {"do": "verify"})
    ConnectionCheck.objects.update(requested_at=timezone.now() - CHECK_EXPIRES)
    text = on_one_line(client.get(page_of(connection)).content.decode())
    assert "Checking…" not in text
    assert "The check could not be started. The problem is on our side" in text
    do_requested_checks()
    assert ConnectionCheck.objects.get().finished_at is None, "it is too old to be of use"
    client.post(page_of(connection), {"do": "verify"})
    assert "Checking…" in client.get(page_of(connection)).content.decode()


def test_rights_are_chosen_on_the_page(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    client.post(page_of(connection), {"do": "choose", "allow_sampling": "", "allow_deletion": ["", "on"]})
    connection.refresh_from_db()
    assert (connection.allow_sampling, connection.allow_deletion) == (False, True)


def test_rights_are_chosen_when_a_connection_is_begun(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    values = {"choice": "new", "name": "production", "account_id": "111122223333", "do": "next"}
    assert 'name="allow_sampling"' in client.get(url(integration, "connect")).content.decode()
    client.post(url(integration, "connect"), {**values, "allow_sampling": ["", "on"], "allow_deletion": ""})
    connection = Connection.objects.get()
    assert (connection.allow_sampling, connection.allow_deletion) == (True, False)


def test_a_degraded_connection_is_on_the_overview_with_its_page(admin) -> None:
    tenant, client = admin
    verdict = Message("trust.no_external_id_required")
    connection = verified_connection(tenant, state=ConnectionState.DEGRADED, verdict=verdict)
    text = client.get(reverse("tenant_home", kwargs={"slug": tenant.slug})).content.decode()
    assert "The role does not require the external ID" in text
    assert todo_of(verdict) in html.unescape(text)
    assert f'href="{page_of(connection)}"' in text


def test_it_says_what_uses_it(admin) -> None:
    tenant, client = admin
    connection = verified_connection(tenant)
    fields = {"tenant": tenant, "connection": connection, "spec": {}}
    Integration.objects.create(name="harbour", state=IntegrationState.LIVE, **fields)
    Integration.objects.create(name="gone", state=IntegrationState.REMOVED, **fields)
    answer = client.get(page_of(connection))
    assert [integration.name for integration in answer.context["used_by"]] == ["harbour"]
