"""The pages of alerts: the list with its filters, one alert with its evidence, what people do, and who may."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from monitoring.alert_models import Alert, AlertMute
from monitoring.alert_pages import threshold_views, views
from monitoring.alerts.mute_services import mute_alert, mute_kind
from monitoring.alerts.stream_alerts import note_streams
from onboarding.models.integration import Integration
from portal import live
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy.models import Tenant, TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.alerts.conftest import BEHIND, GOOD, SILENT, reading
from tests.monitoring.conftest import live_integration, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
LIST = "/t/northwind/alerts/"


@pytest.fixture
def alert(integration: Integration) -> Alert:
    return silent(integration)


def silent(integration: Integration) -> Alert:
    now = timezone.now()
    note_streams([reading(integration, SILENT, now)], now=now)
    return Alert.objects.get(affected__integration=integration)


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return on_one_line(answer.content.decode())


def address_of(alert: Alert) -> str:
    return reverse("alert", kwargs={"slug": "northwind", "uid": alert.uid})


def test_without_alerts_the_page_says_what_will_appear(page: Client, northwind: Tenant) -> None:
    found = text(page, LIST)
    assert "No open alerts" in found
    assert "An alert appears here when" in found


def test_open_alerts_come_first_and_say_what_is_wrong(page: Client, alert: Alert, northwind: Tenant) -> None:
    other = silent(live_integration(northwind, "sluice-closed", account="444455556666"))
    Alert.objects.filter(pk=other.pk).update(state="acknowledged", acknowledged_by="bo@example.test", note="Ticket 7")
    found = text(page, LIST)
    assert "1 open · 1 acknowledged" in found
    assert found.index("Silence: sluice-sensors") < found.index("Silence: sluice-closed")
    assert "No records have arrived in sluice-sensors for 20 minutes" in found
    assert "bo@example.test: Ticket 7" in found
    assert f'sse-connect="/events/alerts/{northwind.slug}/"' in found


def test_the_filters_are_in_the_address(page: Client, alert: Alert, integration: Integration) -> None:
    assert "No matching alerts" in text(page, f"{LIST}?kind=iterator_age")
    assert "No matching alerts" in text(page, f"{LIST}?state=closed")
    assert "No matching alerts" in text(page, f"{LIST}?stream=nothing")
    assert "Silence: sluice-sensors" in text(page, f"{LIST}?state=all&kind=silence&stream={integration.uid}")
    assert "Silence: sluice-sensors" in text(page, f"{LIST}?kind=%00%3Cb%3E&page=99&state=zzz".replace("%00", ""))


def test_an_alert_is_acknowledged_from_the_list_and_from_its_page(page: Client, alert: Alert, admin: User) -> None:
    answer = page.post(address_of(alert), {"do": "acknowledge", "back": "list"})
    assert answer["Location"] == LIST
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", admin.email)
    assert "Acknowledged by admin@example.test." in text(page, address_of(alert))


def test_the_page_cites_evidence_rule_and_threshold_and_has_one_thing_to_do(
    page: Client, alert: Alert, integration: Integration
) -> None:
    found = text(page, address_of(alert))
    for part in (
        "Time without records, in hours in which they are expected",
        "<b>20 minutes</b>",
        "at least 10 minutes",
        "Opens after the first reading, closes after 5 minutes.",
        "No records have arrived for 20 minutes.",
        f'action="/t/northwind/streams/{integration.uid}/diagnosis/"',
    ):
        assert part in found
    assert found.count("btn-primary") == 3, "Diagnose, and the buttons of the two forms"


def test_the_page_of_a_shared_alert_says_of_each_stream_since_when_and_when_it_ended(
    page: Client, alert: Alert, integration: Integration, northwind: Tenant
) -> None:
    names = ("sluice-two", "sluice-three")
    others = [live_integration(northwind, name) for name in names]
    now = timezone.now() + timedelta(minutes=1)
    note_streams([reading(stream, SILENT, now) for stream in others], now=now)
    for minutes in (1, 7):
        at = now + timedelta(minutes=minutes)
        note_streams([reading(integration, GOOD, at)], now=at)
    listed, found = text(page, LIST), text(page, address_of(alert))
    assert "Silence: 3 streams of c-111122223333 (1111 2222 3333), eu-west-1" in listed
    assert "No records are arriving in 2 streams of" in found
    assert "Diagnose sluice-two" in found
    order = [found.index(f">{name}</a>") for name in (*names, "sluice-sensors")]
    assert order == sorted(order), "those that it still concerns come first"
    assert (found.count("20 minutes · since"), found.count("· ended")) == (3, 1)
    assert f'href="{reverse("alert_thresholds", kwargs={"slug": "northwind"})}"' in found
    own = f"{LIST}?stream={integration.uid}"
    assert "No matching alerts" in text(page, own)
    assert "Silence: 3 streams" in text(page, f"{own}&state=all")


def test_a_mute_is_shown_with_its_reason_and_can_be_ended(page: Client, alert: Alert) -> None:
    answer = page.post(address_of(alert), {"do": "mute", "for_hours": "4", "reason": "Fire drill"}, follow=True)
    found = on_one_line(answer.content.decode())
    assert "Reason: Fire drill" in found
    assert "Muted until" in text(page, LIST)
    assert "Silence: sluice-sensors" in text(page, f"{LIST}?state=muted")
    assert "Unmuted." in page.post(address_of(alert), {"do": "unmute"}, follow=True).content.decode()
    assert AlertMute.objects.get().ended_at is not None
    assert "No matching alerts" in text(page, f"{LIST}?state=muted")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"for_hours": "other", "ends_at": "2020-01-01T00:00", "reason": "x"}, "Enter a time in the future."),
        ({"for_hours": "other", "ends_at": "2999-01-01T00:00", "reason": "x"}, "within the next 90 days"),
        ({"for_hours": "other", "ends_at": "soon", "reason": "x"}, "Enter a date and time"),
        ({"for_hours": "other", "reason": "x"}, "Enter a date and time"),
        ({"for_hours": "9999", "reason": "x"}, "9999 is not one of the available choices"),
        ({"for_hours": "4", "reason": " "}, "This field is required"),
        ({"for_hours": "4", "reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_mute_that_is_not_valid_is_said_at_its_field(
    page: Client, alert: Alert, integration: Integration, sent: dict[str, str], problem: str
) -> None:
    own = reverse("stream_alerts", kwargs={"slug": "northwind", "uid": integration.uid})
    for address in (address_of(alert), own):
        answer = page.post(address, {"do": "mute", "kind": "silence", **sent})
        assert answer.status_code == 422
        assert problem in on_one_line(answer.content.decode())
    assert not AlertMute.objects.exists()


def test_what_is_not_known_to_do_is_not_found(page: Client, alert: Alert) -> None:
    assert page.post(address_of(alert), {"do": "explode"}).status_code == 404


def test_thresholds_are_typed_for_the_tenant_and_for_a_stream(page: Client, integration: Integration) -> None:
    tenants = reverse("alert_thresholds", kwargs={"slug": "northwind"})
    sent = {
        "silence": "30",
        "write_usage": "",
        "iterator_age_off": "1",
        "escalation_minutes": "45",
        "report_zone": "Europe/Berlin",
    }
    found = on_one_line(page.post(tenants, sent, follow=True).content.decode())
    assert "Saved." in found
    assert 'value="30"' in found
    own = reverse("stream_alerts", kwargs={"slug": "northwind", "uid": integration.uid})
    found = text(page, own)
    assert "at least 30 minutes" in found, "what applies to the stream without a threshold of its own"
    page.post(own, {"silence": "20"})
    assert 'value="20"' in text(page, own)


@pytest.mark.parametrize("typed", ["0", "1000000000", "ten", "1,5"])
def test_a_threshold_that_is_not_valid_is_kept_and_nothing_is_saved(
    page: Client, integration: Integration, typed: str
) -> None:
    for name in ("alert_thresholds", "stream_alerts"):
        at = {"slug": "northwind"} | ({"uid": integration.uid} if name == "stream_alerts" else {})
        answer = page.post(
            reverse(name, kwargs=at),
            {"silence": typed, "key_old": "90", "escalation_minutes": "45", "report_zone": "Europe/Berlin"},
        )
        found = on_one_line(answer.content.decode())
        assert answer.status_code == 422
        assert f'value="{typed}"' in found
        assert 'aria-describedby="id_silence_bounds id_silence_error"' in found
        assert "Enter " in found or "is not a number" in found
    assert not integration.tenant.alert_thresholds.exists()


@pytest.mark.parametrize(
    ("minutes", "problem"), [("3", "from 5 to 1440"), ("x", "whole number"), ("1e9", "whole number")]
)
def test_escalation_is_checked_too(page: Client, northwind: Tenant, minutes: str, problem: str) -> None:
    answer = page.post(
        reverse("alert_thresholds", kwargs={"slug": "northwind"}), {"escalation_minutes": minutes, "report_zone": "UTC"}
    )
    assert answer.status_code == 422
    assert problem in on_one_line(answer.content.decode())


def test_a_kind_of_a_stream_is_muted_and_unmuted_on_its_page(page: Client, integration: Integration) -> None:
    own = reverse("stream_alerts", kwargs={"slug": "northwind", "uid": integration.uid})
    page.post(own, {"do": "mute", "kind": "silence", "for_hours": "24", "reason": "Rebuilding"})
    assert "admin@example.test: Rebuilding" in text(page, own)
    silent(integration)
    assert "Silence: sluice-sensors" in text(page, f"{LIST}?state=muted")
    mute = AlertMute.objects.get()
    page.post(own, {"do": "unmute", "mute": mute.uid})
    assert "Nothing is muted." in text(page, own)
    assert page.post(own, {"do": "unmute", "mute": "nothing"}).status_code == 404


def test_viewers_and_staff_see_alerts_and_change_nothing(
    client: Client, alert: Alert, integration: Integration, operator: User, settings
) -> None:
    settings.SLUICE_STAFF_REASON = False
    own = reverse("stream_alerts", kwargs={"slug": "northwind", "uid": integration.uid})
    thresholds = reverse("alert_thresholds", kwargs={"slug": "northwind"})
    for reader in (person("viewer", integration.tenant, TenantRole.VIEWER), operator):
        client.force_login(reader)
        for address in (LIST, address_of(alert), own, thresholds):
            answer = client.get(address, follow=True)
            assert answer.status_code == 200
        for address in (address_of(alert), own, thresholds):
            assert client.post(address, {"do": "acknowledge"}).status_code == 403
        assert 'value="acknowledge"' not in client.get(LIST).content.decode()


def test_another_tenants_alerts_are_not_found(client: Client, alert: Alert, outsider: User) -> None:
    client.force_login(outsider)
    assert client.get(LIST).status_code == 404
    assert client.get(address_of(alert)).status_code == 404
    assert client.get(f"/t/contoso/alerts/{alert.uid}/").status_code == 404
    assert client.post(f"/t/contoso/alerts/{alert.uid}/", {"do": "acknowledge"}).status_code == 404


def test_a_pending_alert_is_shown_nowhere(page: Client, integration: Integration) -> None:
    now = timezone.now()
    note_streams([reading(integration, BEHIND, now)], now=now)
    pending = Alert.objects.get()
    assert "No open alerts" in text(page, LIST)
    assert page.get(address_of(pending)).status_code == 404


def test_the_board_and_the_streams_page_lead_to_its_alerts(
    page: Client, alert: Alert, integration: Integration
) -> None:
    board = text(page, "/t/northwind/streams/")
    assert f'href="/t/northwind/alerts/?stream={integration.uid}"' in board
    assert 'aria-label="1 open alert"' in board
    own = f"/t/northwind/streams/{integration.uid}/"
    assert address_of(alert) in text(page, own)
    assert address_of(alert) in text(page, f"{own}?part=alerts")


def test_open_pages_learn_of_a_change(
    alert: Alert, integration: Integration, admin: User, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    published: list[tuple[str, str]] = []
    monkeypatch.setattr(live, "publish", lambda topic, event, html="", **_: published.append((topic, event)))
    with django_capture_on_commit_callbacks(execute=True):
        mute_alert(alert=alert, ends_at=timezone.now() + timedelta(hours=1), reason="Drill", actor=admin)
    assert {("alerts:northwind", "alerts"), ("board:northwind", "moved")} <= set(published)
    assert (f"stream:{integration.uid}:masked", "alerts") in published
    published.clear()
    with django_capture_on_commit_callbacks(execute=True):
        later = timezone.now() + timedelta(minutes=1)
        note_streams([reading(integration, GOOD, later)], now=later)
    assert published == [], "nothing that is shown has changed"


def test_no_page_asks_more_often_for_a_tenant_with_more_alerts(page: Client, northwind: Tenant) -> None:
    numbers = []
    first = silent(live_integration(northwind, "sluice-0"))
    for count in (2, 32):
        for number in range(1, count):
            if not Integration.objects.filter(name=f"sluice-{number}").exists():
                silent(live_integration(northwind, f"sluice-{number}", account=f"{number:012d}"))
        found = []
        for address in (LIST, address_of(first), "/t/northwind/streams/", "/t/northwind/alerts/thresholds/"):
            page.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert page.get(address).status_code == 200
            found.append(len(queries))
        numbers.append(found)
    assert numbers[0] == numbers[1]


def test_staff_see_the_alerts_of_all_tenants_and_others_do_not(
    client: Client, alert: Alert, operator: User, outsider: User, admin: User
) -> None:
    theirs = silent(live_integration(Tenant.objects.get(slug="contoso"), "sluice-towers", account="444455556666"))
    mute_alert(alert=theirs, ends_at=timezone.now() + timedelta(hours=1), reason="Drill", actor=outsider)
    client.force_login(operator)
    found = text(client, "/alerts/")
    assert "2 open" in found
    assert all(part in found for part in ("Northwind Estates", "Contoso Towers", "Muted until", "/events/alerts/all/"))
    assert f'href="/t/contoso/alerts/{theirs.uid}/"' in found
    muted = text(client, "/alerts/?state=muted")
    assert "sluice-towers" in muted
    assert "sluice-sensors" not in muted
    for other in (admin, outsider):
        client.force_login(other)
        assert client.get("/alerts/").status_code == 404


def test_refused_settings_lead_to_each_field(page: Client, northwind: Tenant) -> None:
    sent = {"silence": "ten", "write_usage": "5", "escalation_minutes": "3", "report_zone": "UTC"}
    answer = page.post(reverse("alert_thresholds", kwargs={"slug": "northwind"}), sent)
    found = on_one_line(answer.content.decode())
    assert answer.status_code == 422
    for field in ("id_silence", "id_write_usage", "id_escalation_minutes"):
        assert f'<a href="#{field}">' in found
        assert f'id="{field}"' in found
    assert 'role="alert" tabindex="-1" autofocus' in found


def test_thresholds_and_escalation_are_saved_together_or_not_at_all(page: Client, northwind: Tenant) -> None:
    sent = {"silence": "30", "escalation_minutes": "3", "report_zone": "UTC"}
    answer = page.post(reverse("alert_thresholds", kwargs={"slug": "northwind"}), sent)
    assert answer.status_code == 422
    assert '<a href="#id_escalation_minutes">' in answer.content.decode()
    assert not northwind.alert_thresholds.exists()
    assert not hasattr(Tenant.objects.get(), "alert_settings")


def test_a_tenant_that_is_suspended_meanwhile_is_told_so(
    page: Client, alert: Alert, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was allowed, and the tenant is suspended before the service runs."""

    def suspended(**_: object) -> None:
        raise validation_error(Message("tenant.suspended"))

    mute_alert(alert=alert, ends_at=timezone.now() + timedelta(hours=1), reason="drill", actor="ada")
    own = reverse("stream_alerts", kwargs={"slug": "northwind", "uid": integration.uid})
    kind = mute_kind(
        integration=integration, kind="silence", ends_at=timezone.now() + timedelta(hours=1), reason="x", actor="ada"
    )
    monkeypatch.setattr(threshold_views, "set_thresholds", suspended)
    monkeypatch.setattr(threshold_views, "unmute", suspended)
    monkeypatch.setattr(views, "unmute", suspended)
    for address, sent in (
        (own, {"silence": "20"}),
        (own, {"do": "unmute", "mute": kind.uid}),
        (address_of(alert), {"do": "unmute"}),
    ):
        answer = page.post(address, sent, follow=True)
        assert answer.status_code == 200
        assert "suspended" in answer.content.decode()
