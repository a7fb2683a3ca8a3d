"""Where messages leave as text: errors of forms, columns of rows, filters of templates, and every entry filled in."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.template import Context, Template
from django.utils import translation

from portal.messages.catalogue import CAUSES, explanation_of, text_of
from portal.messages.errors import field_error, validation_error
from portal.messages.fields import MessageField
from portal.messages.message import Cause, Message

DENIED = Message("aws.access_denied", operation="kinesis:PutRecord")


def test_an_error_keeps_its_code_and_writes_its_text_when_it_is_read() -> None:
    error = validation_error(DENIED)
    assert (error.code, error.messages) == ("aws.access_denied", [explanation_of(DENIED)])
    with translation.override("en"):
        assert str(error.message).startswith("AWS denied kinesis:PutRecord")


def test_an_error_of_a_field_holds_each_message_with_its_code() -> None:
    error = field_error("name", DENIED, Message("aws.throttled"))
    assert [found.code for found in error.error_dict["name"]] == ["aws.access_denied", "aws.throttled"]
    assert error.message_dict == {"name": [explanation_of(DENIED), explanation_of(Message("aws.throttled"))]}
    assert isinstance(error, ValidationError)


@pytest.mark.parametrize(
    ("filter_name", "text"),
    [
        ("sentence", "AWS denied kinesis:PutRecord: the role or access key does not have the permission."),
        ("cause", "your AWS account"),
        ("todo", "Compare the role with Sluice"),
        ("advice", "Cause: your AWS account. Compare the role"),
    ],
)
def test_templates_write_a_message_by_a_filter(filter_name: str, text: str) -> None:
    page = Template("{% load sentences %}[{{ message|" + filter_name + " }}]")
    assert text in page.render(Context({"message": DENIED}))
    assert page.render(Context({"message": None})) == "[]"


def test_templates_escape_what_a_parameter_brings() -> None:
    hostile = Message("aws.access_denied", operation="<script>alert(1)</script>")
    page = Template("{% load sentences %}{{ message|sentence }}").render(Context({"message": hostile}))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("hostile", ["%(operation)s", "%s", "100%", "%(nothing)d", "{operation}"])
def test_a_parameter_is_never_read_as_a_placeholder(hostile: str) -> None:
    assert text_of(Message("aws.access_denied", operation=hostile)).startswith(f"AWS denied {hostile}: ")


def test_every_cause_has_its_name() -> None:
    assert set(CAUSES) == set(Cause)
    assert len({str(name) for name in CAUSES.values()}) == len(Cause)


FIELD = MessageField()


@pytest.mark.parametrize("message", [DENIED, Message("a.b"), Message("a.b", reason=DENIED, names=["x"], count=3)])
def test_a_column_gives_back_the_message_it_was_given(message: Message) -> None:
    stored = FIELD.get_db_prep_save(message, connection)
    assert (
        FIELD.from_db_value(stored.dumps(stored.obj) if hasattr(stored, "dumps") else stored, None, connection)
        == message
    )
    assert FIELD.to_python(message.as_json()) == message
    assert FIELD.to_python(message) is message


@pytest.mark.parametrize("empty", ["null", "{}", None])
def test_a_column_without_a_message_is_none(empty: str | None) -> None:
    assert FIELD.from_db_value(empty, None, connection) is None
    assert FIELD.to_python(None) is None


def test_a_column_of_messages_is_nullable_and_nothing_that_people_edit() -> None:
    assert (FIELD.null, FIELD.blank, FIELD.editable) == (True, True, False)
    assert MessageField(null=False).null is False
