"""The activity's filters, as they are in its address."""

import pytest
from django.urls import reverse

from onboarding.views.integrations.activity import DESCRIPTIONS
from onboarding.views.integrations.activity_filter import ACTS
from portal.tenancy import audit
from tests.onboarding.pages import tenant_with_admin

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", DESCRIPTIONS)
def test_every_action_is_in_one_group(action: str) -> None:
    assert len([value for value, (_, acts) in ACTS.items() if action.startswith(acts)]) == 1


def test_filters_are_kept_and_can_be_taken_back() -> None:
    tenant, client = tenant_with_admin()
    for number in range(52):
        audit.record("onboarding:pgpkey:added", tenant=tenant, actor="ada@n.example", target=f"key {number}")
    audit.record("onboarding:run:started", tenant=tenant, actor="bob@n.example", target="harbour")
    url = reverse("activity", kwargs={"slug": tenant.slug})
    page = client.get(url, {"act": "keys", "who": "ADA@", "since": "2020-01-01"})
    text = page.content.decode()
    assert [entry.target for entry in page.context["entries"]][:2] == ["key 51", "key 50"]
    assert "bob@n.example" not in text
    assert 'value="ADA@"' in text
    assert "activity.csv?who=ADA%40&amp;act=keys&amp;since=2020-01-01" in text
    assert [entry.target for entry in client.get(f"{url}?{page.context['older']}").context["entries"]] == [
        "key 1",
        "key 0",
    ]
    assert "No matching entries" in client.get(url, {"object": "elsewhere"}).content.decode()


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"until": "9999-12-31"}, {"act": "x"}, {"who": "x" * 300}])
def test_a_filter_that_cannot_be_read_is_marked_and_matches_nothing(query: dict[str, str]) -> None:
    tenant, client = tenant_with_admin()
    audit.record("onboarding:run:started", tenant=tenant, actor="ada@n.example")
    page = client.get(reverse("activity", kwargs={"slug": tenant.slug}), query)
    assert page.status_code == 200
    assert page.context["entries"] == []
    assert "field-error" in page.content.decode()
