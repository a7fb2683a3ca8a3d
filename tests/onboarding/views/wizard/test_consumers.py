"""The wizard's page "Who receives the data?": consumer roles, with and without htmx."""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.wizard import page_status
from onboarding.wizard.rail import rail_of
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
ROLE = "arn:aws:iam::444455556666:role/reader"


@pytest.fixture
def opened() -> tuple[Client, Integration]:
    tenant, client = tenant_with_admin()
    tenant.connections.update(allow_consumers=True)
    integration = full_draft(tenant)
    tenant.connections.update(allow_consumers=True)
    return client, integration


def sent(client: Client, integration: Integration, do: str, **roles: dict[str, str]) -> Any:
    fields = {f"roles-{key[1:]}-{field}": value for key, values in roles.items() for field, value in values.items()}
    return post(client, integration, "consumers", fields, do=do)


def typed(**changed: str) -> dict[str, str]:
    return {"name": "analytics", "principals": ROLE, "session_seconds": "3600", "external_id": "", **changed}


def test_nothing_has_to_be_chosen(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    page = client.get(url(integration, "consumers")).content.decode()
    assert "No consumer role." in page
    answer = sent(client, integration, "next")
    assert (answer.status_code, answer["Location"]) == (302, url(integration, "recipients"))
    integration.refresh_from_db()
    assert codec.as_spec(integration).consumer_roles == ()
    assert integration.consumer_external_ids.count() == 0


def test_a_role_is_added_typed_and_kept_with_an_external_id(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    answer = sent(client, integration, "roles-add")
    assert (answer.status_code, answer["Location"]) == (302, f"{url(integration, 'consumers')}#roles")
    answer = sent(client, integration, "next", r1=typed(principals=f"{ROLE},\n 777788889999", session_seconds="7200"))
    assert answer["Location"] == url(integration, "recipients")
    integration.refresh_from_db()
    [role] = codec.as_spec(integration).consumer_roles
    assert (role.name, role.principals, role.session_seconds) == ("analytics", (ROLE, "777788889999"), 7200)
    external_id = integration.consumer_external_ids.get().external_id
    review = client.get(url(integration, "review")).content.decode()
    assert external_id in review
    assert f"role/sluice/consumers/sluice-sensors-{integration.uid[:6]}-consumer-analytics" in review
    assert "1 consumer role" in [item.summary for item in rail_of(integration, "review")]
    assert sent(client, integration, "next", r1=typed()).status_code == 302
    assert integration.consumer_external_ids.get().external_id == external_id
    assert codec.pages_of(codec.as_spec(integration), integration)["consumers"]["roles"]["1"]["name"] == "analytics"


def test_bad_input_is_kept_with_its_sentence(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "roles-add")
    wrong = typed(
        name="Analytics",
        principals=f"*\nlambda.amazonaws.com\n{ROLE.replace(':aws:', ':aws-cn:')}\n{ROLE}\n{ROLE}",
        session_seconds="60",
        external_id="mine#1",
    )
    answer = sent(client, integration, "next", r1=wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "lowercase letters, digits and hyphens, with no hyphen first or last",
        "* contains a wildcard",
        "lambda.amazonaws.com is an AWS service",
        "is in the partition aws-cn",
        "is listed twice",
        "The shortest that AWS allows is 3600 seconds",
        "An external ID has 2 or more",
        "mine#1",
        "Please fix the following in consumer role 1.",
    ):
        assert escape(sentence) in page, sentence
    integration.refresh_from_db()
    assert page_status.status_of(integration, "consumers").state == "blocked"
    assert "The page “Who receives the data?” is not complete" in client.get(
        url(integration, "review")
    ).content.decode().replace("\n", " ")


def test_two_roles_differ_in_their_names_and_one_is_removed(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "roles-add")
    sent(client, integration, "roles-add", r1=typed())
    answer = sent(client, integration, "next", r1=typed(), r2=typed())
    assert answer.status_code == 422
    assert "Another consumer role is named analytics" in answer.content.decode()
    sent(client, integration, "roles-remove:1", r1=typed(), r2=typed(name="team"))
    integration.refresh_from_db()
    assert [values["name"] for values in codec.consumer_roles_of(integration.draft).values()] == ["team"]
    assert sent(client, integration, "next", r2=typed(name="team")).status_code == 302


def test_what_is_typed_is_saved_by_htmx_and_by_back_and_nothing_else_is(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "roles-add")
    integration.refresh_from_db()
    fields = {"do": "keep", "turn": integration.turn, "roles-1-name": "half", "roles-9-name": "unknown", "other": "x"}
    kept = client.post(url(integration, "consumers"), fields, headers={"HX-Request": "true"})
    assert (kept.status_code, "draft-saved" in kept.headers["HX-Trigger"]) == (200, True)
    integration.refresh_from_db()
    assert integration.draft["consumers"]["roles"] == {"1": {**typed(name="half"), "principals": "", "fan_out": ""}}
    answer = sent(client, integration, "back", r1=typed(name="other"))
    assert answer["Location"] == url(integration, "delivery")
    integration.refresh_from_db()
    assert codec.consumer_roles_of(integration.draft)["1"]["name"] == "other"


def test_what_the_connection_does_not_allow_is_said_on_the_page(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    connection = integration.tenant.connections.get()
    connection.allow_consumers = False
    connection.save()
    page = client.get(url(integration, "consumers")).content.decode()
    assert "does not allow Sluice to create roles for consumers" in page
    assert "show=consumers" in page
