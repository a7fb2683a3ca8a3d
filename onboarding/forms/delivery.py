"""Page 3 of the wizard: where Firehose copies the records."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from onboarding.deliveries import Delivery, s3_prefix
from onboarding.forms.rules import (
    NAME_INPUT,
    NUMBER_INPUT,
    PLACEHOLDER_DELIVERY,
    PLACEHOLDER_STREAM,
    Choice,
    add_problems,
    forget,
    prefix_of,
)
from onboarding.models import Connection
from onboarding.spec import IntegrationSpec

DESTINATIONS = [
    ("s3", Choice("Amazon S3", "Files in a bucket of yours. The simplest start.", "recommended")),
    ("none", Choice("No storage", "Your own programs read the stream; nothing is kept past its retention period.")),
]
BUCKETS = [
    ("new", Choice("Make a new bucket", "Private, encrypted, TLS only.")),
    ("existing", Choice("Use one you have", "In this account, with a name that begins with the same prefix.")),
]
COMPRESSIONS = [
    ("GZIP", "GZIP"),
    ("UNCOMPRESSED", "none"),
    ("ZIP", "ZIP"),
    ("Snappy", "Snappy"),
    ("HADOOP_SNAPPY", "Hadoop-compatible Snappy"),
]


class DeliveryForm(forms.Form):
    """Where Firehose copies the records: a bucket, or nowhere."""

    kind = forms.ChoiceField(label="Where to", choices=DESTINATIONS, initial="s3", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Firehose stream name",
        widget=forms.TextInput(attrs=NAME_INPUT),
        help_text="Letters, digits, hyphens, underscores and dots, at most 64.",
        error_messages={"required": "A Firehose stream needs a name."},
    )
    bucket_mode = forms.ChoiceField(label="Bucket", choices=BUCKETS, initial="new", widget=forms.RadioSelect)
    bucket = forms.CharField(
        label="Bucket name",
        widget=forms.TextInput(attrs=NAME_INPUT),
        error_messages={"required": "Name the bucket that shall hold the files."},
    )
    buffering_seconds = forms.IntegerField(
        label="Write a file every",
        min_value=0,
        max_value=900,
        initial=PLACEHOLDER_DELIVERY.buffering_seconds,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={
            "required": "Say after how many seconds a file is written; 300 is usual.",
            "invalid": "A whole number of seconds, from 0 to 900.",
            "min_value": "Firehose waits from 0 to 900 seconds.",
            "max_value": "Firehose waits at most 900 seconds.",
        },
    )
    buffering_mb = forms.IntegerField(
        label="or as soon as it holds",
        min_value=1,
        max_value=128,
        initial=PLACEHOLDER_DELIVERY.buffering_mb,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={
            "required": "Say at how many MB a file is written; 5 is usual.",
            "invalid": "A whole number of MB, from 1 to 128.",
            "min_value": "Firehose gathers at least 1 MB.",
            "max_value": "Firehose gathers at most 128 MB.",
        },
    )
    prefix = forms.CharField(  # type: ignore[assignment]  # Form.prefix is another thing; Django takes this as a field
        label="Prefix of the files",
        required=False,
        max_length=1024,
        initial=PLACEHOLDER_DELIVERY.prefix,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
    )
    compression = forms.ChoiceField(label="Compression", choices=COMPRESSIONS, initial=PLACEHOLDER_DELIVERY.compression)

    def __init__(
        self,
        typed: Mapping[str, Any] | None = None,
        *,
        asked: bool = True,
        connection: Connection | None = None,
        stream_name: str = "",
    ) -> None:
        initial = {**suggested_delivery(connection, stream_name), **(typed or {})}
        super().__init__(typed if asked else None, initial=initial)
        self.connection = connection
        self.fields["bucket"].help_text = (
            f"Begins with “{prefix_of(connection)}”. Small letters, digits and hyphens; no other bucket in the world "
            "may have the same name."
        )

    def clean_prefix(self) -> str:
        """Return the prefix if Firehose can evaluate it."""
        prefix = str(self.cleaned_data["prefix"])
        if problem := s3_prefix.problem_with(prefix):
            raise ValidationError(problem)
        return prefix

    def clean(self) -> dict[str, Any]:
        """Hold the delivery against AWS's rules and the connection, each problem at its field."""
        if self.cleaned_data.get("kind") == "none":
            forget(self, *(field for field in self.fields if field != "kind"))
        else:
            add_problems(self, "deliveries.0", self._as_spec(), self.connection, {})
        return self.cleaned_data

    def _as_spec(self) -> IntegrationSpec:
        found = self.cleaned_data
        delivery = Delivery(
            name=found.get("name", PLACEHOLDER_DELIVERY.name), bucket=found.get("bucket", PLACEHOLDER_DELIVERY.bucket)
        )
        return IntegrationSpec(name="", connection="", stream=PLACEHOLDER_STREAM, deliveries=(delivery,))


def suggested_delivery(connection: Connection | None, stream_name: str) -> dict[str, str]:
    """Return the names that are filled in before the client types any."""
    stream = stream_name or f"{prefix_of(connection)}sensors"
    account = connection.account_id if connection else ""
    return {"name": f"{stream}-to-s3"[:64], "bucket": _as_bucket(stream, account)}


def _as_bucket(stream: str, account: str) -> str:
    kept = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in stream.lower())
    room = 63 - len(account) - 1
    return f"{kept[:room].strip('-')}-{account}".strip("-")
