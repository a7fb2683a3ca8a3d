"""Pages 2 and 3, and what all pages of the wizard share: drafts keep what was typed, and nothing is made by looking."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from onboarding.drafts.services import discard_draft
from onboarding.models.credential import Credential, Download, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, RunState
from onboarding.wizard.rail import rail_of
from portal.tenancy.models import AuditEvent
from tests.onboarding.pages import (
    DELIVERY,
    STREAM,
    draft,
    path,
    post,
    submit,
    tenant_with_admin,
    url,
    verified_connection,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db):
    return tenant_with_admin()


def test_a_new_integration_is_a_draft_at_its_first_page(admin) -> None:
    tenant, client = admin
    answer = client.post(reverse("integration_new", kwargs={"slug": tenant.slug}))
    integration = Integration.objects.get(tenant=tenant)
    assert answer["Location"] == url(integration, "connect")
    assert integration.state == IntegrationState.DRAFT


def test_a_page_shows_every_field_and_where_it_stands(admin) -> None:
    tenant, client = admin
    page = client.get(url(draft(tenant), "stream")).content.decode()
    for name in STREAM:
        assert f'name="{name}"' in page
    assert "One shard supports 1 MB/s and 1,000 records/s in, 2 MB/s out." in page
    assert 'aria-label="Setup pages"' in page


def test_a_good_page_is_saved_and_leads_on(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "stream", STREAM)
    assert answer["Location"] == url(integration, "delivery")
    integration.refresh_from_db()
    assert integration.draft["stream"]["name"] == "sluice-sensors"
    assert integration.name == "sluice-sensors"


@pytest.mark.parametrize(
    ("page", "values", "field", "typed", "expected"),
    [
        ("stream", STREAM, "name", "Sluice Sensors!", "cannot be in it"),
        ("stream", STREAM, "name", "sensors", "sluice-"),
        ("stream", STREAM, "region", "mars-1", "no Region called"),
        ("stream", STREAM, "region", "cn-north-1", "aws-cn"),
        ("stream", STREAM, "shards", "lots", "whole number of shards"),
        ("stream", STREAM, "retention_hours", "12", "minimum retention period is 24 hours"),
        ("delivery", DELIVERY, "bucket", "Northwind-Data", "capital letters"),
        ("delivery", DELIVERY, "prefix", "a/!{timestamp:jahr}/", "not a valid date pattern"),
    ],
)
def test_bad_input_is_named_at_its_field_and_kept(admin, page, values, field, typed, expected) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, page, {**values, field: typed})
    assert answer.status_code == 422
    assert expected in " ".join(answer.context["form"].errors[field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    again = client.get(url(integration, page))
    assert again.context["form"][field].value() == typed
    assert again.context["form"].errors[field] == answer.context["form"].errors[field]
    assert not Run.objects.exists()


def test_back_keeps_what_was_typed_even_when_it_is_wrong(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "delivery", {**DELIVERY, "bucket": "NO"}, do="back")
    assert answer["Location"] == url(integration, "stream")
    page = client.get(url(integration, "delivery"))
    assert page.context["form"]["bucket"].value() == "NO"
    assert not page.context["form"].errors  # nobody asked to go on yet


def test_typing_saves_without_judging_and_answers_with_what_changes(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(
        client, integration, "stream", {**STREAM, "shards": "12", "name": "slu"}, "keep", HTTP_HX_REQUEST="true"
    )
    page = answer.content.decode()
    assert "12 shards support 12 MB/s and 12,000 records/s in, 24 MB/s out." in page
    assert "<form" not in page
    integration.refresh_from_db()
    assert integration.draft["stream"]["shards"] == "12"
    assert not client.get(url(integration, "stream")).context["form"].errors


def test_what_was_typed_before_a_button_cannot_arrive_after_it(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "stream", {**STREAM, "name": "sluice-final", "turn": integration.turn})
    late = {**STREAM, "name": "sluice-fin", "turn": integration.turn}
    assert post(client, integration, "stream", late, "keep", HTTP_HX_REQUEST="true").status_code == 204
    integration.refresh_from_db()
    assert integration.draft["stream"]["name"] == "sluice-final"
    shown = client.get(url(integration, "stream")).content.decode()
    assert f'name="turn" value="{integration.turn}"' in shown
    post(client, integration, "stream", {**late, "turn": integration.turn}, "keep", HTTP_HX_REQUEST="true")
    integration.refresh_from_db()
    assert integration.draft["stream"]["name"] == "sluice-fin"


def test_what_only_sluice_may_write_cannot_be_posted(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "stream", {**STREAM, "refused": "x", "submitted": "x"}, "keep")
    integration.refresh_from_db()
    assert integration.draft["stream"]["refused"] == {}
    assert "submitted" not in integration.draft["stream"]


def test_the_prefix_is_shown_as_it_would_be_written_now(admin) -> None:
    tenant, client = admin
    values = {**DELIVERY, "prefix": "x/!{timestamp:yyyy}/"}
    page = post(client, draft(tenant), "delivery", values, "keep", HTTP_HX_REQUEST="true").content.decode()
    assert '<span class="mono break">x/20' in page
    bad = {**DELIVERY, "prefix": "!{timestamp:jahr}"}
    page = post(client, draft(tenant), "delivery", bad, "keep", HTTP_HX_REQUEST="true").content.decode()
    assert "not a valid date pattern" in page


def test_an_unticked_box_stays_unticked(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "stream", {key: value for key, value in STREAM.items() if key != "shard_level_metrics"})
    assert client.get(url(integration, "stream")).context["form"]["shard_level_metrics"].value() in {"", False}


def test_where_aws_cannot_be_asked_the_reader_goes_on_and_is_told(admin, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    tenant, client = admin
    connection = verified_connection(tenant, external_id="sluice-unreachable")
    integration = draft(tenant, connect={"connection": connection.uid})
    answer = submit(client, integration, "stream", STREAM)
    assert path(answer) == url(integration, "delivery")
    assert "Couldn’t check whether “sluice-sensors” is available" in answer.content.decode()


def test_what_runs_or_is_done_has_no_pages_to_change(admin) -> None:
    tenant, client = admin
    integration = draft(tenant)
    integration.state, integration.connection, integration.spec = IntegrationState.LIVE, verified_connection(tenant), {}
    integration.save()
    run = Run.objects.create(integration=integration, state=RunState.DONE, spec={}, requested_by="a test")
    answer = post(client, integration, "stream", {**STREAM, "name": "sluice-other"})
    assert answer["Location"] == reverse("run", kwargs={"slug": tenant.slug, "pk": run.pk})
    integration.refresh_from_db()
    assert "stream" not in integration.draft


# What only AWS knows.


def test_a_stream_that_is_not_ours_is_refused_at_its_name(world, client) -> None:
    kinesis = world.root().client("kinesis")
    kinesis.create_stream(StreamName="sluice-sensors", ShardCount=1)
    connection = world.connected()
    client.force_login(world.admin)
    integration = draft(world.tenant, connect={"choice": connection.uid, "connection": connection.uid})
    answer = submit(client, integration, "stream", STREAM)
    assert path(answer) == url(integration, "stream")
    assert "already exists" in answer.context["form"].errors["name"][0]
    assert "already exists" in client.get(url(integration, "stream")).context["form"].errors["name"][0]
    assert kinesis.list_streams()["StreamNames"] == ["sluice-sensors"]
    better = submit(client, integration, "stream", {**STREAM, "name": "sluice-others"})
    assert path(better) == url(integration, "delivery")


def test_a_bucket_of_somebody_else_is_refused_at_its_name(world, client) -> None:
    name = f"sluice-taken-{world.other_account_id}"
    world.root(world.other_account_id).client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    connection = world.connected()
    client.force_login(world.admin)
    integration = draft(world.tenant, connect={"choice": connection.uid, "connection": connection.uid}, stream=STREAM)
    answer = submit(client, integration, "delivery", {**DELIVERY, "bucket": name})
    assert path(answer) == url(integration, "delivery")
    assert "is already in use" in answer.context["form"].errors["bucket"][0]
    assert answer.context["form"]["bucket"].value() == name
    assert world.root().client("s3").list_buckets()["Buckets"] == []


def test_a_draft_is_discarded_and_nothing_else(admin) -> None:
    tenant, client = admin
    discarded, other = draft(tenant), draft(tenant)
    at = {"slug": tenant.slug, "uid": discarded.uid}
    answer = client.post(reverse("integration_discard", kwargs=at), follow=True)
    assert f"The draft {discarded.name} was discarded." in answer.content.decode()
    assert list(Integration.objects.filter(tenant=tenant)) == [other]
    assert AuditEvent.objects.filter(action="onboarding:integration:draft-discarded", target=discarded.uid).count() == 1


def test_what_is_no_draft_is_not_discarded(admin) -> None:
    tenant, _client = admin
    integration = draft(tenant)
    connection = verified_connection(tenant)
    Integration.objects.filter(pk=integration.pk).update(
        state=IntegrationState.LIVE, connection=connection, spec={"stream": {}}
    )
    with pytest.raises(ValidationError, match="no longer a draft"):
        discard_draft(integration=integration, actor="test")
    assert Integration.objects.filter(pk=integration.pk).exists()


def test_the_key_is_ticked_only_when_it_was_downloaded(admin) -> None:
    tenant, _client = admin
    integration = draft(tenant)
    credential = Credential.objects.create(
        integration=integration, attempt=1, user_name="u", access_key_id="AKIAIOSFODNN7EXAMPLE", state="ready"
    )
    SealedCopy.objects.create(credential=credential, audience="client", fingerprint="A" * 40, key_id="A" * 16)
    [item] = [item for item in rail_of(integration, "review") if item.key == "credentials"]
    assert (item.state, item.summary) == ("todo", f"{credential.access_key_id[:8]}… ready")
    Download.objects.create(copy=credential.copies.get(audience="client"), actor="ada@north.example")
    [item] = [item for item in rail_of(integration, "review") if item.key == "credentials"]
    assert (item.state, item.summary) == ("done", f"{credential.access_key_id[:8]}… downloaded")
