"""Links for wall displays by command line: printed once, listed without their token, ended."""

import json

import pytest
from django.core.management import CommandError, call_command

from monitoring import wall_links
from monitoring.models import WallLink
from portal.tenancy.models import AuditEvent, Tenant, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("wall_link", *arguments)
    return capsys.readouterr().out


def test_a_link_lives_and_ends(
    capsys: pytest.CaptureFixture[str], admin: User, operator: User, northwind: Tenant, settings
) -> None:
    settings.SLUICE_PORTAL_URL = "https://portal.example"
    arguments = ("create", "Admin@example.test", "--name", "Lobby", "--days", "7", "--tenant", "northwind", "--json")
    created = json.loads(run(capsys, *arguments))
    token = created["url"].removeprefix("https://portal.example/wall/").rstrip("/")
    link = wall_links.find(token)
    assert link is not None
    assert (link.tenant, link.person, link.name) == (northwind, admin, "Lobby")
    wall_links.note_use(link, address="192.0.2.1")
    of_staff = json.loads(run(capsys, "create", "operator@example.test", "--name", "Operations room", "--json"))
    lines = run(capsys, "list").splitlines()
    assert [line.split("  ")[1:4] for line in lines] == [
        ["all tenants", "Operations room", "operator@example.test"],
        ["northwind", "Lobby", "admin@example.test"],
    ]
    assert "from 192.0.2.1" in lines[1]
    assert token not in str(lines)
    assert [row["uid"] for row in json.loads(run(capsys, "list", "--tenant", "northwind", "--json"))["links"]] == [
        created["uid"]
    ]
    assert json.loads(run(capsys, "revoke", created["uid"], "--json"))["revoked"] is True
    assert wall_links.find(token) is None
    assert [row["uid"] for row in json.loads(run(capsys, "list", "--json"))["links"]] == [of_staff["uid"]]
    events = AuditEvent.objects.filter(target="Lobby").order_by("pk")
    assert [(event.action.rpartition(":")[2], event.actor) for event in events] == [
        ("created", "command line"),
        ("opened", "wall display"),
        ("revoked", "command line"),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("create", "nobody@example.test", "--name", "x"), "There is no person with the address"),
        (("create", "admin@example.test", "--name", "x", "--days", "0", "--tenant", "northwind"), "between 1 and 365"),
        (("create", "admin@example.test", "--name", "x", "--tenant", "nowhere"), "nowhere"),
        (("create", "admin@example.test", "--name", "x"), "may not create links"),
        (("list", "--tenant", "nowhere"), "nowhere"),
        (("revoke", "abc"), "There is no active wall display link abc."),
    ],
)
def test_what_cannot_be_done_is_said(admin: User, arguments: tuple[str, ...], expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        call_command("wall_link", *arguments)
    assert not WallLink.objects.exists()
