"""Page 3 of the wizard: one delivery or many, of every kind, kept as typed and judged by the declaration's rules."""

import html
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from onboarding.deliveries import form_codec, secrets
from onboarding.deliveries.kinds import KINDS, read
from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.spec import validation
from onboarding.wizard import page_status
from tests.markup import on_one_line
from tests.onboarding.deliveries_examples import REGION, example
from tests.onboarding.pages import (
    ACCOUNT,
    DELIVERY,
    STREAM,
    draft,
    path,
    post,
    tenant_with_admin,
    url,
    verified_connection,
    when_checked,
)

pytestmark = pytest.mark.django_db
LIST = {"list": "1"}


@pytest.fixture
def admin(db):
    return tenant_with_admin()


def filled(kind: str, **more: Any) -> dict[str, str]:
    """What a careful person typed for a kind."""
    return form_codec.typed(read(example(kind, account=ACCOUNT, region=REGION, **more)))


def items_of(integration: Integration) -> dict[str, dict[str, Any]]:
    return codec.deliveries_of(Integration.objects.get(pk=integration.pk).draft)


def send(client: Client, integration: Integration, key: str, values: dict[str, str], do: str = "next") -> HttpResponse:
    return client.post(delivery_address(integration, key), {**values, "do": do})


def delivery_address(integration: Integration, key: str) -> str:
    return reverse("delivery", kwargs={"slug": integration.tenant.slug, "uid": integration.uid, "key": key})


def test_a_new_draft_has_the_bucket_filled_in(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    page = client.get(url(integration, "delivery")).content.decode()
    assert 'value="sluice-sensors-to-s3"' in page
    assert 'value="kind:splunk"' in page
    assert items_of(integration) == {}, "looking writes nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_chosen_filled_in_and_kept(admin, kind: str) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    answer = post(client, integration, "delivery", DELIVERY, f"kind:{kind}")
    assert answer["Location"] == url(integration, "delivery")
    page = client.get(url(integration, "delivery"))
    assert f'value="kind:{kind}" aria-pressed="true"' in on_one_line(page.content.decode())
    assert page.context["form"]["buffering_seconds"].value() == str(KINDS[kind].BUFFERING.default_seconds)
    assert not page.context["form"].errors
    answer = post(client, integration, "delivery", filled(kind))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == url(integration, "consumers")
    kept = items_of(integration)["1"]
    assert read(form_codec.plain(kept)) == read(example(kind, account=ACCOUNT, region=REGION))
    integration.refresh_from_db()
    assert page_status.status_of(integration, "delivery").state == "done"


def test_no_storage_is_a_choice(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    post(client, integration, "delivery", {**DELIVERY, "bucket": "half-typ"}, "kind:none")
    page = client.get(url(integration, "delivery")).content.decode()
    assert "Your applications read the stream" in page
    assert 'name="bucket"' not in page
    assert post(client, integration, "delivery", {"kind": "none"})["Location"] == url(integration, "consumers")
    integration.refresh_from_db()
    assert page_status.status_of(integration, "delivery").summary == "no delivery"


def test_deliveries_are_added_edited_and_removed(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    answer = post(client, integration, "delivery", DELIVERY, "more")
    assert answer["Location"] == f"{url(integration, 'delivery')}?list=1#add"
    page = client.get(answer["Location"]).content.decode()
    assert page.count('value="add:') == len(KINDS)
    answer = post(client, integration, "delivery", LIST, "add:s3")
    assert answer["Location"] == delivery_address(integration, "2")
    second = items_of(integration)["2"]
    assert (second["name"], second["bucket"]) == ("sluice-sensors-to-s3-2", DELIVERY["bucket"])
    answer = send(client, integration, "2", second, "kind:splunk")
    assert answer["Location"] == delivery_address(integration, "2")
    assert items_of(integration)["2"]["name"] == "sluice-sensors-to-splunk"
    assert send(client, integration, "2", filled("splunk"))["Location"] == url(integration, "delivery")

    page = client.get(url(integration, "delivery"))
    assert [line.status for line in page.context["lines"]] == ["Complete", "Complete"]
    assert post(client, integration, "delivery", LIST, "add:http")["Location"] == delivery_address(integration, "3")
    answer = post(client, integration, "delivery", LIST)
    assert answer.status_code == 422
    assert " error" in answer.content.decode()
    post(client, integration, "delivery", LIST, "remove:3")
    assert set(items_of(integration)) == {"1", "2"}
    assert post(client, integration, "delivery", LIST)["Location"] == url(integration, "consumers")
    integration.refresh_from_db()
    assert page_status.status_of(integration, "delivery").summary == "2 deliveries: S3, Splunk"
    assert client.get(delivery_address(integration, "3")).status_code == 404


def test_a_name_is_used_once_and_a_bucket_is_somebodys(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery={"items": {"1": filled("http"), "2": filled("splunk")}})
    answer = send(client, integration, "2", {**filled("splunk"), "name": filled("http")["name"]})
    assert "Use a different name for each" in answer.context["form"].errors["name"][0]
    answer = send(client, integration, "2", {**filled("splunk"), "bucket_mode": "existing"})
    assert "Set the same new_bucket value for both" in str(answer.context["form"].errors)


@pytest.mark.parametrize(
    ("kind", "field", "typed", "expected"),
    [
        ("redshift", "cluster_jdbc_url", "nowhere", "JDBC URL"),
        ("redshift", "table", "", "Table is required"),
        ("opensearch", "domain_arn", "search", "not an ARN of this type: OpenSearch domain"),
        ("opensearch_serverless", "vpc__subnet_ids", "here", "1 to 16"),
        ("opensearch_serverless", "vpc__security_group_ids", "", "This field is required."),
        ("opensearch_serverless", "collection_endpoint", "https://x", "endpoint"),
        ("http", "url", "http://in.example.com", "https://"),
        ("http", "retry_seconds", "soon", "integer"),
        ("splunk", "ack_timeout_seconds", "60", "180"),
        ("splunk", "buffering_seconds", "61", "maximum buffer interval is 60 seconds"),
        ("snowflake", "account_url", "https://example.com", "snowflakecomputing.com"),
        ("snowflake", "content_column", "", "missing"),
        ("iceberg", "tables", "readings", "A database or table name has"),
        ("s3", "partitioning__keys", "building", "jq"),
        ("s3", "time_zone", "Berlin", "IANA"),
        ("s3", "transform__function_arn", "mask", "Lambda"),
    ],
)
def test_bad_input_is_named_at_its_field_and_kept(admin, kind: str, field: str, typed: str, expected: str) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery=filled(kind))
    answer = post(client, integration, "delivery", {**filled(kind), field: typed})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert expected in " ".join(form.errors[field]), form.errors
    assert f'id="id_{field}_error"' in answer.content.decode()
    again = client.get(url(integration, "delivery"))
    assert again.context["form"][field].value() == typed
    assert next(
        (group.is_open for group in form.groups if field in {bound_field.name for bound_field in group.fields}), True
    )


SECRETS = {
    "a token for an ARN": ("splunk", "secret_arn", "8f2c1d0e-hunter2-token"),
    "the JSON of a secret for its ARN": ("http", "secret_arn", '{"api_key": "hunter2"}'),
    "a token for an address": ("splunk", "hec_endpoint", "0f3a8c11-90aa-4b2c-8d3e-444455556666"),
    "a password in an address": ("http", "url", "https://me:hunter2@in.example.com"),
    "an attribute with the name of a secret": ("http", "attributes", "api_key: hunter2"),
    "an option with a key": ("redshift", "copy_options", "credentials 'aws_secret_access_key=hunter2'"),
    "a private key": ("snowflake", "role", "-----BEGIN PRIVATE KEY----- hunter2"),
    "a secret access key in a common field": ("s3", "prefix", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "an access key ID": ("s3", "bucket", "AKIAIOSFODNN7EXAMPLE"),
}


@pytest.mark.parametrize(("kind", "field", "typed"), SECRETS.values(), ids=SECRETS)
def test_a_secret_is_neither_kept_nor_repeated_and_the_page_says_so(admin, kind: str, field: str, typed: str) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery=filled(kind))
    for do in ("keep", "kind:s3", "back", "next"):
        if do == "next":
            post(client, integration, "delivery", filled(kind), f"kind:{kind}")
        answer = post(client, integration, "delivery", {**filled(kind), field: typed}, do)
        assert typed not in html.unescape(answer.content.decode())
        assert typed not in str(Integration.objects.get(pk=integration.pk).draft)
    assert answer.status_code == 422
    assert "seems to contain a secret" in answer.context["form"].errors[field][0]
    again = html.unescape(client.get(url(integration, "delivery")).content.decode())
    assert typed not in again
    assert "seems to contain a secret" in again


@pytest.mark.parametrize(
    ("kind", "field", "typed"),
    [
        ("s3", "prefix", "readings/token=!{partitionKeyFromQuery:token}/"),
        ("s3", "partitioning__keys", "token: .token"),
        ("http", "url", "https://in.example.com/v1/0f3a8c11-90aa-4b2c-8d3e-444455556666/put"),
        ("http", "attributes", "site: 0f3a8c11-90aa-4b2c-8d3e-444455556666"),
    ],
)
def test_what_only_resembles_a_secret_is_kept(admin, kind: str, field: str, typed: str) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    post(client, integration, "delivery", {**filled(kind), field: typed}, "keep")
    assert items_of(integration)["1"][field] == typed


def test_the_page_says_how_the_secret_is_made(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery={"kind": "splunk"})
    page = html.unescape(client.get(url(integration, "delivery")).content.decode())
    assert secrets.command("splunk", region=REGION, name="sluice-sensors-to-splunk-secret") in page
    post(client, integration, "delivery", filled("iceberg"), "kind:iceberg")
    assert "create-secret" not in client.get(url(integration, "delivery")).content.decode()


def test_the_list_of_one_that_is_left_wipes_nothing(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery={"items": {"1": filled("s3"), "2": filled("http")}})
    for do in ("remove:2", "remove:2", "remove:9", "add:nothing"):
        post(client, integration, "delivery", LIST, do)
    assert items_of(integration) == {"1": {**filled("s3"), "submitted": True}}
    assert post(client, integration, "delivery", LIST, "back")["Location"] == url(integration, "stream")
    assert post(client, integration, "delivery", LIST)["Location"] == url(integration, "consumers")
    post(client, integration, "delivery", LIST, "remove:1")
    assert post(client, integration, "delivery", LIST)["Location"] == url(integration, "delivery")
    assert 'value="sluice-sensors-to-s3"' in client.get(url(integration, "delivery")).content.decode()


def test_a_tick_that_was_taken_away_stays_away(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    values = {**filled("s3"), "partitioning__keys": "building: .building"}
    values.pop("partitioning__delimiter")
    post(client, integration, "delivery", values, "keep")
    form = client.get(url(integration, "delivery")).context["form"]
    assert not form["partitioning__delimiter"].value()
    assert [group.is_open for group in form.groups if "Dynamic" in group.title] == [True]


def test_groups_that_nobody_touched_are_closed(admin) -> None:
    tenant, client = admin
    form = client.get(url(draft(tenant, stream=STREAM), "delivery")).context["form"]
    assert [group.title for group in form.groups if group.is_open] == []


def test_the_rights_of_the_role_follow_what_is_typed(admin) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    answer = client.post(
        url(integration, "delivery"), {**filled("opensearch"), "do": "keep"}, HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "sluice-search" in answer


def test_settings_with_many_deliveries_open_in_the_wizard_and_come_back_unchanged(admin) -> None:
    tenant, _ = admin
    connection = verified_connection(tenant)
    plain = {
        "name": "sensors",
        "connection": connection.uid,
        "stream": {"name": "sluice-sensors", "region": REGION},
        "deliveries": [example(kind, account=ACCOUNT) for kind in KINDS],
        "recipients": ["A" * 40],
    }
    spec = validation.from_dict(plain)
    integration = Integration.objects.create(
        tenant=tenant, connection=connection, name="sensors", state=IntegrationState.LIVE, spec=spec.as_dict()
    )
    integration.draft = codec.pages_of(spec, integration)
    assert codec.as_spec(integration).deliveries == spec.deliveries


@pytest.fixture
def aws_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


def connected_draft(tenant, **connection: Any) -> Integration:
    uid = verified_connection(tenant, **connection).uid
    items = {"1": filled("s3"), "2": filled("splunk"), "3": {**filled("http"), "secret_arn": "", "url": ""}}
    return draft(tenant, connect={"choice": uid, "connection": uid}, stream=STREAM, delivery={"items": items})


@pytest.mark.usefixtures("aws_does_not_answer")
def test_the_page_says_what_the_connection_does_not_allow_and_goes_on(admin) -> None:
    tenant, client = admin
    integration = connected_draft(tenant)
    page = client.get(url(integration, "delivery"))
    first, second, third = page.context["lines"]
    assert (first.not_allowed, first.status) == ([], "Complete")
    assert "Read secrets of destinations" in second.not_allowed[0]
    assert (second.status, second.state) == ("Not allowed yet", "attention")
    assert (third.not_allowed, third.status) == ([], "1 error"), "half a delivery cannot tell"
    assert "/connections/" in page.content.decode()
    assert "does not allow this delivery yet" in client.get(delivery_address(integration, "2")).content.decode()
    live = client.post(delivery_address(integration, "2"), {**filled("splunk"), "do": "keep"}, HTTP_HX_REQUEST="true")
    assert "does not allow this delivery yet" in live.content.decode()
    assert send(client, integration, "2", filled("splunk")).status_code == 302, "it can be allowed while one goes on"


def test_what_the_connection_allows_is_not_mentioned(admin) -> None:
    tenant, client = admin
    page = client.get(url(connected_draft(tenant, allow_secrets=True), "delivery"))
    assert [line.not_allowed for line in page.context["lines"]] == [[], [], []]
    assert "not allowed" not in page.content.decode()


@pytest.mark.usefixtures("aws_does_not_answer")
def test_aws_is_asked_once_about_a_bucket_that_deliveries_share(admin) -> None:
    tenant, client = admin
    integration = connected_draft(tenant)
    # Nobody made the role of this connection, so that every question to AWS ends in words that say so.
    expected = "Couldn’t check whether"
    assert expected in after(client, integration, send(client, integration, "1", filled("s3")))
    assert expected not in after(client, integration, send(client, integration, "2", filled("splunk")))
    other = {**filled("splunk"), "bucket": "sluice-other"}
    assert expected in after(client, integration, send(client, integration, "2", other))


def after(client: Client, integration: Integration, answer: HttpResponse) -> str:
    listed = when_checked(client, answer)
    assert path(listed) == url(integration, "delivery")
    return listed.content.decode()
