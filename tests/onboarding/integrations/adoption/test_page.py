"""The page of the stream when one of its name exists: what it is, the tick, and what it does to the fields."""

from collections.abc import Callable

import botocore.client
import pytest
from botocore.exceptions import ClientError
from django.test import Client
from django.urls import reverse

from onboarding.connections import permission_choice
from onboarding.drafts import codec
from onboarding.integrations import abandon, removal, runs
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.wizard import pages as wizard
from portal.aws import kinesis
from portal.aws.policies.chosen_permissions import chosen_permissions
from portal.aws.policies.optional_permissions import PERMISSION_BY_KEY
from portal.tenancy.models import AuditEvent
from tests.markup import on_one_line
from tests.onboarding.integrations.adoption.conftest import NAME, TAGS, Theirs
from tests.onboarding.pages import STREAM, draft, path, post, submit, url
from tests.onboarding.provisioning.driving import carried_out, failed_steps
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {**STREAM, "name": NAME, "shards": "2", "retention_hours": "30", "max_record_kib": "2048", "tags": "floor = 3"}


@pytest.fixture
def page(theirs: Theirs, client: Client) -> Integration:
    """A draft at the page of the stream, over the connection that lists it; the browser is the admin's."""
    client.force_login(theirs.world.admin)
    uid = theirs.connection.uid
    recipients = {"fingerprints": [theirs.world.recipient().fingerprint]}
    pages = {"connect": {"choice": uid, "connection": uid}, "recipients": recipients}
    return draft(theirs.world.tenant, **pages, delivery={"items": {"1": {"kind": "none"}}})


def shown(client: Client, integration: Integration) -> str:
    return on_one_line(client.get(url(integration, "stream")).content.decode())


def test_what_exists_is_said_at_its_name_and_what_was_typed_stays(theirs: Theirs, page: Integration, client) -> None:
    kinesis.tag_stream(theirs.world.root(), NAME, {"note": "<b>roofs</b>"})
    answer = submit(client, page, "stream", TYPED)
    assert path(answer) == url(page, "stream")
    text = on_one_line(answer.content.decode())
    assert "already exists in eu-west-1 and was not created by Sluice" in answer.context["form"].errors["name"][0]
    for expected in ("3 shards, provisioned", "72 hours", "1024 KiB", "team=roofs", theirs.arn):
        assert expected in text
    assert "note=&lt;b&gt;roofs" in text
    assert f'value="{theirs.looked().identity}">' in text  # and not checked
    for field in ("shards", "retention_hours", "max_record_kib", "tags"):
        assert answer.context["form"][field].value() == TYPED[field]
    assert "Adopt this stream" in shown(client, page)
    assert not AuditEvent.objects.filter(action__contains="adoption").exists()


def test_the_tick_fills_in_the_stream_as_it_is_and_asks_again(theirs: Theirs, page: Integration, client) -> None:
    submit(client, page, "stream", TYPED)
    tick = theirs.looked().identity
    answer = submit(client, page, "stream", {**TYPED, "adopt": tick})
    assert path(answer) == url(page, "stream")
    assert "Settings that you do not edit stay unchanged" in answer.content.decode()
    form = answer.context["form"]
    values = {
        name: form[name].value() for name in ("shards", "retention_hours", "max_record_kib", "encryption", "tags")
    }
    assert values == {
        "shards": "3",
        "retention_hours": "72",
        "max_record_kib": "1024",
        "encryption": "none",
        "tags": "",
    }
    assert f'value="{tick}" checked>' in shown(client, page)
    assert AuditEvent.objects.filter(action="onboarding:stream:adoption-confirmed").count() == 1
    again = submit(client, page, "stream", {**{name: form[name].value() or "" for name in form.fields}, "adopt": tick})
    assert path(again) == url(page, "delivery")
    assert AuditEvent.objects.filter(action="onboarding:stream:adoption-confirmed").count() == 1


def filled(theirs: Theirs, page: Integration, client: Client, **values: str) -> None:
    """Tick the stream, and continue with what is given changed."""
    tick = theirs.looked().identity
    submit(client, page, "stream", {**TYPED, "adopt": tick})
    page.refresh_from_db()
    found = {**theirs.looked().form_values(), "name": NAME, "region": "eu-west-1", "adopt": tick}
    assert path(submit(client, page, "stream", {**found, **values})) == url(page, "delivery")


def test_the_plan_says_what_is_adopted_and_that_nothing_of_it_changes(theirs: Theirs, page, client) -> None:
    filled(theirs, page, client)
    text = client.get(url(page, "review")).content.decode()
    assert "Changes to your stream" in text
    assert "The stream keeps its capacity, records, encryption and tags" in text
    assert "yours, adopted and never deleted: 3 shards, kept for 72 hours" in text
    assert "Adopt and create resources in account" in on_one_line(text)


def test_whatever_is_changed_stands_in_the_plan_and_a_loss_needs_its_tick(theirs: Theirs, page, client) -> None:
    filled(theirs, page, client, retention_hours="24", shards="4")
    answer = client.get(url(page, "review"))
    assert [change.path for change in answer.context["changes"]] == ["stream.shards", "stream.retention_hours"]
    assert "I accept that these records may be lost" in answer.content.decode()
    start = reverse("integration_start", kwargs={"slug": page.tenant.slug, "uid": page.uid})
    assert client.post(start).status_code == 422
    assert not Run.objects.exists()
    assert client.post(start, {"accept_loss": "on"}).status_code == 302
    run = carried_out(Run.objects.get())
    assert run.state == "done", failed_steps(run)
    assert (theirs.stream().retention_hours, theirs.stream().open_shard_count) == (24, 4)


def test_the_whole_way_without_javascript(theirs: Theirs, page: Integration, client) -> None:
    filled(theirs, page, client)
    page.refresh_from_db()
    spec = codec.as_spec(page)
    assert (spec.stream.adopt, spec.stream.creation_timestamp) == (True, theirs.looked().stream.creation_timestamp)
    run = carried_out(runs.start_run(integration=page, actor=theirs.world.admin, spec=spec))
    assert run.state == "done", failed_steps(run)
    assert theirs.tags() == {**TAGS, "sluice:integration": page.uid, "sluice:tenant": theirs.world.tenant.slug}


def test_the_tick_of_a_stream_made_anew_since_counts_no_more(theirs: Theirs, page: Integration, client) -> None:
    theirs.made_at = theirs.looked().stream.creation_timestamp
    tick = theirs.looked().identity
    theirs.made_anew()
    answer = submit(client, page, "stream", {**TYPED, "adopt": tick})
    assert path(answer) == url(page, "stream")
    assert f'value="{theirs.looked().identity}">' in on_one_line(answer.content.decode())
    assert not AuditEvent.objects.filter(action__contains="adoption").exists()


@pytest.mark.parametrize(
    "tick",
    [
        "on",
        "arn:aws:kinesis:eu-west-1:111122223333:stream/telemetry 2026-01-01T00:00:00+00:00",
        "arn:aws:kinesis:eu-west-1:111122223333:stream/other 2026-01-01T00:00:00+00:00",
        "arn:x",
        "ü" * 3000,
    ],
    ids=["on", "another account", "another name", "no ARN", "long"],
)
def test_a_tick_that_no_page_showed_adopts_nothing(theirs: Theirs, page: Integration, client, tick: str) -> None:
    answer = submit(client, page, "stream", {**TYPED, "adopt": tick})
    assert answer.context["form"].errors.keys() & {"name", "adopt"}
    page.refresh_from_db()
    assert "adoption" not in page.draft


def test_a_stream_of_another_integration_is_refused_without_a_tick(theirs: Theirs, page: Integration, client) -> None:
    tick = theirs.looked().identity
    kinesis.tag_stream(theirs.world.root(), NAME, {"sluice:integration": "somebodyelse"})
    answer = submit(client, page, "stream", {**TYPED, "adopt": tick})
    assert "of another organisation or portal" in answer.context["form"].errors["name"][0]
    assert 'name="adopt"' not in answer.content.decode().replace('type="hidden" name="adopt"', "")
    assert theirs.tags()["sluice:integration"] == "somebodyelse"


def test_where_nothing_of_that_name_exists_there_is_nothing_to_adopt(theirs: Theirs, page: Integration, client) -> None:
    theirs.deleted()
    answer = submit(client, page, "stream", TYPED)
    assert "it cannot be adopted" in answer.context["form"].errors["name"][0]
    assert answer.context["form"]["name"].value() == NAME


def test_a_name_that_is_not_listed_says_how_it_can_be(theirs: Theirs, page: Integration, client) -> None:
    permission_choice.choose_permissions(
        connection=theirs.connection, optional=chosen_permissions(PERMISSION_BY_KEY), actor="test"
    )
    answer = submit(client, page, "stream", TYPED)
    assert "must begin with “sluice-”" in answer.context["form"].errors["name"][0]
    assert "first list its ARN in the connection" in answer.content.decode()


def test_where_aws_does_not_answer_a_ticked_page_goes_on(
    theirs: Theirs, page: Integration, client, monkeypatch
) -> None:
    filled(theirs, page, client)
    page.refresh_from_db()
    values = wizard.values_of(page, "stream")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    answer = submit(client, page, "stream", {name: str(values.get(name) or "") for name in (*TYPED, "adopt")})
    assert path(answer) == url(page, "delivery")
    assert "Couldn’t check whether" in answer.content.decode()


def test_where_aws_does_not_answer_nothing_unseen_is_adopted(
    theirs: Theirs, page: Integration, client, monkeypatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    answer = submit(client, page, "stream", TYPED)
    assert path(answer) == url(page, "stream")
    assert "Couldn’t check whether a stream" in answer.context["form"].errors["name"][0]
    assert answer.context["form"]["shards"].value() == TYPED["shards"]


def test_another_tenant_sees_none_of_it(theirs: Theirs, page: Integration, client) -> None:
    client.force_login(theirs.world.outsider)
    assert client.get(url(page, "stream")).status_code == 404
    assert post(client, page, "stream", {**TYPED, "adopt": theirs.looked().identity}).status_code == 404


def test_a_living_integration_that_adopted_is_changed_in_the_wizard(theirs: Theirs, world: World, client) -> None:
    integration = theirs.adopted()
    client.force_login(world.admin)
    client.post(f"/t/{world.tenant.slug}/integrations/{integration.uid}/change/")
    integration.refresh_from_db()
    text = shown(client, integration)
    assert "This is your own stream, adopted by Sluice" in text
    values = {name: str(value) for name, value in wizard.values_of(integration, "stream").items()}
    assert post(client, integration, "stream", {**values, "shards": "4"})["Location"] == url(integration, "delivery")
    integration.refresh_from_db()
    spec = codec.as_spec(integration)
    assert (spec.stream.adopt, spec.stream.shards) == (True, 4)
    run: Run = carried_out(runs.start_run(integration=integration, actor="test", spec=spec))
    assert run.state == "done", failed_steps(run)
    assert theirs.stream().open_shard_count == 4


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have AWS describe the stream otherwise."""
    original = botocore.client.BaseClient._make_api_call

    def otherwise(**changed: object) -> None:
        def answered(self, operation, parameters):
            if operation == "DescribeKey":
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)
            answer = original(self, operation, parameters)
            if operation == "DescribeStreamSummary":
                answer["StreamDescriptionSummary"] |= changed
            return answer

        monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", answered)

    return otherwise


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"StreamStatus": "DELETING"}, "is being deleted in your account"),
        ({"EncryptionType": "KMS", "KeyId": "alias/hidden"}, "Allow kms:DescribeKey on that key for the role"),
    ],
    ids=["going", "a key nobody may see"],
)
def test_what_cannot_be_adopted_says_why_and_shows_no_tick(page, client, says, changed, expected) -> None:
    says(**changed)
    answer = submit(client, page, "stream", TYPED)
    assert path(answer) == url(page, "stream")
    assert expected in answer.context["form"].errors["name"][0]
    assert 'name="adopt"' not in answer.content.decode()


def test_a_stream_that_is_going_is_refused_by_the_run(theirs: Theirs, says) -> None:
    run = theirs.adopting()
    says(StreamStatus="DELETING")
    assert failed_steps(carried_out(run))["stream"].code == "refused.no_stream_to_adopt"


def test_the_pages_of_an_integration_say_whose_the_stream_is(theirs: Theirs, world: World, client) -> None:
    integration = theirs.adopted()
    client.force_login(world.admin)
    at = {"slug": world.tenant.slug, "uid": integration.uid}
    text = client.get(reverse("integration", kwargs=at)).content.decode()
    assert f"Yours, adopted by {world.admin}" in text
    text = client.get(reverse("integration_remove", kwargs=at)).content.decode()
    assert "Only Sluice’s tags are removed" in text
    assert 'name="delete_data"' not in text
    # Who sends the tick all the same gets nothing by it.
    asked = {"delete_data": "on", "confirmed": NAME}
    assert client.post(reverse("integration_remove", kwargs=at), asked).status_code == 302
    run = carried_out(Run.objects.latest("pk"))
    assert (run.state, run.delete_data) == ("done", True)
    text = client.get(reverse("run", kwargs={"slug": world.tenant.slug, "pk": run.pk})).content.decode()
    assert f"{NAME} is your own stream and was kept." in text
    text = client.get(reverse("integration", kwargs=at)).content.decode()
    assert "Kept (adopted)" in text
    assert "delete-stream" not in text
    assert "Removal of the remaining resources" not in text
    assert theirs.tags() == TAGS


def test_staff_see_in_the_admin_that_it_was_adopted(theirs: Theirs, world: World, client) -> None:
    integration = theirs.adopted()
    client.force_login(world.support)
    text = client.get(reverse("admin:onboarding_integration_change", args=[integration.pk])).content.decode()
    assert "icon-yes" in text


def test_what_a_forgotten_integration_leaves_is_not_to_be_deleted(theirs: Theirs, world: World) -> None:
    integration = theirs.adopted()
    run = removal.start_removal(integration=integration, actor="test")
    Run.objects.filter(pk=run.pk).update(state="failed", is_shut_out=True)
    left = {resource.kind: resource.command for resource in abandon.abandon(integration=integration, actor="test")}
    assert left["data stream"].startswith(
        "aws kinesis remove-tags-from-stream --stream-name telemetry --tag-keys sluice:"
    )
    assert "delete-user" in left["IAM user"]
