"""`manage.py audit verify`: heads for another place, and the first broken entry by name."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from portal.command_line import CommandFailed
from portal.tenancy import audit
from portal.tenancy.models import Tenant
from tests.portal.tenancy.test_audit_chain import commit, tamper

pytestmark = [pytest.mark.usefixtures("owner"), pytest.mark.django_db]


@pytest.fixture
def north() -> Tenant:
    tenant = Tenant.objects.create(slug="north", name="North")
    for _ in range(3):
        audit.record("portal:x:y", tenant=tenant, actor="ada")
    audit.record("portal:x:y", tenant=None, actor="ada")
    commit()
    return tenant


def verified(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("audit", "verify", "--json", *arguments, stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["chains"]
    return found


def test_every_chain_is_verified_and_its_head_printed(north: Tenant) -> None:
    chains = verified()
    assert [(chain["chain"], chain["entries"], chain["broken"]) for chain in chains] == [
        ("_portal", 1, None),
        ("north", 3, None),
    ]
    heads = [argument for chain in chains for argument in ("--head", chain["head"])]
    assert verified(*heads) == chains
    assert verified("--tenant", "north") == chains[1:]
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert out.getvalue().splitlines()[1] == f"intact  3 entries  {chains[1]['head']}"


def test_a_broken_entry_is_named(north: Tenant) -> None:
    tamper("UPDATE tenancy_auditevent SET actor = 'eve' WHERE tenant_id = %s", north.pk)
    out = StringIO()
    with pytest.raises(CommandFailed, match=r"“north” is broken at position 1: event [0-9]+ was changed") as failure:
        call_command("audit", "verify", stdout=out)
    assert failure.value.errors[0]["code"] == "audit.changed"
    assert "broken  0 entries" in out.getvalue()


def test_a_chain_that_is_gone_is_missed_by_its_head(north: Tenant) -> None:
    head = verified("--tenant", "north")[0]["head"]
    tamper("DELETE FROM tenancy_auditevent WHERE tenant_id = %s", north.pk)
    tamper("DELETE FROM tenancy_auditlink WHERE chain = %s", north.pk)
    assert verified()[0]["chain"] == "_portal"
    with pytest.raises(CommandFailed) as failure:
        verified("--head", head)
    assert failure.value.errors[0]["code"] == "audit.head"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--head", "north"], "audit.head_unreadable"),
        (["--head", "north:x:00"], "audit.head_unreadable"),
        (["--tenant", "nowhere"], "command.tenant_unknown"),
        (["--head", "nowhere:1:00"], "command.tenant_unknown"),
    ],
)
def test_what_cannot_be_read_is_named(north: Tenant, arguments: list[str], code: str) -> None:
    with pytest.raises(CommandFailed) as failure:
        verified(*arguments)
    assert failure.value.errors[0]["code"] == code


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_moment(north: Tenant) -> None:
    """Outside of tests the command is a transaction of its own: read-only, and of one snapshot."""
    assert verified()[1]["entries"] == 3
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
