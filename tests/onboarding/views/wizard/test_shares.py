"""The section of shares on the wizard's page "Who receives the data?"."""

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from onboarding.drafts import codec
from onboarding.models.integration import Integration
from onboarding.sharing.share import Share
from onboarding.wizard import page_status
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
READER = "arn:aws:iam::444455556666:role/reader"


@pytest.fixture
def opened() -> tuple[Client, Integration]:
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant)
    tenant.connections.update(allow_sharing=True)
    encrypted(integration, "new")
    return client, integration


def encrypted(integration: Integration, choice: str) -> None:
    integration.draft = {**integration.draft, "stream": {**integration.draft["stream"], "encryption": choice}}
    integration.save(update_fields=["draft"])


def sent(client: Client, integration: Integration, do: str, **shares: dict[str, str]) -> Any:
    fields = {f"shares-{key[1:]}-{field}": value for key, values in shares.items() for field, value in values.items()}
    return post(client, integration, "consumers", fields, do=do)


def typed(**changed: str) -> dict[str, str]:
    return {"label": "reporting", "principal": READER, **changed}


def test_a_share_is_added_typed_and_shown_on_the_review(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    assert "No share." in client.get(url(integration, "consumers")).content.decode()
    answer = sent(client, integration, "shares-add")
    assert (answer.status_code, answer["Location"]) == (302, f"{url(integration, 'consumers')}#shares")
    answer = sent(client, integration, "next", s1=typed())
    assert (answer.status_code, answer["Location"]) == (302, url(integration, "recipients"))
    integration.refresh_from_db()
    assert codec.as_spec(integration).shares == (Share("reporting", READER),)
    assert page_status.status_of(integration, "consumers").summary == "1 share"
    review = client.get(url(integration, "review")).content.decode()
    assert READER in review
    assert escape("Resource policy of the data stream: statements that Sluice adds") in review
    sent(client, integration, "shares-remove:1", s1=typed())
    integration.refresh_from_db()
    assert codec.as_spec(integration).shares == ()


def test_what_cannot_be_shared_is_said_before_the_review(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    sent(client, integration, "shares-add")
    function = "arn:aws:lambda:eu-west-1:444455556666:function:reader"
    answer = sent(client, integration, "next", s1=typed(label="Reporting", principal=function))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is the ARN of a Lambda function" in page
    assert "A label has 1 to 30 lowercase letters" in page
    assert function in page, "what was typed is kept"
    integration.refresh_from_db()
    encrypted(integration, "aws")
    answer = sent(client, integration, "next", s1=typed())
    assert answer.status_code == 422
    assert "No other account can decrypt with it" in answer.content.decode()
    integration.refresh_from_db()
    assert page_status.status_of(integration, "consumers").state == "blocked"


def test_a_connection_without_the_permission_leads_to_it(opened: tuple[Client, Integration]) -> None:
    client, integration = opened
    integration.tenant.connections.update(allow_sharing=False)
    page = client.get(url(integration, "consumers")).content.decode()
    assert "does not allow Sluice to share data streams" in page
    assert "?show=sharing" in page
