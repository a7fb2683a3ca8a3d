"""One delivery of the wizard's third page: the fields of every delivery, and those of its kind of destination."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django import forms

from onboarding.deliveries import form_codec
from onboarding.deliveries.form_inputs import Input, InputKind, field_of
from onboarding.deliveries.form_parts import Group
from onboarding.deliveries.form_schema import groups_of, inputs_of
from onboarding.deliveries.kinds import KINDS
from onboarding.models.connection import Connection
from onboarding.wizard.forms.delivery_fields import (
    BUCKET_ENCRYPTIONS,
    BUCKETS,
    COMPRESSIONS,
    DESTINATIONS,
    buffer_interval,
    buffer_size,
    field_for,
)
from onboarding.wizard.forms.delivery_problems import problems_of, region_in
from onboarding.wizard.forms.delivery_suggestions import PLACEHOLDER_DELIVERY, suggested_delivery
from onboarding.wizard.forms.fields import NAME_INPUT, forget, prefix_of

_STAGING = "Staging bucket for Redshift"
_A_TABLE = {"database": "a", "table": "a"}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields in one section, which is open where a field has a value or an error."""

    title: str
    note: str
    fields: list[Any]
    is_closed: bool
    is_open: bool


class DeliveryForm(forms.Form):
    """One Firehose stream. Its fields depend on the kind of destination."""

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
    bucket_encryption = forms.ChoiceField(
        label="Bucket encryption",
        choices=BUCKET_ENCRYPTIONS,
        initial="s3",
        required=False,
        help_text="Of a bucket that Sluice creates. An existing bucket keeps its own.",
    )
    bucket_key_arn = forms.CharField(
        label="KMS key ARN",
        required=False,
        max_length=2048,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="Only for your own KMS key: a symmetric key in the same account and Region as the bucket.",
    )
    compression = forms.ChoiceField(label="Compression", choices=COMPRESSIONS, initial="GZIP")

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        submitted: bool = True,
        connection: Connection | None = None,
        stream_name: str = "",
        region: str = "",
        others: Sequence[dict[str, Any]] = (),
    ) -> None:
        chosen = form_codec.kind_of(values or {})
        initial = {**suggested_delivery(connection, stream_name, chosen), **(values or {})}
        super().__init__(values if submitted else None, initial=initial)
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
        """Return the fields of this kind of destination in groups, in order."""
        return [self._group(group) for group in groups_of(self.chosen)]

    def suggested(self, stream_name: str, *, taken: Set[str]) -> dict[str, str]:
        """Return the suggested values of another delivery of this kind, with a name that is not taken."""
        found = suggested_delivery(self.connection, stream_name, self.chosen)
        name, number = found["name"], 2
        while found["name"] in taken:
            found["name"] = f"{name[:60]}-{number}"
            number += 1
        found |= {item.field: item.initial for item in inputs_of(self.chosen) if item.initial}
        return {**found, "bucket_mode": "new", "bucket_encryption": "s3", "compression": "GZIP"}

    def clean(self) -> dict[str, Any]:
        """Check the delivery by AWS's rules and the connection, each problem at its field."""
        if self.cleaned_data.get("kind") == "none":
            forget(self, *(field for field in self.fields if field != "kind"))
            return self.cleaned_data
        already = set(self.errors)
        for path, sentence in self._problems():
            field = self._field_at(path)
            if field not in already:
                self.add_error(field, sentence)
        return self.cleaned_data

    def _add_fields(self) -> None:
        self.fields["buffering_seconds"] = buffer_interval(self.destination.BUFFERING)
        self.fields["buffering_mb"] = buffer_size(self.destination.BUFFERING)
        for item in inputs_of(self.chosen):
            self.fields[item.field] = field_for(item)
        if self.chosen != "s3":
            is_staged = self.chosen == "redshift"
            self.fields["bucket_mode"].label = _STAGING if is_staged else "Backup bucket"
            self.fields["prefix"].label = "Bucket prefix"

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield (path within the delivery, sentence), by the rules of a spec."""
        values = {name: self.data.get(name, "") for name in self.fields} | {"kind": self.chosen}
        plain = form_codec.plain(values)
        for field in ("name", "bucket"):
            plain[field] = plain[field] or getattr(PLACEHOLDER_DELIVERY, field)
        for item in inputs_of(self.chosen):
            if item.required and not values[item.field]:
                # The form has reported it as missing. A placeholder lets the rules check the rest.
                plain["destination"][item.field] = [_A_TABLE] if item.kind is InputKind.TABLES else ""
        region = self.region or region_in(values)
        return problems_of(plain, list(self.others), self.connection, region)

    def _field_at(self, path: str) -> str | None:
        # A problem within a list is shown at the field of the list; one without a field, above all fields.
        if path == "bucket_encryption" and self.data.get("bucket_encryption") == form_codec.OWN_KEY:
            return "bucket_key_arn"
        while path:
            if (field := field_of(path)) in self.fields:
                return field
            path = path.rpartition(".")[0]
        return None

    def _group(self, group: Group) -> FieldGroup:
        fields = [self[item.field] for item in group.inputs]
        given = any(str(self[item.field].value() or "") not in _untouched(item) for item in group.inputs)
        wrong = any(field.errors for field in fields)
        return FieldGroup(group.title, group.note, fields, group.closed, not group.closed or given or wrong)


def _untouched(item: Input) -> set[str]:
    # The values of a field that no one changed. A tick box has both, because another setting decides whether it counts.
    return {"", "on", "True", "False"} if item.kind is InputKind.CHECKBOX else {"", item.initial}
