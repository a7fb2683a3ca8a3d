"""Tokens by command line: printed once, listed without their text, ended."""

import json

import pytest
from django.core.management import CommandError, call_command

from portal.tenancy import tokens
from portal.tenancy.models import ApiToken, AuditEvent, StaffRole, Tenant
from tests.world import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]
CREATE = ("create", "Olga@vendor.example", "--name", "Pusher", "--scope", "vendor_keys")


@pytest.fixture(autouse=True)
def olga() -> None:
    person("olga@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("token", *arguments)
    return capsys.readouterr().out


def test_a_token_lives_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    north = Tenant.objects.create(slug="north", name="North")
    created = json.loads(run(capsys, *CREATE, "--days", "7", "--tenant", "north", "--json"))
    token = tokens.use(created["token"], address="192.0.2.1")
    assert (token.tenant, token.name, token.created_by) == (north, "Pusher", "command line")
    listed = json.loads(run(capsys, "list", "olga@vendor.example", "--json"))["tokens"]
    assert [(found["number"], found["tenant"], found["last_used_from"]) for found in listed] == [
        (token.pk, "north", "192.0.2.1")
    ]
    line = run(capsys, "list")
    assert "olga@vendor.example  Pusher  vendor_keys" in line
    assert "from 192.0.2.1" in line
    assert created["token"] not in line + str(listed)
    assert json.loads(run(capsys, "revoke", str(token.pk), "--json"))["revoked"] is True
    with pytest.raises(tokens.TokenRefused):
        tokens.use(created["token"], address="")
    assert json.loads(run(capsys, "list", "--json")) == {"tokens": []}
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "tenancy:token:created",
        "tenancy:token:revoked",
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("create", "nobody@vendor.example", *CREATE[2:]), "There is no person with the address"),
        ((*CREATE, "--days", "0"), "Choose between 1 and 365 days."),
        ((*CREATE, "--tenant", "nowhere"), "nowhere"),
        (("list", "nobody@vendor.example"), "There is no person with the address"),
        (("revoke", "999"), "There is no API token 999."),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        call_command("token", *arguments)
    assert not ApiToken.objects.exists()
