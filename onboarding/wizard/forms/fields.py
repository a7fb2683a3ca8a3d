"""What the wizard's forms share: radio cards, plain inputs, and how AWS's rules become messages at a field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from onboarding.models.connection import Connection
from onboarding.problem_texts import sentence_of
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.rules import check
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import names
from portal.messages.errors import validation_error

PLACEHOLDER_STREAM = StreamSpec(name="sluice-stream", region="us-east-1")
NAME_INPUT = {"spellcheck": "false", "autocapitalize": "none"}
NUMBER_INPUT = {"inputmode": "numeric"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A radio card: its heading, a sentence below it, and a tag such as “recommended”."""

    heading: str
    note: str
    tag: str = ""

    def __str__(self) -> str:
        return self.heading


def prefix_of(connection: Connection | None) -> str:
    """Return what every name must begin with."""
    return connection.name_prefix if connection else "sluice-"


def follow(rule: Any, *values: str) -> None:
    """Apply a rule of `portal.aws.names`; raise Django's ValidationError with its message."""
    try:
        rule(*values)
    except names.InvalidName as invalid:
        raise validation_error(invalid.message) from invalid


def forget(form: forms.Form, *fields: str) -> None:
    """Drop fields that do not apply: neither wrong nor used, though they stay typed in case they are wanted again."""
    for field in fields:
        form.errors.pop(field, None)
        form.cleaned_data[field] = None


def add_problems(
    form: forms.Form, part: str, spec: IntegrationSpec, connection: Connection | None, renamed: Mapping[str, str]
) -> None:
    """Show what `onboarding.spec.rules` says about one part of a spec at the form's fields that have no error yet."""
    account_id = connection.account_id if connection else None
    already = set(form.errors)
    for problem in check(spec, name_prefix=prefix_of(connection), account_id=account_id):
        owner, _, key = problem.path.rpartition(".")
        field = renamed.get(key, key)
        if owner == part and field in form.fields and field not in already:
            form.add_error(field, sentence_of(problem))
