"""`integration policies`: four documents, and commands for a principal of the stream's own account."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::111122223333:role/apps/Dashboard"


@pytest.fixture
def integration() -> Integration:
    return live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


def printed(integration: Integration, *more: str) -> str:
    out = io.StringIO()
    call_command("integration", "policies", integration.name, "--tenant", "northwind", *more, stdout=out)
    return out.getvalue()


def test_each_of_the_four_comes_with_its_document_and_sentences(integration: Integration) -> None:
    answer: dict[str, Any] = json.loads(printed(integration, "--json"))
    assert list(answer) == ["producer", "consumer", "resharding", "administrator"]
    for policy in answer.values():
        assert len(policy["allows"]) == len(policy["document"]["Statement"])
    assert "kinesis:PutRecords" in json.dumps(answer["producer"]["document"])
    assert "kinesis:PutRecord" not in json.dumps(answer["consumer"]["document"])


def test_only_the_producers_policy_exists_already(integration: Integration) -> None:
    answer = json.loads(printed(integration, "--json"))
    assert [key for key, policy in answer.items() if "create-policy" not in policy["commands"]] == ["producer"]
    assert all("NAME-OF-YOUR-ROLE" in policy["commands"] for policy in answer.values())


def test_a_principal_is_named_in_every_command(integration: Integration) -> None:
    text = printed(integration, "--principal", ROLE)
    assert text.count("attach-role-policy --role-name Dashboard") == 4
    assert "NAME-OF-YOUR-ROLE" not in text
    assert [line for line in text.splitlines() if line in {"producer", "consumer", "resharding", "administrator"}]


@pytest.mark.parametrize("principal", ["Dashboard", ROLE.replace("1111", "4444")])
def test_a_principal_elsewhere_is_refused_with_the_account(integration: Integration, principal: str) -> None:
    with pytest.raises(CommandError, match="111122223333"):
        printed(integration, "--principal", principal)


@pytest.mark.parametrize("lacking", ["spec", "connection"])
def test_a_draft_has_no_policies(integration: Integration, lacking: str) -> None:
    Integration.objects.update(state=IntegrationState.DRAFT, **{lacking: None})
    with pytest.raises(CommandError, match="is a draft"):
        printed(integration)
