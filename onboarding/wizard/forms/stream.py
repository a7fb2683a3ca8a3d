"""Page 2 of the wizard: the data stream."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from onboarding.connections import boundary_check
from onboarding.connections.grant import lacks
from onboarding.drafts import codec
from onboarding.estimates.typed_traffic import RULES
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.connection import Connection
from onboarding.provisioning import plan_factory
from onboarding.spec import tag_lines
from onboarding.spec.endpoint import STANDARD, Endpoint
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from onboarding.wizard.forms.endpoint import FIELDS
from onboarding.wizard.forms.fields import (
    PLACEHOLDER_STREAM,
    add_problems,
    follow,
    forget,
    prefix_of,
)
from onboarding.wizard.forms.stream_fields import ENCRYPTIONS, StreamFields
from portal.aws import names, regions
from portal.aws.stream_settings import SMALLEST_RECORD_LIMIT
from portal.aws.tag_rules import tag_problems
from portal.messages.errors import validation_error
from portal.messages.message import Message


class StreamForm(StreamFields):
    """The data stream: name, Region, capacity mode, retention period, shard-level metrics, encryption, endpoint."""

    adopt = forms.CharField(required=False, max_length=2048, widget=forms.HiddenInput)

    def __init__(
        self, typed: Mapping[str, Any] | None = None, *, submitted: bool = True, connection: Connection | None = None
    ) -> None:
        initial = {"name": f"{prefix_of(connection)}sensors", **(typed or {})}
        if typed is not None:  # it may have been typed before there were these fields
            usual = {name: rule.usual for name, rule in RULES.items()}
            typed = {"max_record_kib": str(SMALLEST_RECORD_LIMIT), "endpoint": STANDARD, **usual, **typed}
        super().__init__(typed if submitted else None, initial=initial)
        self.connection = connection
        self.typed = dict(typed or {})
        if connection is not None and (not connection.allow_keys or lacks(connection, "kms:CreateKey")):
            offered = [choice for choice in ENCRYPTIONS if choice[0] != "new"]
            self.fields["encryption"] = forms.ChoiceField(
                label="Encryption at rest", choices=offered, initial="aws", widget=forms.RadioSelect
            )
        self.fields["region"].widget = forms.Select(choices=_regions((typed or {}).get("region", "")))
        prefix, allowed = prefix_of(connection), "Use letters, digits, hyphens, underscores and dots."
        self.fields["name"].help_text = (
            f"Must begin with “{prefix}”, because the role in your account only allows such names. {allowed} To adopt "
            "a stream with another name, first list its ARN in the connection."
            if prefix
            else allowed
        )

    @property
    def found(self) -> ExistingStream | None:
        """Return the stream that exists under the name, where AWS said so."""
        plain = self.typed.get("found")
        return ExistingStream.of(plain) if plain else None

    @property
    def is_adopting(self) -> bool:
        """Return whether the stream of this name and Region was ticked to be adopted."""
        return bool(codec.confirmed_creation_time(self.typed))

    def clean(self) -> dict[str, Any]:
        """Hold the stream against AWS's rules and the connection, each problem at its field."""
        super().clean()
        if self.cleaned_data.get("mode") == "ON_DEMAND":
            forget(self, "shards")
        if self.cleaned_data.get("encryption") != "own":
            forget(self, "kms_key_arn")
        elif arn := self.cleaned_data.get("kms_key_arn"):
            self._check_key(arn)
        spec = self._as_spec()
        add_problems(self, "stream", spec, self.connection, {"kms_key": "kms_key_arn"})
        add_problems(self, "stream.endpoint", spec, self.connection, FIELDS)
        return self.cleaned_data

    def clean_tags(self) -> str:
        """Return the tags as typed, held against AWS's rules."""
        typed = str(self.cleaned_data["tags"])
        problems = [Message("tag.key_twice", key=key) for key in tag_lines.repeated(typed)]
        problems += tag_problems(tag_lines.read(typed))
        if problems:
            raise ValidationError([validation_error(problem) for problem in problems])
        return typed

    def _check_key(self, arn: str) -> None:
        try:
            follow(names.check_kms_key_arn, arn)
        except ValidationError as refused:
            self.add_error("kms_key_arn", refused)

    def _as_spec(self) -> IntegrationSpec:
        found = self.cleaned_data
        stream = StreamSpec(
            name=found.get("name", PLACEHOLDER_STREAM.name),
            region=found.get("region", PLACEHOLDER_STREAM.region),
            adopt=self._may_be_adopted(found),
            kms_key=found.get("kms_key_arn") or ("new" if found.get("encryption") == "new" else "aws"),
            # Without a Region there is nothing to hold an endpoint against yet.
            endpoint=self.typed_endpoint() if found.get("region") else Endpoint(),
        )
        return IntegrationSpec(name="", connection="", stream=stream)

    def _may_be_adopted(self, found: Mapping[str, Any]) -> bool:
        # One whose ARN is listed may be named as it likes: AWS is asked whether it exists.
        if self.is_adopting or self.connection is None:
            return self.is_adopting
        stream = StreamSpec(name=found.get("name", ""), region=found.get("region", ""))
        if stream.name.startswith(self.connection.name_prefix):
            return False
        return boundary_check.may_adopt(self.connection, plan_factory.arn_of(stream, self.connection))


def _regions(typed: str) -> list[tuple[str, str]]:
    # A Region that does not exist stays in the list, so that the reader sees what the message is about.
    known = [(code, code) for code in regions.regions_of()]
    unknown = [(typed, typed)] if typed and (typed, typed) not in known else []
    return [("", "Choose a Region"), *unknown, *known]
