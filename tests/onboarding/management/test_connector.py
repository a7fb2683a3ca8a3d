"""`connector`: the settings of a tool by command line, the same as the page's."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from onboarding.connectors.catalogue import TOOLS
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState
from portal.tenancy.models import Tenant
from tests.monitoring.conftest import live_integration

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::111122223333:role/reader"


@pytest.fixture
def integration() -> Integration:
    return live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


def printed(integration: Integration, *more: str) -> str:
    out = io.StringIO()
    call_command("connector", integration.name, *more, "--tenant", "northwind", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_is_printed_with_its_policies_and_sources(integration: Integration, tool: str) -> None:
    answer: dict[str, Any] = json.loads(printed(integration, tool, "--json"))
    assert answer["files"]
    assert answer["sources"][0]["read_on"] == "2026-11-30"
    assert bool(answer["policies"]) is (tool != "vector")
    text = printed(integration, tool)
    assert all(content in text for content in answer["files"].values())


def test_one_file_is_printed_alone(integration: Integration) -> None:
    text = printed(integration, "sas-esp", "--file", "kinesis-connector.xml", "--role", ROLE, "--external-id", "x-1")
    assert text.startswith("<connector ")
    assert text.rstrip().endswith("</connector>")
    assert ROLE in text
    assert "YOUR-CONSUMER-ROLE" in printed(integration, "sas-esp", "--by-role")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("sas-esp", "--role", ROLE.replace("1111", "4444")), "111122223333"),
        (("sas-esp", "--external-id", "x-1"), "belongs to a role"),
        (("kcl", "--fan-out", "analytics"), "is not the ARN of a consumer"),
        (("kcl", "--file", "kinesis-connector.xml"), "kcl.properties"),
        (("teletype",), "invalid choice"),
    ],
)
def test_what_is_not_valid_is_refused(integration: Integration, given: tuple[str, ...], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        printed(integration, *given)


def test_a_draft_has_no_settings(integration: Integration) -> None:
    Integration.objects.update(state=IntegrationState.DRAFT, spec=None)
    integration.refresh_from_db()
    with pytest.raises(CommandError, match="draft"):
        printed(integration, "kcl")


def test_a_consumer_of_the_integration_signs_in_by_its_role(integration: Integration) -> None:
    role = {"name": "analytics", "principals": ["222233334444"], "external_id": "their-own-1"}
    integration.spec = {**(integration.spec or {}), "consumer_roles": [role]}
    integration.save(update_fields=["spec"])
    text = printed(integration, "sas-esp", "--consumer", "analytics")
    assert 'name="stsassumeroleexternalid">their-own-1<' in text
    assert "role/sluice/consumers/" in text
    with pytest.raises(CommandError, match="no consumer billing"):
        printed(integration, "sas-esp", "--consumer", "billing")
