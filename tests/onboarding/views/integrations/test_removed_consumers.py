"""The consumers of a removed integration: what was there is said to be removed, and nothing is offered."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from onboarding.integrations import share_links, share_status
from onboarding.models.consumer_check import ConsumerCheck
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from onboarding.provisioning import consumer_plan, plan_factory
from onboarding.spec import integration_spec as specs
from tests.architecture.population import Population, populate

ROLE = {"name": "analytics", "principals": ["222233334444"], "external_id": "their-own-1"}
SHARE = {"label": "reporting", "principal": "arn:aws:iam::222233334444:role/reader"}


@pytest.fixture
def people(db) -> Population:
    return populate()


@pytest.fixture
def removed(people: Population) -> Integration:
    live = people.ours.live
    live.spec = {**live.spec, "consumer_roles": [ROLE], "shares": [SHARE]}
    live.state = IntegrationState.REMOVED
    live.save()
    spec = specs.from_row(live.spec)
    name = consumer_plan.role_name(plan_factory.plan_for(live, spec), spec.consumer_roles[0])
    for kind, called in (("consumer role", name), ("stream share", "reporting")):
        live.resources.create(kind=kind, name=called, state="removed", present_at=timezone.now())
    return live


def address(integration: Integration, page: str) -> str:
    return f"/t/{integration.tenant.slug}/integrations/{integration.uid}/{page}/"


def test_the_tab_says_that_roles_and_shares_were_removed(
    people: Population, removed: Integration, client: Client
) -> None:
    client.force_login(people.person("admin"))
    page = " ".join(client.get(address(removed, "consumers")).content.decode().split())
    content = page[page.index("<main") : page.index("</main")]
    assert "This integration was removed." in content
    assert content.count("Removed</span>") == 2
    for text in (
        "Not created",
        "assume-role",
        "get-session-token",
        "Check roles",
        "Check shares",
        "link",
        "Change set",
    ):
        assert text not in content, text


def test_no_check_and_no_link_can_be_requested(people: Population, removed: Integration, client: Client) -> None:
    client.force_login(people.person("admin"))
    before = list(ConsumerCheck.objects.values())
    answer = client.post(address(removed, "consumers"), follow=True)
    assert "This integration was removed." in answer.content.decode()
    assert list(ConsumerCheck.objects.values()) == before
    assert share_status.share_of(removed, "reporting") is None, "a link of before has ended"
    with pytest.raises(ValidationError):
        share_links.create(integration=removed, label="reporting", actor=people.person("admin"))


@pytest.mark.parametrize("page", ["connectors", "security"])
def test_settings_for_readers_say_that_it_was_removed(
    page: str, people: Population, removed: Integration, client: Client
) -> None:
    client.force_login(people.person("viewer"))
    answer = client.get(address(removed, page), follow=True)
    assert answer.redirect_chain == [(f"/t/{removed.tenant.slug}/integrations/{removed.uid}/", 302)]
    assert "This integration was removed." in answer.content.decode()
