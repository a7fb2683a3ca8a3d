"""The fields of a delivery's form: the choices that all destinations have, and Django's field of each input."""

from typing import Any

from django import forms

from onboarding.deliveries.destination import Buffering
from onboarding.deliveries.form_inputs import Input, InputKind
from onboarding.deliveries.form_schema import DESTINATION_FORMS
from onboarding.deliveries.kinds import KINDS
from onboarding.wizard.forms.fields import NAME_INPUT, NUMBER_INPUT, Choice

NO_STORAGE = (
    "none",
    Choice("No delivery", "Your applications read the stream. Records are deleted after its retention period."),
)
DESTINATIONS = [
    *((kind, Choice(KINDS[kind].TITLE, form.note)) for kind, form in DESTINATION_FORMS.items()),
    NO_STORAGE,
]
BUCKETS = [
    ("new", Choice("Create a bucket", "Private, encrypted, TLS only.")),
    ("existing", Choice("Use an existing bucket", "In this account, with a name that begins with the same prefix.")),
]
BUCKET_ENCRYPTIONS = [
    ("s3", "S3 managed keys (SSE-S3)"),
    ("aws", "AWS managed KMS key (aws/s3)"),
    ("own", "Your own KMS key"),
]
COMPRESSIONS = [
    ("GZIP", "GZIP"),
    ("UNCOMPRESSED", "None"),
    ("ZIP", "ZIP"),
    ("Snappy", "Snappy"),
    ("HADOOP_SNAPPY", "Hadoop-compatible Snappy"),
]
_TEXT_AREAS = {InputKind.NAMES, InputKind.PAIRS, InputKind.TABLES}


def buffer_interval(limits: Buffering) -> forms.IntegerField:
    """Return the field of the buffer interval."""
    return _buffering("interval", "seconds", limits.min_seconds, limits.max_seconds, limits.default_seconds)


def buffer_size(limits: Buffering) -> forms.IntegerField:
    """Return the field of the buffer size."""
    return _buffering("size", "MB", limits.min_mb, limits.max_mb, limits.default_mb)


def _buffering(name: str, unit: str, minimum: int, maximum: int, default: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"Buffer {name}",
        min_value=minimum,
        max_value=maximum,
        initial=default,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={
            "required": f"Enter the buffer {name} in {unit}. The default is {default}.",
            "invalid": f"Enter a whole number of {unit} from {minimum} to {maximum}.",
            "min_value": f"The minimum buffer {name} is {minimum} {unit}.",
            "max_value": f"The maximum buffer {name} is {maximum} {unit}.",
        },
    )


def field_for(item: Input) -> forms.Field:
    """Return Django's field of an input, with its unit, and whether it has a default, for the template."""
    field = _field(item)
    field.unit, field.has_usual = item.unit, bool(item.initial)  # type: ignore[attr-defined]  # the template reads them
    return field


def _field(item: Input) -> forms.Field:
    options: dict[str, Any] = {
        "label": item.label,
        "help_text": item.help,
        "initial": item.initial,
        "required": False,
    }
    if item.kind is InputKind.CHECKBOX:
        return forms.BooleanField(**{**options, "initial": item.initial == "on"})
    if item.choices:
        return forms.ChoiceField(choices=list(item.choices), **options)
    attributes = NUMBER_INPUT if item.kind in {InputKind.WHOLE, InputKind.NUMBER} else NAME_INPUT
    widget: forms.Widget = forms.TextInput(attrs=attributes)
    if item.kind in _TEXT_AREAS:
        widget = forms.Textarea(attrs={**NAME_INPUT, "rows": 3, "class": "mono"})
    options["required"] = item.required
    return forms.CharField(widget=widget, error_messages={"required": f"{item.label} is required."}, **options)
