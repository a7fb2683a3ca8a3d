"""The page behind a link for the reader of a share: four steps, files, a check; without a cookie, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onboarding.integrations import share_links, share_status
from onboarding.models.connection import Connection
from onboarding.models.drift_finding import DriftFinding
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import ConnectionState, IntegrationState, ResourceState
from onboarding.sharing.share import Share
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message
from portal.tenancy.models import AuditEvent, ExpiringLink, Tenant, TenantRole
from tests.onboarding.pages import signed_in
from tests.world import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_redis")]
READER = "arn:aws:iam::444455556666:role/reader"
FILES = (
    "reader-policy.json",
    "event-source-mapping.sh",
    "event-source-mapping.yaml",
    "function.py",
    "sample-event.json",
    "check.sh",
)


@pytest.fixture(autouse=True)
def portal(settings) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"


@pytest.fixture
def shared() -> Integration:
    tenant = Tenant.objects.create(slug="north", name="North Estates")
    connection = Connection.objects.create(
        tenant=tenant, name="production", account_id="111122223333", state=ConnectionState.VERIFIED, allow_sharing=True
    )
    stream = StreamSpec(name="sluice-sensors", region="eu-west-1", kms_key="none")
    spec = IntegrationSpec("sensors", connection.uid, stream, shares=(Share("reporting", READER),))
    integration = Integration.objects.create(
        tenant=tenant, connection=connection, name="sensors", spec=spec.as_dict(), state=IntegrationState.LIVE
    )
    Resource.objects.create(
        integration=integration,
        kind="stream share",
        name="reporting",
        state=ResourceState.PRESENT,
        arn="arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors",
        intended_at=timezone.now() - timedelta(hours=1),
        present_at=timezone.now() - timedelta(hours=1),
    )
    return integration


def new_link(integration: Integration) -> tuple[ExpiringLink, str]:
    link = share_links.create(integration=integration, label="reporting", actor="ada@north.example")
    return link, share_links.address_of(link).removeprefix("https://portal.example")


def trail() -> list[str]:
    actions = AuditEvent.objects.filter(action__startswith="tenancy:share").order_by("pk")
    return [action.rpartition(":")[2] for action in actions.values_list("action", flat=True)]


def text_of(path: str) -> str:
    return " ".join(Client().get(path).content.decode().split())


def test_the_page_says_what_to_do_in_four_steps_and_sets_no_cookie(shared: Integration) -> None:
    person("ada@north.example", full_name="Ada North")
    _, path = new_link(shared)
    browser = Client()
    answer = browser.get(path)
    page = " ".join(answer.content.decode().split())
    for expected in (
        "North Estates shares a data stream",
        "Ada North",
        "4444 5555 6666",
        "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors",
        "must call Kinesis in this Region",
        READER,
        "1. Allow your role to read",
        "4. Check that you can read",
        *FILES,
    ):
        assert expected in page, expected
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    assert dict(browser.cookies) == {}
    browser.get(path)
    assert trail() == ["created", "opened"]


def test_every_file_is_sent_and_no_other(shared: Integration) -> None:
    _, path = new_link(shared)
    for name in FILES:
        answer = Client().get(f"{path}{name}")
        assert (answer.status_code, answer["Content-Disposition"]) == (200, f'attachment; filename="{name}"')
        assert answer["Referrer-Policy"] == "no-referrer"
    for name in ("spec.yaml", "..", "reader-policy.json.bak"):
        assert Client().get(f"{path}{name}").status_code == 404


def test_a_check_of_the_owners_side_is_requested_from_the_readers(shared: Integration) -> None:
    _, path = new_link(shared)
    assert "not checked yet" in text_of(path)
    answer = Client(enforce_csrf_checks=True).post(path)
    assert (answer.status_code, answer["Location"]) == (302, f"{path}#check")
    assert "A check is requested" in text_of(path)
    Integration.objects.filter(pk=shared.pk).update(drift_checked_at=timezone.now() + timedelta(seconds=5))
    assert "last checked on" in text_of(path)
    [status] = share_status.shares_of(Integration.objects.get(pk=shared.pk))
    assert (status.look, status.verdict) == ("healthy", Message("share_status.in_place"))
    DriftFinding.objects.create(
        integration=shared,
        step="share:reporting",
        what=Message("resource.share", label="reporting"),
        expected=Message("drift.exists"),
        found=Message("drift.deleted"),
        found_at=timezone.now(),
    )
    assert "Changed in AWS" in text_of(path)


def test_checks_by_a_link_are_limited(shared: Integration) -> None:
    _, path = new_link(shared)
    codes = [Client().post(path).status_code for _ in range(11)]
    assert (codes[:10], codes[10]) == ([302] * 10, 429)


def test_a_link_that_ended_opens_nothing(shared: Integration) -> None:
    first, path = new_link(shared)
    _, second = new_link(shared)
    for ended in (path, f"{path}function.py"):
        assert Client().get(ended).status_code == 410, "a new link ends the earlier one"
    assert Client().get(second).status_code == 200
    share_links.revoke(integration=shared, label="reporting", actor="ada@north.example")
    assert Client().get(second).status_code == Client().post(second).status_code == 410
    _, third = new_link(shared)
    ExpiringLink.objects.filter(pk=first.pk + 2).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(third).status_code == 410
    assert "sluice-sensors" not in text_of(third)
    assert Client().get("/shared-stream/sluice_link_" + "B" * 43 + "/").status_code == 404


def test_a_share_that_ended_ends_its_link(shared: Integration) -> None:
    _, path = new_link(shared)
    spec = replace(specs.from_row(shared.spec), shares=())
    Integration.objects.filter(pk=shared.pk).update(spec=spec.as_dict())
    answer = Client().get(path)
    assert (answer.status_code, "is not shared with you any more" in answer.content.decode()) == (410, True)
    with pytest.raises(ValidationError):
        share_links.create(integration=Integration.objects.get(pk=shared.pk), label="reporting", actor="ada")


def test_an_admin_creates_and_revokes_the_link_on_the_tab_and_a_viewer_does_not_see_it(shared: Integration) -> None:
    tenant = shared.tenant
    admin = signed_in(person("admin@north.example", tenant).email)
    viewer = signed_in(person("viewer@north.example", tenant, TenantRole.VIEWER).email)
    tab = reverse("consumers", kwargs={"slug": tenant.slug, "uid": shared.uid})
    acts = reverse("integration_shares", kwargs={"slug": tenant.slug, "uid": shared.uid})
    assert READER in admin.get(tab).content.decode()
    assert admin.post(acts, {"do": "link:reporting"}).status_code == 302
    [link] = share_links.open_links(shared, "reporting")
    address = share_links.address_of(link)
    assert address in admin.get(tab).content.decode()
    assert "sluice_link_" not in viewer.get(tab).content.decode()
    assert viewer.post(acts, {"do": "link:reporting"}).status_code == 403
    assert admin.post(acts, {"do": "check"}).status_code == 302
    assert "Checking…" in admin.get(tab).content.decode()
    admin.post(acts, {"do": "revoke:reporting"})
    assert list(share_links.open_links(shared, "reporting")) == []
    admin.post(acts, {"do": "link:other"})
    assert "This integration has no share other" in admin.get(tab).content.decode()


def test_of_an_integration_that_its_owner_runs_nothing_is_claimed(shared: Integration) -> None:
    shared.resources.all().delete()
    [status] = share_status.shares_of(shared)
    assert (status.look, status.verdict) == ("unknown", Message("share_status.not_created"))
    Integration.objects.filter(pk=shared.pk).update(state=IntegrationState.SELF_MANAGED)
    [status] = share_status.shares_of(Integration.objects.get(pk=shared.pk))
    assert (status.look, status.verdict) == ("unknown", Message("share_status.not_known"))
    _, path = new_link(shared)
    assert Client().post(path).status_code == 409, "there is nothing that Sluice could check"
