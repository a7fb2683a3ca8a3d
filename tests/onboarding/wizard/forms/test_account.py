"""The boxes and ARNs of a connection's permissions: what is chosen comes out, and what was chosen comes back."""

import pytest

from onboarding.wizard.forms.account import AccountForm, PermissionsForm, RoleForm
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, chosen_permissions
from portal.aws.policies.optional_permissions import (
    CONSUMING_PERMISSIONS,
    OPT_IN_PERMISSIONS,
    OPTIONAL_PERMISSIONS,
    READING_PERMISSIONS,
)

ACCOUNT = "111122223333"
ARN = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/theirs"


def chosen(**typed: str) -> PermissionsForm:
    form = PermissionsForm({"other_resources": "", **typed})
    assert form.is_valid(), form.errors
    return form


@pytest.mark.parametrize("permission", OPTIONAL_PERMISSIONS, ids=lambda permission: permission.key)
def test_a_ticked_box_is_the_one_permission_that_is_chosen(permission) -> None:
    found = chosen(**{f"allow_{permission.key}": "on"}).optional
    assert set(found.chosen) == {permission.key}
    assert PermissionsForm.of(found)[f"allow_{permission.key}"].value() is True
    assert chosen().optional.chosen == chosen_permissions([], []).chosen


def test_every_box_stands_in_one_of_four_lists() -> None:
    form = PermissionsForm()
    lists = (*form.opt_out_fields, *form.reading_fields, *form.consuming_fields, *form.opt_in_fields)
    boxes = [field.name for field in lists]
    assert sorted(boxes) == sorted(f"allow_{permission.key}" for permission in OPTIONAL_PERMISSIONS)


@pytest.mark.parametrize(
    ("typed", "arns"),
    [
        ("", []),
        (f"  {ARN}\r\n\r\n{ARN}2  {ARN}", [ARN, f"{ARN}2"]),
        (f"{ARN}\t{ARN}3", [ARN, f"{ARN}3"]),
    ],
)
def test_arns_are_words_and_stand_once_in_the_order_typed(typed: str, arns: list[str]) -> None:
    assert list(chosen(other_resources=typed).optional.others) == arns


def test_a_choice_fills_the_form_that_made_it() -> None:
    optional = chosen_permissions([permission.key for permission in OPTIONAL_PERMISSIONS[:2]], [ARN])
    form = PermissionsForm.of(optional)
    again = chosen(
        **{name: "on" for name in form.fields if name.startswith("allow_") and form[name].value()},
        other_resources=form["other_resources"].value(),
    )
    assert again.optional == optional


def test_the_section_opens_for_what_is_more_than_usual() -> None:
    assert not PermissionsForm.of(DEFAULT_PERMISSIONS).is_open
    assert PermissionsForm.of(chosen_permissions([], [ARN])).is_open
    for permission in OPT_IN_PERMISSIONS:
        form = PermissionsForm.of(chosen_permissions([permission.key], []))
        is_reading, is_consuming = permission.key in READING_PERMISSIONS, permission.key in CONSUMING_PERMISSIONS
        found = form.is_reading_open, form.is_consuming_open, form.is_open
        assert found == (is_reading, is_consuming, not (is_reading or is_consuming))
    refused = PermissionsForm({"other_resources": ""})
    refused.add_error("other_resources", "refused")
    assert refused.is_open


@pytest.mark.parametrize(("name", "is_fine"), [("", False), (" ", False), ("a" * 80, True), ("a" * 81, False)])
def test_an_account_has_a_short_name(name: str, is_fine: bool) -> None:
    form = AccountForm({"name": name, "account_id": ACCOUNT})
    assert set(form.errors) == (set() if is_fine else {"name"})


@pytest.mark.parametrize("ending", ["\n", "?x", "*", ":extra", "/a b", "\u200b"])
def test_nothing_follows_the_name_of_a_role(ending: str) -> None:
    form = RoleForm({"role_arn": f"arn:aws:iam::{ACCOUNT}:role/a{ending}b"}, account_id=ACCOUNT)
    assert set(form.errors) == {"role_arn"}
