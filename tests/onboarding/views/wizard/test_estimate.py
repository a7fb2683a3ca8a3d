"""The estimate inside the wizard: live, by a button, into the field of the shards; and the total beside each page."""

import pytest
from django.test import Client

from onboarding.models.integration import Integration
from portal.tenancy.models import Tenant
from tests.onboarding.pages import DELIVERY, STREAM, draft, post, tenant_with_admin, url

pytestmark = pytest.mark.django_db
TRAFFIC = {"records_per_second": "2500", "record_bytes": "512", "burst_factor": "2"}


@pytest.fixture
def admin() -> tuple[Tenant, Client]:
    return tenant_with_admin()


def kept(integration: Integration) -> dict[str, str]:
    integration.refresh_from_db()
    return dict(integration.draft["stream"])


def shown(client: Client, integration: Integration, page: str = "stream") -> str:
    return client.get(url(integration, page)).content.decode()


def test_it_is_live(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = client.post(
        url(integration, "stream"), {**STREAM, **TRAFFIC, "do": "keep"}, headers={"HX-Request": "true"}
    )
    part = answer.content.decode()
    assert 'hx-swap-oob="innerHTML:#estimate"' in part
    assert "<b>5 shards.</b>" in part
    assert 'hx-swap-oob="innerHTML:#monthly"' in part


def test_it_works_by_its_button(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "stream", {**STREAM, **TRAFFIC}, "estimate")
    assert answer["Location"] == url(integration, "stream")
    page = shown(client, integration)
    assert "<b>5 shards.</b> The number of records is the limit: 5,000 records/s" in page
    assert 'value="2500"' in page
    assert kept(integration)["shards"] == "2"


def test_the_shards_are_filled_in(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    post(client, integration, "stream", {**STREAM, **TRAFFIC, "mode": "ON_DEMAND"}, "use-shards")
    assert (kept(integration)["shards"], kept(integration)["mode"]) == ("5", "PROVISIONED")
    assert 'value="5"' in shown(client, integration)


def test_without_a_number_nothing_is_filled_in(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    for rate in ("", "1,500", "-1", "10000001"):
        post(client, integration, "stream", {**STREAM, "records_per_second": rate}, "use-shards")
        assert kept(integration)["shards"] == "2"
    post(
        client,
        integration,
        "stream",
        {**STREAM, "records_per_second": "10000000", "burst_factor": "9"},
        "use-shards",
    )
    assert kept(integration)["shards"] == "2"
    page = shown(client, integration)
    assert "One stream has at most 10,000 shards." in page
    assert "Use these shards" not in page


def test_an_ambiguous_number_is_explained_and_blocks_nothing(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    answer = post(client, integration, "stream", {**STREAM, "records_per_second": "1,500"})
    assert answer["Location"] == url(integration, "delivery")
    assert "Records per second at peak: “1,500” can mean 1500 or 1.5." in shown(client, integration)


def test_before_a_region_is_chosen_the_prices_name_theirs(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant, stream={**STREAM, **TRAFFIC, "region": ""})
    until = "Prices of us-east-1, until you choose a Region."
    assert shown(client, integration).count(until) == 2
    assert shown(client, integration, "connect").count(until) == 1
    chosen = shown(client, draft(tenant, stream={**STREAM, **TRAFFIC, "name": "sluice-two"}))
    assert until not in chosen
    assert chosen.count("by prices of 30 Nov 2026 for eu-west-1") == 2


def test_a_mistake_is_shown_beside_a_missing_region(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant)
    typed = {**STREAM, "region": "", "records_per_second": "1,500", "do": "keep"}
    part = client.post(url(integration, "stream"), typed, headers={"HX-Request": "true"}).content.decode()
    assert "Records per second at peak: “1,500” can mean 1500 or 1.5." in part
    assert "Choose a Region" not in part
    at_field = part.partition('hx-swap-oob="innerHTML:#id_records_per_second_live"')[2].partition("hx-swap-oob")[0]
    assert "“1,500” can mean 1500 or 1.5." in at_field
    at_other = part.partition('hx-swap-oob="innerHTML:#id_record_bytes_live"')[2].partition("hx-swap-oob")[0]
    assert "field-error" not in at_other
    page = shown(client, integration)
    assert 'id="id_records_per_second_error"' in page
    assert page.count('aria-invalid="true"') == 1


def test_too_few_shards_are_reported(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    few = "This traffic needs 5 shards. You entered "
    assert f"{few}1 shard." in shown(client, draft(tenant, stream={**STREAM, **TRAFFIC, "shards": "1"}))
    for other in ({"shards": "5"}, {"shards": "1", "mode": "ON_DEMAND"}):
        assert few not in shown(client, draft(tenant, stream={**STREAM, **TRAFFIC, **other}))


def test_the_total_says_what_is_not_known(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM, delivery=DELIVERY)
    for page in ("connect", "stream", "delivery", "recipients", "review"):
        text = shown(client, integration, page)
        assert "At least" in text, page
        assert "depends on the traffic, which was not entered" in text, page


def test_the_total_of_known_traffic(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(tenant, stream={**STREAM, **TRAFFIC}, delivery=DELIVERY)
    text = shown(client, integration, "review")
    assert "About" in text
    assert "which was not entered" not in text
    for expected in (
        "2 shards × 730 hours",
        "14 metrics of 2 shards",
        "9 metrics every 5 minutes while no one watches, the interval of this installation",
    ):
        assert expected in text, expected


def test_a_draft_of_an_earlier_version_is_shown(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    integration = draft(
        tenant, stream={**STREAM, "submitted": True, "shards": "x", "retention_hours": "", "region": "?"}
    )
    assert "At least" in shown(client, integration)


def test_a_change_of_settings_leads_to_the_measured_traffic(
    admin: tuple[Tenant, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, client = admin
    integration = draft(tenant, stream=STREAM)
    assert "View measured traffic" not in shown(client, integration)
    monkeypatch.setattr("onboarding.integrations.update.is_open", lambda _: True)
    page = shown(client, integration)
    assert f"/t/{tenant.slug}/streams/{integration.uid}/estimate/" in page
