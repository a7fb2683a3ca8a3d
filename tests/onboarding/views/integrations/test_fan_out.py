"""Registered consumers on the tab "Consumers": not registered, active since, changed in AWS, not known, removed."""

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.integrations import fan_out_status
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.messages.message import Message
from tests.architecture.population import Population, populate

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors/consumer/reporting:1764550800"


@pytest.fixture
def people(db) -> Population:
    return populate()


@pytest.fixture
def live(people: Population) -> Integration:
    found = people.ours.live
    found.spec = {**found.spec, "fan_out": [{"name": "reporting"}]}
    found.drift_problem = None
    found.save()
    return found


def shown(people: Population, client: Client, integration: Integration) -> str:
    client.force_login(people.person("admin"))
    answer = client.get(f"/t/{integration.tenant.slug}/integrations/{integration.uid}/consumers/")
    page = " ".join(answer.content.decode().split())
    return page[page.index('id="fan-out"') : page.index('id="shares"')]


def registered(integration: Integration, state: str = "present") -> None:
    integration.resources.create(
        kind="fan-out consumer", name="reporting", arn=ARN, state=state, present_at=timezone.now()
    )


def test_it_is_not_registered_then_registered_then_checked_then_changed(
    people: Population, live: Integration, client: Client
) -> None:
    page = shown(people, client, live)
    assert "Not registered yet" in page
    assert "USD for each GB that it reads" in page
    registered(live)
    page = shown(people, client, live)
    assert "Registered, not checked yet" in page
    assert ARN in page
    assert "1 Dec 2025, 01:00:00 UTC" in page, "AWS's own time, of the ARN"
    live.drift_checked_at = timezone.now()
    live.save()
    assert ">Active<" in shown(people, client, live)
    live.drift.create(
        step="fan_out:reporting",
        what=Message("resource.fan_out", name="reporting"),
        expected=Message("drift.exists"),
        found=Message("drift.deleted"),
    )
    page = shown(people, client, live)
    assert "Changed in AWS" in page
    assert "Check configuration" in page


def test_a_check_that_could_not_be_made_and_self_managed_are_not_known(
    people: Population, live: Integration, client: Client
) -> None:
    registered(live)
    live.drift_checked_at, live.drift_problem = timezone.now(), Message("aws.unreachable", operation="kinesis:X")
    live.save()
    assert ">Unknown<" in shown(people, client, live)
    [status] = fan_out_status.consumers_of(live)
    assert status.look == "unknown"


def test_of_a_removed_integration_it_says_what_was_removed(
    people: Population, live: Integration, client: Client
) -> None:
    registered(live, state="removed")
    live.state = IntegrationState.REMOVED
    live.save()
    page = shown(people, client, live)
    assert "Registered consumers of this integration as it was set up." in page
    assert "Removed</span>" in page
    assert "Check configuration" not in page
    assert "USD" not in page


def test_someone_of_another_tenant_gets_404(people: Population, live: Integration, client: Client) -> None:
    registered(live)
    client.force_login(people.person("outsider"))
    assert client.get(f"/t/{live.tenant.slug}/integrations/{live.uid}/consumers/").status_code == 404
