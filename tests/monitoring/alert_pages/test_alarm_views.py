"""The pages of alarms: what they watch and cost, the files, and who gets them."""

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.alarms import selectors
from monitoring.alert_models import AlertKind
from monitoring.alerts.rules import BY_KIND
from monitoring.alerts.threshold_services import Chosen, set_thresholds
from monitoring.shards.stored import keep_shards
from onboarding.models.integration import Integration
from portal.aws.shards import Shard
from portal.messages.catalogue import text_of
from portal.tenancy.models import Tenant, TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import described, live_integration, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
HALF = 2**127


@pytest.fixture
def page(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def stream(integration: Integration) -> Integration:
    described(integration)
    shards = [
        Shard(f"shardId-{number:012}", None, None, number * HALF, (number + 1) * HALF - 1, "1", None)
        for number in range(2)
    ]
    keep_shards(integration.pk, shards, {}, now=timezone.now())
    return integration


def of_stream(stream: Integration, form: str = "") -> str:
    at = {"slug": stream.tenant.slug, "uid": stream.uid}
    return reverse("stream_alarm_file", kwargs={**at, "form": form}) if form else reverse("stream_alarms", kwargs=at)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def test_page_and_file_have_the_thresholds_of_the_alert_settings(page: Client, stream: Integration) -> None:
    """The stream's own threshold, the tenant's, the default, and one that is off."""
    for integration, chosen in (
        (None, {"write_usage": Chosen(70), "silence": Chosen(is_off=True)}),
        (stream, {"iterator_age": Chosen(3)}),
    ):
        set_thresholds(tenant=stream.tenant, integration=integration, chosen=chosen, actor="test")
    shown = text(page, of_stream(stream))
    template = yaml.safe_load(page.get(of_stream(stream, "cloudformation")).content)
    alarms = [each["Properties"] for each in template["Resources"].values() if each["Type"].endswith("Alarm")]
    by_name = {alarm["AlarmName"].removeprefix("sluice-sluice-sensors-"): alarm["Threshold"] for alarm in alarms}
    assert by_name["write-usage"] == by_name["write-usage-shardId-000000000001"] == 70
    assert by_name["iterator-age"] == 180_000
    assert by_name["writes-throttled"] == 1
    assert "silence" not in by_name
    for kind, value in (("write_usage", 70), ("iterator_age", 3), ("writes_throttled", 1)):
        assert text_of(BY_KIND[kind].threshold_text(value)) in shown
    assert "no alarm for Silence, because these alerts are off" in shown
    assert str(AlertKind.KEY_OLD.label) in shown


def test_the_files_are_downloads_of_their_type(page: Client, stream: Integration) -> None:
    for form, kind, ending in (
        ("cloudformation", "application/yaml", "yaml"),
        ("terraform", "text/plain", "tf"),
        ("grafana", "application/json", "json"),
    ):
        answer = page.get(of_stream(stream, form))
        name = f"sluice-sluice-sensors-{stream.uid}-alarms.{ending}"
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert page.get(of_stream(stream, "unknown")).status_code == 404


def test_all_streams_of_an_account_and_region_are_one_file(
    page: Client, stream: Integration, northwind: Tenant
) -> None:
    live_integration(northwind, "sluice-second")
    live_integration(northwind, "sluice-elsewhere", region="eu-central-1")
    overview = text(page, reverse("alarms", kwargs={"slug": "northwind"}))
    address = reverse("account_alarms", kwargs={"slug": "northwind", "account": "111122223333", "region": "eu-west-1"})
    assert f'href="{address}"' in overview
    assert "eu-central-1" in overview
    shown = text(page, address)
    assert "sluice-second" in shown
    assert "sluice-elsewhere" not in shown
    found = page.get(f"{address}terraform/").content.decode()
    assert "sluice-second" in found
    assert "sluice-elsewhere" not in found
    assert "sluice-second: no alarm for the write limit, because the shards have not been read yet." in found


@pytest.mark.parametrize("ending", ["", "terraform/"])
def test_more_streams_than_a_request_can_read_are_refused_before_they_are_read(
    page: Client, stream: Integration, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(selectors, "MOST_STREAMS", 0)
    monkeypatch.setattr(selectors, "watched_streams_of", lambda _rows: pytest.fail("read"))
    address = reverse("account_alarms", kwargs={"slug": "northwind", "account": "111122223333", "region": "eu-west-1"})
    html = on_one_line(page.get(f"{address}{ending}", follow=True).content.decode())
    assert "There are 1 streams. A file can have 0. Download the file of each stream." in html
    assert '<h2 id="accounts-title">Accounts and Regions</h2>' in html


def test_a_viewer_sees_the_page_and_gets_no_file(client: Client, stream: Integration, northwind: Tenant) -> None:
    client.force_login(person("viewer", northwind, TenantRole.VIEWER))
    assert "An admin can download the files." in text(client, of_stream(stream))
    assert client.get(of_stream(stream, "terraform")).status_code == 403


def test_without_streams_the_page_says_so(page: Client, northwind: Tenant) -> None:
    assert "There are no running streams yet." in text(page, reverse("alarms", kwargs={"slug": "northwind"}))


def test_names_of_people_and_tenants_are_in_no_file(page: Client, stream: Integration) -> None:
    hostile = "Evil \"${x}' </script>\n%{if}"
    Integration.objects.filter(pk=stream.pk).update(name=hostile)
    Tenant.objects.update(name=hostile)
    for form in ("cloudformation", "terraform", "grafana"):
        assert b"Evil" not in page.get(of_stream(stream, form)).content
