"""The page of an integration, and the way to its removal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.account_state.observations import keep_stream
from onboarding.models.connection import Connection
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.run import Run
from onboarding.models.states import IntegrationState, ResourceState, RunKind, RunState
from onboarding.spec.change import Change
from onboarding.wizard import pages
from portal.aws.kinesis import SHARD_LEVEL_METRICS, Stream
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent, TenantRole
from tests.markup import on_one_line
from tests.onboarding.pages import (
    ACCOUNT,
    FINGERPRINT,
    confirmed_key,
    draft,
    post,
    signed_in,
    tenant_with_admin,
    url,
    verified_connection,
)
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
BUCKET = f"sluice-sensors-{ACCOUNT}"
SPEC = {
    "name": "sluice-sensors",
    "stream": {"name": "sluice-sensors", "region": "eu-west-1", "shards": 2},
    "deliveries": [{"name": "sluice-sensors-to-s3", "bucket": BUCKET, "destination": {"kind": "s3"}}],
    "recipients": [FINGERPRINT],
}


@pytest.fixture
def vendor(settings, tmp_path, vendor_keypair) -> None:
    """The vendor's delivery key, without which nothing can be planned."""
    settings.SLUICE_VENDOR_CERTIFICATE_FILE = tmp_path / "delivery.asc"
    settings.SLUICE_VENDOR_CERTIFICATE_FILE.write_text(vendor_keypair.certificate)


def living() -> tuple[Integration, Client]:
    """A live integration with a line of the inventory of each fate, and its admin's browser."""
    tenant, client = tenant_with_admin()
    integration, connection = draft(tenant), verified_connection(tenant)
    integration.connection, integration.spec = connection, {**SPEC, "connection": connection.uid}
    integration.state, integration.name = IntegrationState.LIVE, "sluice-sensors"
    integration.save()
    for kind, name in [("IAM user", "sluice-u-1"), ("S3 bucket", BUCKET), ("data stream", "sluice-sensors")]:
        Resource.objects.create(
            integration=integration,
            kind=kind,
            name=name,
            arn=f"arn:aws:x:::{name}",
            state=ResourceState.PRESENT,
            present_at=timezone.now(),
        )
    Run.objects.create(integration=integration, state=RunState.DONE, spec=integration.spec, requested_by="ada")
    return integration, client


def failed_change(integration: Integration) -> None:
    """48 hours were requested after 24, and AWS still has 24: the run stopped before it applied them."""
    longer = {**integration.spec, "stream": {**SPEC["stream"], "retention_hours": 48}}
    Integration.objects.filter(pk=integration.pk).update(spec=longer, state=IntegrationState.ATTENTION)
    Run.objects.create(integration=integration, state=RunState.FAILED, spec=longer, requested_by="ada")
    key = ("KMS", "alias/aws/kinesis")
    found = Stream("sluice-sensors", "arn", "ACTIVE", "PROVISIONED", 2, 24, *key, SHARD_LEVEL_METRICS, timezone.now())
    keep_stream(integration.pk, "sluice-sensors", found, seen_at=timezone.now())


def test_after_a_change_that_failed_the_settings_show_aws_and_what_was_requested() -> None:
    integration, client = living()
    failed_change(integration)
    page = on_one_line(client.get(at(integration, "integration")).content.decode())
    assert '<dd class="break">24 hours' in page
    assert "Requested: 48 hours" in page
    assert "In AWS, seen" in page


@pytest.mark.usefixtures("vendor")
def test_the_review_names_what_was_requested_and_never_applied() -> None:
    integration, client = living()
    confirmed_key(integration.tenant)
    failed_change(integration)
    change(client, integration)
    page = on_one_line(client.get(url(integration, "review")).content.decode())
    assert "Requested earlier and not applied" in page
    assert "Retention period: requested 48 hours, in AWS 24 hours" in page
    assert "No changes." not in page


@pytest.mark.usefixtures("vendor")
def test_every_page_says_the_same_of_a_degraded_connection() -> None:
    integration, client = living()
    denial = {"right": "refused", "detail": "is not authorized to perform: sts:AssumeRole"}
    rows = Connection.objects.filter(pk=integration.connection_id)
    rows.update(state="degraded", verdict=Message("trust.denied_since"), trust_report=denial)
    slug = integration.tenant.slug
    texts = {
        "overview": client.get(reverse("tenant_home", kwargs={"slug": slug})),
        "connection": client.get(reverse("connection", kwargs={"slug": slug, "uid": integration.connection.uid})),
        "integration": client.get(at(integration, "integration")),
    }
    change(client, integration)
    texts["rail"] = client.get(url(integration, "stream"))
    for name, answer in texts.items():
        text = on_one_line(answer.content.decode())
        assert "egraded" in text, name
        assert ">Verified<" not in text, name
        assert ">Live<" not in text, name
    assert "Unknown since" in texts["integration"].content.decode()


def at(integration: Integration, name: str = "integration_remove") -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def test_the_inventory_is_shown_in_the_order_of_the_steps() -> None:
    integration, client = living()
    page = client.get(at(integration, "integration")).content.decode()
    places = [page.index(f"arn:aws:x:::{name}") for name in ("sluice-sensors<", BUCKET, "sluice-u-1")]
    assert places == sorted(places)
    assert f"sluice:integration={integration.uid}" in page
    assert at(integration) in page


def test_the_removal_says_what_happens_to_each_resource() -> None:
    integration, client = living()
    page = client.get(at(integration)).content.decode()
    assert "Kept with its records; deleted only if it holds none." in page
    assert "Deleted if it is empty; kept if it holds objects." in page
    assert "Deleted first, with its access key." in page


@pytest.mark.parametrize("typed", ["", "sluice-sensor", "SLUICE-SENSORS"])
def test_without_the_streams_name_nothing_is_removed(typed: str) -> None:
    integration, client = living()
    answer = client.post(at(integration), {"confirmed": typed, "delete_data": "on"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Run.objects.filter(kind=RunKind.DESTROY).exists()


@pytest.mark.parametrize("asked_twice", [False, True])
def test_with_the_name_a_removal_starts_and_its_run_is_shown(asked_twice: bool) -> None:
    integration, client = living()
    sent = {"confirmed": "sluice-sensors", "reason": "Moved.", **({"delete_data": "on"} if asked_twice else {})}
    answer = client.post(at(integration), sent, follow=True)
    run = Run.objects.get(kind=RunKind.DESTROY)
    assert (run.kind, run.delete_data) == (RunKind.DESTROY, asked_twice)
    assert AuditEvent.objects.get(action="onboarding:removal:started").reason == "Moved."
    page = answer.content.decode()
    assert "Removing sluice-sensors" in page
    assert "The access key is revoked" in page
    assert ("is kept with its records" in page) is not asked_twice


def test_a_run_at_work_is_in_the_way_and_said() -> None:
    integration, client = living()
    Run.objects.create(integration=integration, state=RunState.RUNNING, spec=integration.spec, requested_by="ada")
    answer = client.post(at(integration), {"confirmed": "sluice-sensors"})
    assert "A run is in progress for this integration." in answer.content.decode()
    assert not Run.objects.filter(kind=RunKind.DESTROY).exists()


def test_what_is_kept_is_reported_with_the_command_that_removes_it() -> None:
    integration, client = living()
    Resource.objects.filter(kind="S3 bucket").update(kept=Message("kept.holds_objects"))
    Resource.objects.exclude(kind="S3 bucket").update(state=ResourceState.REMOVED)
    run = Run.objects.create(
        integration=integration,
        kind=RunKind.DESTROY,
        state=RunState.DONE,
        spec=integration.spec,
        requested_by="ada",
        finished_at=timezone.now(),
    )
    Integration.objects.update(state=IntegrationState.REMOVED)
    page = client.get(reverse("run", kwargs={"slug": "northwind", "pk": run.pk})).content.decode()
    assert f"aws s3 rb s3://{BUCKET} --force" in page
    assert "1 resource was kept" in on_one_line(page)
    home = client.get(reverse("tenant_home", kwargs={"slug": "northwind"})).content.decode()
    assert "1 resource remaining in the account." in home


def test_a_viewer_sees_the_inventory_and_no_way_to_remove() -> None:
    integration, _ = living()
    viewer = signed_in(person("viewer@northwind.example", integration.tenant, TenantRole.VIEWER).email)
    page = viewer.get(at(integration, "integration")).content.decode()
    assert BUCKET in page
    assert at(integration) not in page
    assert viewer.get(at(integration)).status_code == 403
    assert viewer.post(at(integration), {"confirmed": "sluice-sensors"}).status_code == 403


def change(client: Client, integration: Integration, do: str = "begin") -> str:
    """Open the wizard over a living integration, or leave it; the page that comes."""
    return client.post(at(integration, "integration_change"), {"do": do}, follow=True).content.decode()


@pytest.mark.usefixtures("vendor")
def test_settings_are_changed_in_the_wizard_and_the_review_shows_the_difference() -> None:
    integration, client = living()
    assert "You are changing sluice-sensors." in change(client, integration)
    sent = {
        "name": "sluice-sensors",
        "region": "eu-west-1",
        "mode": "PROVISIONED",
        "shards": "4",
        "retention_hours": "24",
        "shard_level_metrics": "on",
        "encryption": "aws",
        "kms_key_arn": "",
    }
    post(client, integration, "stream", sent, do="back")
    confirmed_key(integration.tenant)
    plan = changes_on(client, integration)
    assert [(change.path, text_of(change.was), text_of(change.becomes)) for change in plan] == [
        ("stream.shards", "2", "4")
    ]
    integration.refresh_from_db()
    assert integration.spec["stream"]["shards"] == 2, "nothing is done before it is asked for"


@pytest.mark.usefixtures("vendor")
def test_a_renamed_stream_is_refused_on_the_review_and_the_integration_keeps_its_name() -> None:
    integration, client = living()
    change(client, integration)
    confirmed_key(integration.tenant)
    values = {**pages.values_of(fresh(integration), "stream"), "name": "sluice-other"}
    post(client, integration, "stream", values, do="back")
    assert fresh(integration).name == "sluice-sensors"
    assert [(change.path, str(change.verb)) for change in changes_on(client, integration)] == [
        ("stream.name", "refuse")
    ]


def test_a_change_is_left_and_nothing_remains_of_it() -> None:
    integration, client = living()
    change(client, integration)
    values = {**pages.values_of(fresh(integration), "stream"), "shards": "8"}
    post(client, integration, "stream", values, do="back")
    change(client, integration, do="leave")
    assert not pages.is_editable(fresh(integration))
    assert pages.values_of(fresh(integration), "stream")["shards"] == "2"


def test_while_a_run_is_at_work_no_change_begins() -> None:
    integration, client = living()
    Run.objects.create(integration=integration, state=RunState.RUNNING, spec=integration.spec, requested_by="ada")
    assert "A run is in progress" in change(client, integration)


def fresh(integration: Integration) -> Integration:
    return Integration.objects.get(pk=integration.pk)


def changes_on(client: Client, integration: Integration) -> list[Change]:
    return client.get(url(integration, "review")).context["changes"]


def hours(count: int) -> Message:
    return Message("drift.hours", retention_hours=count)


def differing(integration: Integration) -> DriftFinding:
    """A difference that nobody accepted."""
    Integration.objects.filter(pk=integration.pk).update(drift_count=1, drift_checked_at=timezone.now())
    return DriftFinding.objects.create(
        integration=integration,
        step="stream",
        what=Message("drift.retention_period"),
        expected=hours(48),
        found=hours(24),
    )


def test_a_difference_is_shown_as_expected_and_found_there_and_on_the_overview() -> None:
    integration, client = living()
    differing(integration)
    page = client.get(at(integration, "integration")).content.decode()
    assert all(label in page for label in ("Retention period", "48 hours", "24 hours", "Repair"))
    home = client.get(reverse("tenant_home", kwargs={"slug": "northwind"})).content.decode()
    assert "Configuration drift: 1 difference." in home
    board = client.get(reverse("streams", kwargs={"slug": "northwind"})).content.decode()
    assert "Configuration drift detected." in board


def test_a_difference_is_accepted_once_and_counts_no_more() -> None:
    integration, client = living()
    accept = {"slug": "northwind", "uid": integration.uid, "pk": differing(integration).pk}
    page = client.post(reverse("drift_accept", kwargs=accept), follow=True).content.decode()
    assert "accepted by admin@northwind.example" in on_one_line(page)
    assert fresh(integration).drift_count == 0
    assert at(integration, "integration_repair") not in page


def test_a_look_is_asked_for_and_the_page_waits_for_it() -> None:
    integration, client = living()
    page = client.post(at(integration, "drift_check"), follow=True).content.decode()
    assert "Checking…" in page
    assert f'hx-get="{at(integration, "drift_section")}"' in page
    Integration.objects.update(drift_checked_at=timezone.now())
    part = client.get(at(integration, "drift_section")).content.decode()
    assert "hx-get" not in part
    assert "No drift detected." in part


@pytest.mark.usefixtures("vendor")
def test_repair_is_a_run_of_the_settings_as_they_were() -> None:
    integration, client = living()
    confirmed_key(integration.tenant)
    differing(integration)
    client.post(at(integration, "integration_repair"))
    run = Run.objects.first()
    assert (run.kind, run.state, run.spec["stream"]["shards"]) == (RunKind.APPLY, RunState.PENDING, 2)


@pytest.mark.usefixtures("vendor")
def test_records_are_lost_only_after_a_tick_on_the_review() -> None:
    integration, client = living()
    longer = {**integration.spec, "stream": {**SPEC["stream"], "retention_hours": 48}}
    Integration.objects.filter(pk=integration.pk).update(spec=longer)
    integration.runs.update(spec=longer)
    change(client, integration)
    confirmed_key(integration.tenant)
    values = {**pages.values_of(fresh(integration), "stream"), "retention_hours": "24"}
    post(client, integration, "stream", values, do="back")
    assert 'name="accept_loss"' in client.get(url(integration, "review")).content.decode()
    refused = client.post(at(integration, "integration_start"))
    assert refused.status_code == 422
    assert "Confirm this change." in refused.content.decode()
    assert Run.objects.filter(state=RunState.PENDING).count() == 0
    client.post(at(integration, "integration_start"), {"accept_loss": "on"})
    assert Run.objects.first().accept_loss


@pytest.mark.usefixtures("vendor")
def test_a_repair_that_loses_records_has_its_tick_too() -> None:
    integration, client = living()
    confirmed_key(integration.tenant)
    assert "accept_loss" not in client.get(at(integration, "integration")).content.decode()
    differing(integration)
    DriftFinding.objects.update(expected=hours(24), found=hours(48))
    assert "accept_loss" in client.get(at(integration, "integration")).content.decode()
    client.post(at(integration, "integration_repair"), {"accept_loss": "on"})
    assert Run.objects.first().accept_loss


def inventory_of(client: Client, integration: Integration) -> str:
    text = on_one_line(client.get(page_of(integration)).content.decode())
    return text[text.index('aria-label="Inventory"') : text.index("</table>")]


def test_the_inventory_is_unknown_while_the_connection_is_degraded() -> None:
    integration, client = living()
    assert inventory_of(client, integration).count("Created") == 3
    Connection.objects.update(state="degraded", state_since=timezone.now())
    found = inventory_of(client, integration)
    assert (found.count("is-healthy"), found.count(">Unknown<")) == (0, 3)
    assert "Before: created" in found


def test_the_inventory_is_unknown_after_a_drift_check_that_failed() -> None:
    integration, client = living()
    Integration.objects.update(drift_checked_at=timezone.now(), drift_problem=Message("trust.denied_since"))
    assert ">Unknown<" in inventory_of(client, integration)


def test_pages_expire_with_the_last_test_of_the_connection(settings) -> None:
    settings.SLUICE_RECHECK_SECONDS = 60
    integration, client = living()
    Connection.objects.update(checked_at=timezone.now() - timedelta(seconds=170))
    home = reverse("tenant_home", kwargs={"slug": integration.tenant.slug})
    pages = [page_of(integration), home, connection_page(integration)]
    for address in pages:
        text = client.get(address).content.decode()
        assert ("data-expires=" in text, "is-expired" in text) == (True, False), address
    Connection.objects.update(checked_at=timezone.now() - timedelta(seconds=190))
    for address in pages:
        assert "is-expired" in client.get(address).content.decode(), address


def page_of(integration: Integration) -> str:
    return reverse("integration", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def connection_page(integration: Integration) -> str:
    return reverse("connection", kwargs={"slug": integration.tenant.slug, "uid": integration.connection.uid})
