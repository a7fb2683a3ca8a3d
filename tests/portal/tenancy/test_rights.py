"""The table of rights: the same in code and docs, and every right that a template or view asks for is in it."""

import re

import pytest

from portal.messages.catalogue import text_of
from portal.tenancy.rights import TABLE, Right, Role, entry, rights_of, withholdable
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "rights.md"
ASKED_IN_TEMPLATES = re.compile(r"\bmay\.(\w+)")


def rows_of_the_page() -> dict[str, tuple[set[str], bool, bool]]:
    """By what the holder may do: the roles with a mark, whether a suspended tenant leaves the right, and a token."""
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    head, *rows = [[cell.strip() for cell in line] for line in lines]
    assert head[1:5] == [role.capitalize() for role in Role]
    return {
        row[0]: (
            {role for role, cell in zip(Role, row[1:5], strict=True) if cell == "yes"},
            row[5] == "yes",
            row[6] == "yes",
        )
        for row in rows
        if not set(row[0]) <= {"-"}
    }


def test_the_table_in_the_docs_is_the_table_in_code() -> None:
    expected = {
        text_of(rule.description)[0].upper() + text_of(rule.description)[1:]: (
            set(rule.roles),
            rule.while_suspended,
            rule.by_token,
        )
        for rule in TABLE.values()
    }
    assert rows_of_the_page() == expected


def test_every_right_has_a_rule() -> None:
    assert set(TABLE) == set(Right)
    assert all(rule.roles for rule in TABLE.values())


def test_templates_ask_for_rights_that_exist() -> None:
    asked = {
        (path.name, right)
        for path in (ROOT / "templates").rglob("*.html")
        for right in ASKED_IN_TEMPLATES.findall(path.read_text())
    }
    assert asked
    assert {(name, right) for name, right in asked if right not in set(Right)} == set()


@pytest.mark.parametrize("right", Right)
def test_who_acts_in_a_tenant_is_one_of_its_people(right: Right) -> None:
    """Staff act in no tenant: every right that a suspended tenant loses is for its admins alone.

    Except support in what ends or replaces a key: a leak cannot wait for an admin (docs/rotation.md). A diagnosis
    changes nothing, so all staff can request one. Support can unmask records, where the client does not withhold it.
    """
    if not TABLE[right].while_suspended:
        of_staff = {Role.SUPPORT} if right in {Right.ROTATE_KEYS, Right.REVOKE_KEYS} else set()
        of_staff |= {Role.SUPPORT, Role.OPERATOR} if right is Right.DIAGNOSE else set()
        of_clients = set() if right is Right.UNMASK else {Role.ADMIN}  # who see values anyway
        of_staff |= {Role.SUPPORT} if right is Right.UNMASK else set()
        assert TABLE[right].roles == of_clients | of_staff


def test_no_role_has_no_rights_and_suspension_leaves_what_changes_nothing() -> None:
    assert rights_of(frozenset()) == frozenset()
    admin = frozenset({Role.ADMIN})
    assert rights_of(admin, is_suspended=True) == {
        Right.VIEW,
        Right.READ_VALUES,
        Right.SEE_PEOPLE,
        Right.DOWNLOAD_RECORDS,
    }
    assert rights_of(admin) > rights_of(admin, is_suspended=True)


def test_a_tenant_withholds_only_what_can_be_withheld_and_only_from_that_role() -> None:
    withheld = [entry(Role.VIEWER, Right.DOWNLOAD_RECORDS), entry(Role.VIEWER, Right.VIEW), "garbage", "viewer:garbage"]
    viewer, admin = frozenset({Role.VIEWER}), frozenset({Role.ADMIN})
    assert rights_of(viewer) - rights_of(viewer, withheld=withheld) == {Right.DOWNLOAD_RECORDS}
    assert rights_of(admin, withheld=withheld) == rights_of(admin)
    both = frozenset({Role.SUPPORT, Role.OPERATOR})
    assert Right.UNMASK in rights_of(both)
    assert Right.UNMASK not in rights_of(both, withheld=[entry(Role.SUPPORT, Right.UNMASK)])
    assert {right for right, _ in withholdable()} == {Right.DOWNLOAD_RECORDS, Right.UNMASK}
