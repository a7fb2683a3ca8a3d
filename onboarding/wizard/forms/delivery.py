"""One delivery of the wizard's third page: what all have in common, and what its kind of destination asks for."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django import forms

from onboarding.deliveries import form_codec
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Buffering
from onboarding.deliveries.form_inputs import Input, Way, field_of
from onboarding.deliveries.form_schema import QUESTIONS, Group, groups_of, inputs_of
from onboarding.deliveries.kinds import KINDS
from onboarding.models.connection import Connection
from onboarding.problem_texts import sentence_of
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.rules import check
from onboarding.spec.validation import of_schema
from onboarding.wizard.forms.fields import NAME_INPUT, NUMBER_INPUT, PLACEHOLDER_STREAM, Choice, forget, prefix_of

NO_STORAGE = (
    "none",
    Choice("No delivery", "Your applications read the stream. Records are deleted after its retention period."),
)
DESTINATIONS = [(kind, Choice(KINDS[kind].TITLE, QUESTIONS[kind].note)) for kind in QUESTIONS] + [NO_STORAGE]
BUCKETS = [
    ("new", Choice("Create a bucket", "Private, encrypted, TLS only.")),
    ("existing", Choice("Use an existing bucket", "In this account, with a name that begins with the same prefix.")),
]
COMPRESSIONS = [
    ("GZIP", "GZIP"),
    ("UNCOMPRESSED", "None"),
    ("ZIP", "ZIP"),
    ("Snappy", "Snappy"),
    ("HADOOP_SNAPPY", "Hadoop-compatible Snappy"),
]
_STAGING = "Staging bucket for Redshift"
_TEXT_AREAS = {Way.NAMES, Way.PAIRS, Way.TABLES}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together; `is_open` where something in it is given or wrong."""

    title: str
    note: str
    fields: list[Any]
    is_closed: bool
    is_open: bool


class DeliveryForm(forms.Form):
    """Where Firehose copies the records; its fields follow from the kind of destination that was chosen before."""

    kind = forms.ChoiceField(choices=DESTINATIONS, initial="s3", widget=forms.HiddenInput)
    name = forms.CharField(
        label="Firehose stream name",
        widget=forms.TextInput(attrs=NAME_INPUT),
        help_text="Letters, digits, hyphens, underscores and dots, at most 64.",
        error_messages={"required": "Enter a Firehose stream name."},
    )
    bucket_mode = forms.ChoiceField(label="Bucket", choices=BUCKETS, initial="new", widget=forms.RadioSelect)
    bucket = forms.CharField(
        label="Bucket name",
        widget=forms.TextInput(attrs=NAME_INPUT),
        error_messages={"required": "Enter a bucket name."},
    )
    prefix = forms.CharField(  # type: ignore[assignment]  # Form.prefix is another thing; Django takes this as a field
        label="File prefix",
        required=False,
        max_length=1024,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
    )
    error_prefix = forms.CharField(
        label="Error prefix",
        required=False,
        max_length=1024,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
    )
    compression = forms.ChoiceField(label="Compression", choices=COMPRESSIONS, initial="GZIP")

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        asked: bool = True,
        connection: Connection | None = None,
        stream_name: str = "",
        region: str = "",
        others: Sequence[dict[str, Any]] = (),
    ) -> None:
        chosen = form_codec.kind_of(values or {})
        initial = {**suggested_delivery(connection, stream_name, chosen), **(values or {})}
        super().__init__(values if asked else None, initial=initial)
        self.chosen, self.connection, self.region, self.others = chosen, connection, region, others
        self.destination = KINDS[chosen]
        self._add_fields()
        begins = f"Begins with “{prefix_of(connection)}”. " if prefix_of(connection) else ""
        self.fields[
            "bucket"
        ].help_text = f"{begins}Lowercase letters, digits and hyphens. Must be unique across all of AWS."

    @property
    def common_names(self) -> list[str]:
        """Return the names of the fields that every kind has."""
        return [*DeliveryForm.base_fields, "buffering_seconds", "buffering_mb"]

    @property
    def groups(self) -> list[FieldGroup]:
        """Return what this kind asks beyond what is common, in order."""
        return [self._group(one) for one in groups_of(self.chosen)]

    def suggested(self, stream_name: str, *, taken: Set[str]) -> dict[str, str]:
        """Return what is filled in for another delivery of this kind, with a name that is not taken."""
        found = suggested_delivery(self.connection, stream_name, self.chosen)
        name, number = found["name"], 2
        while found["name"] in taken:
            found["name"] = f"{name[:60]}-{number}"
            number += 1
        found |= {one.field: one.initial for group in groups_of(self.chosen) for one in group.inputs if one.initial}
        return {**found, "bucket_mode": "new", "compression": "GZIP"}

    def clean(self) -> dict[str, Any]:
        """Hold the delivery against AWS's rules and the connection, each problem at its field."""
        if self.cleaned_data.get("kind") == "none":
            forget(self, *(field for field in self.fields if field != "kind"))
            return self.cleaned_data
        already = set(self.errors)
        for path, words in self._problems():
            field = self._field_at(path)
            if field not in already:
                self.add_error(field, words)
        return self.cleaned_data

    def _add_fields(self) -> None:
        room = self.destination.BUFFERING
        self.fields["buffering_seconds"] = _buffering("Buffer interval", "seconds", room, "usual_seconds")
        self.fields["buffering_mb"] = _buffering("Buffer size", "MB", room, "usual_mb")
        for group in groups_of(self.chosen):
            for one in group.inputs:
                self.fields[one.field] = field = _field(one)
                field.unit, field.has_usual = one.unit, bool(one.initial)  # type: ignore[attr-defined]  # the template reads them
        if self.chosen != "s3":
            is_staged = self.chosen == "redshift"
            self.fields["bucket_mode"].label = _STAGING if is_staged else "Backup bucket"
            self.fields["prefix"].label = "Bucket prefix"

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield (path within the delivery, sentence), by the declaration's own rules."""
        values = {name: self.data.get(name, "") for name in self.fields} | {"kind": self.chosen}
        plain = form_codec.plain(values)
        for field in ("name", "bucket"):
            plain[field] = plain[field] or getattr(_PLACEHOLDER, field)
        for one in inputs_of(self.chosen):
            if one.required and not values[one.field]:
                # That it is missing is said already; the rest is judged as if it were there.
                plain["destination"][one.field] = [_A_TABLE] if one.way is Way.TABLES else ""
        at = f"deliveries.{len(self.others)}."
        for problem in _judged([*self.others, plain], self.connection, self.region or _region_in(values)):
            if problem.path.startswith(at):
                yield from _at_fields(problem.path.removeprefix(at), problem)

    def _field_at(self, path: str) -> str | None:
        # What is wrong within a list is said at the field that holds the list; what has no field, above them all.
        while path:
            if (field := field_of(path)) in self.fields:
                return field
            path = path.rpartition(".")[0]
        return None

    def _group(self, group: Group) -> FieldGroup:
        fields = [self[one.field] for one in group.inputs]
        given = any(str(self[one.field].value() or "") not in _usual(one) for one in group.inputs)
        wrong = any(field.errors for field in fields)
        return FieldGroup(group.title, group.note, fields, group.closed, not group.closed or given or wrong)


def _usual(one: Input) -> set[str]:
    # What stands in a field that nobody touched; of a tick, either way, as another setting says whether it counts.
    return {"", "on", "True", "False"} if one.way is Way.TICK else {"", one.initial}


_A_TABLE = {"database": "a", "table": "a"}
_REGION = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z]+-[a-z0-9-]+):")
_PLACEHOLDER = Delivery(name="sluice-stream-to-s3", bucket="sluice-stream")


def suggested_delivery(connection: Connection | None, stream_name: str, kind: str = "s3") -> dict[str, str]:
    """Return what is filled in before the client types anything: names, prefix, buffering."""
    prefix = prefix_of(connection)
    stream = stream_name or f"{prefix}sensors"
    # A stream that is adopted may be named otherwise; what Sluice makes is held to the prefix.
    stream = stream if stream.startswith(prefix) else f"{prefix}{stream}"
    account = connection.account_id if connection else ""
    found = KINDS[kind]
    ending = f"-to-{kind.replace('_', '-')}"
    return {
        "kind": kind,
        "name": f"{stream[: 64 - len(ending)]}{ending}",
        "bucket": _as_bucket(stream, account),
        "prefix": found.PREFIX,
        "error_prefix": _PLACEHOLDER.error_prefix,
        "buffering_mb": str(found.BUFFERING.usual_mb),
        "buffering_seconds": str(found.BUFFERING.usual_seconds),
    }


def _region_in(values: Mapping[str, Any]) -> str:
    # Before the stream has a Region, an ARN is taken to name it.
    found = (_REGION.search(str(value)) for value in values.values())
    return next((match[1] for match in found if match), PLACEHOLDER_STREAM.region)


def _judged(deliveries: list[dict[str, Any]], connection: Connection | None, region: str) -> list[Problem]:
    stream = {"name": f"{prefix_of(connection)}stream", "region": region}
    whole = {"name": "a", "connection": "a", "stream": stream, "deliveries": deliveries, "recipients": ["A" * 40]}
    try:
        spec = of_schema(whole)
    except SpecRefused as refused:
        return refused.problems
    account_id = connection.account_id if connection else None
    return check(spec, name_prefix=prefix_of(connection), account_id=account_id)


def _at_fields(path: str, problem: Problem) -> Iterator[tuple[str, str]]:
    # The schema reports missing fields at what should contain them; the page reports each at its own field.
    message = problem.message
    if isinstance(message, str) or message.code != "spec.missing_fields":
        yield path, sentence_of(problem)
        return
    missing = message.params["missing"]
    for name in missing if isinstance(missing, list) else []:
        yield f"{path}.{name}", "This field is required."


def _buffering(label: str, unit: str, room: Buffering, usual: str) -> forms.IntegerField:
    is_time = unit == "seconds"
    least = room.least_seconds if is_time else room.least_mb
    most = room.most_seconds if is_time else room.most_mb
    initial = getattr(room, usual)
    what = "interval" if is_time else "size"
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        initial=initial,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        error_messages={
            "required": f"Enter the buffer {what} in {unit}. The default is {initial}.",
            "invalid": f"Enter a whole number of {unit} from {least} to {most}.",
            "min_value": f"The minimum buffer {what} is {least} {unit}.",
            "max_value": f"The maximum buffer {what} is {most} {unit}.",
        },
    )


def _field(one: Input) -> forms.Field:
    words: dict[str, Any] = {"label": one.label, "help_text": one.help, "initial": one.initial, "required": False}
    if one.way is Way.TICK:
        return forms.BooleanField(**{**words, "initial": one.initial == "on"})
    if one.way is Way.CHOICE:
        return forms.ChoiceField(choices=list(one.choices), **words)
    attributes = NUMBER_INPUT if one.way in {Way.WHOLE, Way.NUMBER} else NAME_INPUT
    widget: forms.Widget = forms.TextInput(attrs=attributes)
    if one.way in _TEXT_AREAS:
        widget = forms.Textarea(attrs={**NAME_INPUT, "rows": 3, "class": "mono"})
    words["required"] = one.required
    return forms.CharField(widget=widget, error_messages={"required": f"{one.label} is required."}, **words)


def _as_bucket(stream: str, account: str) -> str:
    kept = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in stream.lower())
    room = 63 - len(account) - 1
    return f"{kept[:room].strip('-')}-{account}".strip("-")
