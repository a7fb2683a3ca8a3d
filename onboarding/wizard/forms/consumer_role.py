"""One consumer role of the wizard's page about consumers. The rules are those of the spec."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms

from onboarding.consumers import form_codec
from onboarding.consumers.role import LEAST_SECONDS, MOST_SECONDS, ConsumerRole, conflicts, role_of
from onboarding.fan_out.consumer import LONGEST_NAME
from onboarding.wizard.forms.fields import NAME_INPUT, NUMBER_INPUT
from portal.aws.regions import found_partition
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message

_LONGEST_LIST = 8_000


class ConsumerRoleForm(forms.Form):
    """A role with which someone reads the records of the data stream."""

    name = forms.CharField(
        label="Name",
        max_length=40,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="A short name such as analytics: lowercase letters, digits and hyphens, at most 20. "
        "The name of the role in AWS ends with it.",
        error_messages={"required": "Enter a name."},
    )
    principals = forms.CharField(
        label="Who can assume it",
        max_length=_LONGEST_LIST,
        widget=forms.Textarea(attrs={**NAME_INPUT, "class": "mono", "rows": 3}),
        help_text="ARNs of IAM roles and users, or account IDs of 12 digits, one on each line. An account ID allows "
        "everyone to whom that account gives the permission. Roles and users must exist, or AWS rejects them.",
        error_messages={"required": "Enter the ARN of an IAM role or user, or an account ID."},
    )
    session_seconds = forms.IntegerField(
        label="Longest session",
        min_value=LEAST_SECONDS,
        max_value=MOST_SECONDS,
        initial=LEAST_SECONDS,
        widget=forms.TextInput(attrs=NUMBER_INPUT),
        help_text="3600 (1 hour) to 43200 (12 hours). A consumer that itself has the credentials of a role "
        "gets an hour at most.",
        error_messages={
            "required": "Enter a number of seconds.",
            "invalid": "Enter a whole number of seconds, such as 3600.",
            "min_value": "The shortest that AWS allows is 3600 seconds (1 hour).",
            "max_value": "The longest that AWS allows is 43200 seconds (12 hours).",
        },
    )
    external_id = forms.CharField(
        label="External ID of your own",
        required=False,
        max_length=1300,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="Leave this empty: Sluice creates an external ID for each role and shows it.",
    )
    fan_out = forms.CharField(
        label="Registered consumer",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={**NAME_INPUT, "class": "mono"}),
        help_text="The name of one consumer with enhanced fan-out, below, as which the role can read. If empty, it can "
        "read as any that is registered with the stream.",
    )

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        key: str,
        submitted: bool,
        region: str,
        others: Sequence[Mapping[str, Any]] = (),
        registered: Collection[str] = (),
    ) -> None:
        named = {f"roles-{key}-{field}": str(values.get(field, "")) for field in form_codec.FIELDS}
        super().__init__(named if submitted else None, initial=dict(values), prefix=f"roles-{key}")
        self.key, self.others, self._registered = key, others, registered
        self._partition = found_partition(region) if region else None

    def clean(self) -> dict[str, Any]:
        """Apply the rules of the spec to the fields that have no error yet."""
        given = super().clean() or self.cleaned_data
        already = set(self.errors)
        for path, message in self._problems({**given, "principals": given.get("principals", "")}):
            field = path.partition(".")[0]
            if field in self.fields and field not in already:
                self.add_error(field, explanation_of(message))
        return self.cleaned_data

    def _problems(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
        role = role_of({**form_codec.plain(given), "session_seconds": given.get("session_seconds") or LEAST_SECONDS})
        yield from role.problems(self._partition or "")
        if role.fan_out and role.fan_out not in self._registered:
            yield "fan_out", Message("consumer.fan_out_unknown", name=role.fan_out)
        before = tuple(_half_read(other) for other in self.others)
        for path, message in conflicts((*before, role)):
            place, _, field = path.partition(".")
            if place == str(len(before)):
                yield field, message


def _half_read(values: Mapping[str, Any]) -> ConsumerRole:
    return role_of({**form_codec.plain(values), "session_seconds": LEAST_SECONDS})
