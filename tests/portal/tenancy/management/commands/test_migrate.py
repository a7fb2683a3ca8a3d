"""Migrations are the owner's; the portal's role is created before them and may use the tables after them."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal import database_role


@pytest.mark.django_db(transaction=True)
def test_migrate_is_the_owners_and_leaves_the_portals_role_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []
    for name in ("create", "grant"):
        monkeypatch.setattr(database_role, name, lambda at, name=name: done.append((name, at.settings_dict["USER"])))
    call_command("migrate", interactive=False, verbosity=0)
    assert done == [("create", "sluice"), ("grant", "sluice")]
    assert connection.settings_dict["USER"] == "sluice_portal"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("sluice_portal",)


@pytest.mark.django_db(transaction=True)
def test_a_plan_changes_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_role, "grant", lambda _: pytest.fail("granted"))
    call_command("migrate", plan=True)
    assert "No planned migration operations" in capsys.readouterr().out


def test_without_an_owner_it_says_what_is_missing(settings) -> None:
    settings.DATABASE_OWNER = None
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL is not set"):
        call_command("migrate", interactive=False, verbosity=0)
