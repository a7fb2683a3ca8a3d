"""The section of registered consumers on the wizard's page "Who receives the data?"."""

from typing import Any

import pytest
from django.test import Client

from onboarding.drafts import codec
from onboarding.fan_out.consumer import FanOutConsumer
from onboarding.models.integration import Integration
from onboarding.wizard import page_status
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


@pytest.fixture
def opened() -> tuple[Client, Integration]:
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant)
    tenant.connections.update(allow_fanout=True)
    return client, integration


def sent(client: Client, integration: Integration, do: str, **names: str) -> Any:
    return post(
        client, integration, "consumers", {f"fan_out-{key[1:]}-name": name for key, name in names.items()}, do=do
    )


def streamed(integration: Integration, **changed: str) -> None:
    integration.refresh_from_db()
    integration.draft = {**integration.draft, "stream": {**integration.draft["stream"], **changed}}
    integration.save(update_fields=["draft"])


def test_a_consumer_is_registered_with_its_price_and_shown_on_the_review(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    page = " ".join(client.get(url(integration, "consumers")).content.decode().split())
    assert "No registered consumer." in page
    assert (
        "costs about 24.83 USD a month with 2 shards, even if nothing reads with it, and 0.015 USD for each GB" in page
    )
    answer = sent(client, integration, "fan_out-add")
    assert (answer.status_code, answer["Location"]) == (302, f"{url(integration, 'consumers')}#fan_out")
    answer = sent(client, integration, "next", c1="reporting")
    assert (answer.status_code, answer["Location"]) == (302, url(integration, "recipients"))
    integration.refresh_from_db()
    assert codec.as_spec(integration).fan_out == (FanOutConsumer("reporting"),)
    assert page_status.status_of(integration, "consumers").summary == "1 registered consumer"
    review = " ".join(client.get(url(integration, "review")).content.decode().split())
    assert "reads by enhanced fan-out, with 2 MB a second from each shard" in review
    assert "1 with enhanced fan-out × 2 shards, by the hour" in review
    sent(client, integration, "fan_out-remove:1", c1="reporting")
    integration.refresh_from_db()
    assert codec.as_spec(integration).fan_out == ()


def test_bad_and_repeated_names_are_said_before_the_review(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "fan_out-add")
    sent(client, integration, "fan_out-add", c1="a b")
    answer = sent(client, integration, "next", c1="a b", c2="a b")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "letters, digits, underscores, periods and hyphens." in page
    assert 'value="a b"' in page, "what was typed is kept"
    answer = sent(client, integration, "next", c1="alerts", c2="alerts")
    assert "Another consumer is named alerts." in answer.content.decode()
    assert sent(client, integration, "next", c1="", c2="alerts").status_code == 422


def test_a_provisioned_stream_has_twenty_and_an_on_demand_one_fifty(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    consumers = {"fan_out": {str(number): {"name": f"c{number}"} for number in range(1, 22)}}
    integration.draft = {**integration.draft, "consumers": consumers}
    streamed_page = {**integration.draft["stream"], "mode": "ON_DEMAND", "shards": ""}
    integration.draft["stream"] = streamed_page
    integration.save(update_fields=["draft"])
    page = " ".join(client.get(url(integration, "consumers")).content.decode().split())
    assert "With an on-demand stream, each registered consumer costs 0.057 USD for each GB that it reads." in page
    assert page_status.status_of(integration, "consumers").state == "done"
    streamed(integration, mode="PROVISIONED", shards="1")
    answer = sent(client, integration, "next", **{f"c{number}": f"c{number}" for number in range(1, 22)})
    assert answer.status_code == 422
    assert "AWS registers at most 20 consumers with a data stream of this capacity mode." in answer.content.decode()


def test_a_connection_without_the_permission_leads_to_it(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    integration.tenant.connections.update(allow_fanout=False)
    page = client.get(url(integration, "consumers")).content.decode()
    assert "does not allow Sluice to register consumers" in page
    assert "?show=fanout" in page


def test_a_role_names_one_of_them(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    integration.tenant.connections.update(allow_consumers=True)
    sent(client, integration, "fan_out-add")
    post(client, integration, "consumers", {"fan_out-1-name": "reporting"}, do="roles-add")
    role = {"roles-1-name": "analytics", "roles-1-principals": "444455556666", "roles-1-session_seconds": "3600"}
    typed = {"fan_out-1-name": "reporting", **role}
    answer = post(client, integration, "consumers", {**typed, "roles-1-fan_out": "alerts"}, do="next")
    assert "This integration registers no consumer named alerts." in answer.content.decode()
    answer = post(client, integration, "consumers", {**typed, "roles-1-fan_out": "reporting"}, do="next")
    assert answer.status_code == 302
    integration.refresh_from_db()
    assert codec.as_spec(integration).consumer_roles[0].fan_out == "reporting"
    review = client.get(url(integration, "review")).content.decode()
    assert "/consumer/reporting:*" in review


def test_a_share_reads_as_one_of_them(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    integration.tenant.connections.update(allow_sharing=True)
    streamed(integration, encryption="none")
    sent(client, integration, "fan_out-add")
    post(client, integration, "consumers", {"fan_out-1-name": "reporting"}, do="shares-add")
    typed = {"fan_out-1-name": "reporting", "shares-1-label": "tools", "shares-1-principal": "444455556666"}
    answer = post(client, integration, "consumers", {**typed, "shares-1-fan_out": "alerts"}, do="next")
    assert "This integration registers no consumer named alerts." in answer.content.decode()
    answer = post(client, integration, "consumers", {**typed, "shares-1-fan_out": "reporting"}, do="next")
    assert answer.status_code == 302
    integration.refresh_from_db()
    assert codec.as_spec(integration).shares[0].fan_out == "reporting"
    review = client.get(url(integration, "review")).content.decode()
    assert "Resource policy of the consumer reporting: statements that Sluice adds" in review
