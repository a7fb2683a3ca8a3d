"""A page of the wizard that waits for what a worker asks AWS: with and without JavaScript, edited, late and failed."""

from dataclasses import replace

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding import tasks
from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.requested_check import CHECK_EXPIRES
from onboarding.models.resource_check import ResourceCheck
from onboarding.wizard import aws_checks
from portal import rate_limits
from portal.aws import kinesis, s3
from portal.aws.session import AwsSession
from tests.markup import on_one_line
from tests.onboarding.pages import (
    DELIVERY,
    STREAM,
    do_requested_checks,
    draft,
    path,
    post,
    submit,
    tenant_with_admin,
    url,
    verified_connection,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis", "aws")]
PART = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "check"}
EDITED = "You edited this page during the check."


@pytest.fixture
def admin(db: None) -> tuple[Integration, Client]:
    tenant, client = tenant_with_admin()
    uid = verified_connection(tenant).uid
    return draft(tenant, connect={"choice": uid, "connection": uid}, stream=STREAM), client


@pytest.fixture
def waiting(admin: tuple[Integration, Client]) -> tuple[Integration, Client, str]:
    """The stream's page, submitted; the address at which it waits."""
    integration, client = admin
    return integration, client, post(client, integration, "stream", STREAM)["Location"]


def text_of(client: Client, address: str, **extra: str) -> str:
    return on_one_line(client.get(address, **extra).content.decode())


def test_a_page_waits_shows_how_far_the_check_is_and_goes_on(waiting: tuple[Integration, Client, str]) -> None:
    integration, client, address = waiting
    assert address == f"{url(integration, 'stream')}?check=next"
    page = text_of(client, address)
    assert "Waiting to search for data stream sluice-sensors in eu-west-1." in page
    assert f'hx-get="{address}" hx-trigger="load delay:1s"' in page
    assert '<meta http-equiv="refresh" content="5">' in page.partition("<noscript")[2], "where there is no JavaScript"
    assert 'href="?check=next&amp;refresh=off"' in page
    assert 'value="sluice-sensors"' in page, "what was typed stays"
    assert "HX-Refresh" not in client.get(address, **PART)
    assert "HX-Refresh" not in client.get(url(integration, "stream"), **PART)
    do_requested_checks()
    assert client.get(address, **PART)["HX-Refresh"] == "true"
    assert client.get(address)["Location"] == url(integration, "delivery")
    assert "Checking…" not in text_of(client, url(integration, "stream"))


def test_what_is_refused_is_shown_at_its_field_and_the_address_is_the_pages_own(
    aws: AwsSession, waiting: tuple[Integration, Client, str]
) -> None:
    integration, client, address = waiting
    kinesis.create_stream(session_of(integration), STREAM["name"], mode="ON_DEMAND", shard_count=None, tags={})
    do_requested_checks()
    answer = client.get(address, follow=True)
    assert answer.redirect_chain == [(url(integration, "stream"), 302)]
    assert "already exists" in answer.context["form"].errors["name"][0]
    assert answer.context["form"]["shards"].value() == STREAM["shards"]


def test_a_second_submission_makes_no_second_check_and_other_input_does(
    waiting: tuple[Integration, Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    integration, client, address = waiting
    monkeypatch.setattr(rate_limits, "VERIFICATIONS", replace(rate_limits.VERIFICATIONS, each_person=2))
    first = ResourceCheck.objects.get()
    for shards in ("2", "3", "4", "5"):
        assert post(client, integration, "stream", {**STREAM, "shards": shards})["Location"] == address
    assert ResourceCheck.objects.get().requested_at == first.requested_at
    post(client, integration, "stream", {**STREAM, "name": "sluice-water"})
    second = ResourceCheck.objects.get()
    assert second.requested_at > first.requested_at
    assert second.input["name"] == "sluice-water"
    late = post(client, integration, "stream", {**STREAM, "name": "sluice-fire"})
    assert late.status_code == 429, "the limit is that of the connection's checks"
    assert ResourceCheck.objects.get().requested_at == second.requested_at


def test_an_answer_to_other_input_changes_nothing(aws: AwsSession, waiting: tuple[Integration, Client, str]) -> None:
    integration, client, address = waiting
    kinesis.create_stream(session_of(integration), STREAM["name"], mode="ON_DEMAND", shard_count=None, tags={})
    integration.refresh_from_db()
    other = {**STREAM, "name": "sluice-water", "turn": integration.turn}
    post(client, integration, "stream", other, "keep", HTTP_HX_REQUEST="true")
    part = client.get(address, **PART)
    assert EDITED in part.content.decode()
    assert part["HX-Replace-Url"] == url(integration, "stream"), "Back must not come to a page that goes on by itself"
    assert "HX-Refresh" not in part, "that would lose what is being typed"
    do_requested_checks()
    integration.refresh_from_db()
    assert (integration.draft["stream"]["name"], integration.draft["stream"]["refused"]) == ("sluice-water", {})
    assert "found" not in integration.draft["stream"]
    assert client.get(address)["Location"] == url(integration, "stream")


def test_a_check_that_no_worker_did_or_that_failed_is_said_and_made_again(
    waiting: tuple[Integration, Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    integration, client, address = waiting
    ResourceCheck.objects.update(requested_at=timezone.now() - CHECK_EXPIRES)
    assert client.get(address)["Location"] == url(integration, "stream")
    assert "The check could not be started. The problem is on our side" in text_of(client, url(integration, "stream"))
    assert post(client, integration, "stream", STREAM)["Location"] == address
    monkeypatch.setattr(aws_checks, "stream_found", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        tasks.check_resource(check_id=ResourceCheck.objects.get().pk)
    assert "The check could not be finished. The problem is on our side" in on_one_line(
        client.get(address, follow=True).content.decode()
    )


def test_a_draft_that_is_discarded_ends_its_check(waiting: tuple[Integration, Client, str], monkeypatch) -> None:
    integration, _client, _address = waiting

    def discarded(*_: object) -> None:
        integration.delete()

    monkeypatch.setattr(aws_checks, "stream_found", discarded)
    do_requested_checks()
    assert not ResourceCheck.objects.exists()


def test_nobody_else_sees_the_page_that_waits(waiting: tuple[Integration, Client, str]) -> None:
    _integration, _client, address = waiting
    _other, stranger = tenant_with_admin("contoso")
    assert stranger.get(address).status_code == 404
    assert stranger.get(address, **PART).status_code == 404


def test_the_queries_of_a_page_that_waits_do_not_depend_on_other_checks(
    waiting: tuple[Integration, Client, str],
) -> None:
    _integration, client, address = waiting

    def queries() -> int:
        with CaptureQueriesContext(database) as captured:
            client.get(address)
        return len(captured)

    queries()
    before = queries()
    check = ResourceCheck.objects.get()
    for part in range(20):
        check.pk, check.kind, check.part = None, "bucket", str(part)
        check.save()
    assert queries() == before


@pytest.mark.parametrize(("do", "goal"), [("next", "consumers"), ("more", "delivery")])
def test_a_delivery_waits_for_its_bucket_and_goes_where_its_button_said(
    admin: tuple[Integration, Client], do: str, goal: str
) -> None:
    integration, client = admin
    address = post(client, integration, "delivery", DELIVERY, do)["Location"]
    assert address == f"{url(integration, 'delivery')}?check={do}"
    assert f"Waiting to search for bucket {DELIVERY['bucket']}." in text_of(client, address)
    do_requested_checks()
    after = client.get(address, follow=True)
    assert path(after) == url(integration, goal)
    assert ("lines" in after.context) is (do == "more")


def test_a_delivery_whose_bucket_was_edited_or_removed_keeps_no_answer(admin: tuple[Integration, Client]) -> None:
    integration, client = admin
    s3.create_bucket(session_of(integration), DELIVERY["bucket"], STREAM["region"])
    post(client, integration, "delivery", DELIVERY)
    post(client, integration, "delivery", {**DELIVERY, "bucket": "sluice-another"}, "back")
    do_requested_checks()
    integration.refresh_from_db()
    assert codec.deliveries_of(integration.draft)["1"]["refused"] == {}
    post(client, integration, "delivery", DELIVERY)
    integration.draft = {**integration.draft, "delivery": {"items": {}}}
    integration.save()
    do_requested_checks()
    assert ResourceCheck.objects.get(kind="bucket").leads_on is False


def test_an_account_without_a_role_is_not_waited_for(admin: tuple[Integration, Client]) -> None:
    integration, client = admin
    integration.tenant.connections.update(state="no_access", role_arn="")
    assert path(submit(client, integration, "stream", STREAM)) == url(integration, "delivery")
    assert not ResourceCheck.objects.exists()


def session_of(integration: Integration) -> AwsSession:
    connection = integration.tenant.connections.get()
    return aws_checks.sessions.session_for(connection, STREAM["region"], "test")
