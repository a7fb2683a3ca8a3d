"""A name typed to confirm: only the whole name does."""

import pytest

from onboarding.wizard.forms.confirmation import RemovalForm, TypedNameForm

NAME = "sluice-sensors"


@pytest.mark.parametrize("typed", [NAME, f"  {NAME}  ", f"{NAME}\n"])
def test_the_name_confirms(typed: str) -> None:
    assert TypedNameForm({"confirmed": typed}, stream_name=NAME).is_valid()


@pytest.mark.parametrize(
    "typed", ["", " ", "sluice", f"{NAME}x", NAME.upper(), "sluice\u2010sensors", f"{NAME} {NAME}"]
)
@pytest.mark.parametrize("form", [TypedNameForm, RemovalForm])
def test_no_other_text_does(form: type[TypedNameForm], typed: str) -> None:
    refused = form({"confirmed": typed, "delete_data": "on"}, stream_name=NAME)
    assert set(refused.errors) == {"confirmed"}
    if typed.strip():
        assert NAME in refused.errors["confirmed"][0]
        assert form.refused in refused.errors["confirmed"][0], "what did not happen is said"


@pytest.mark.parametrize(
    ("typed", "deletes"), [({}, False), ({"delete_data": ""}, False), ({"delete_data": "on"}, True)]
)
def test_records_are_deleted_only_where_that_is_ticked(typed: dict[str, str], deletes: bool) -> None:
    form = RemovalForm({"confirmed": NAME, **typed}, stream_name=NAME)
    assert form.is_valid()
    assert form.cleaned_data["delete_data"] is deletes


def test_a_form_that_nobody_sent_accuses_nobody() -> None:
    form = RemovalForm(stream_name=NAME)
    assert not form.is_valid()
    assert not form.errors
    assert form["confirmed"].label == f"Type {NAME} to confirm"
    assert next(iter(form.fields)) == "delete_data", "it is read before the name is typed"
