"""How a tool signs in, and whether it has a consumer with enhanced fan-out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from onboarding.connectors.typed import MOST_CHARACTERS, problems_of, with_typed
from portal.messages.catalogue import explanation_of

ITSELF, ROLE, CONSUMER = "itself", "role", "consumer-"
_MONO = {"class": "mono", "spellcheck": "false", "autocapitalize": "none"}


class SignInField(forms.ChoiceField):
    """How the tool signs in: as itself, by the role of one of the integration's consumers, or by another role."""

    has_usual = True  # the template reads it: what is not chosen has a usual value

    def __init__(self, consumers: Sequence[tuple[str, str]] = ()) -> None:
        itself = (ITSELF, _("As itself: the role of its machine, a profile or an access key"))
        choices = [itself, *consumers, (ROLE, _("By another role that it assumes"))]
        super().__init__(label=_("Sign in"), choices=choices, required=False)


class ConsumerForm(forms.Form):
    """Read from the page's address, so that a link shows the same settings."""

    sign_in = SignInField()
    role_arn = forms.CharField(
        label=_("Role ARN"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("With “By another role”. If empty, the files have YOUR-CONSUMER-ROLE in its place."),
    )
    external_id = forms.CharField(
        label=_("External ID"),
        required=False,
        max_length=1224,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("The one in the role’s trust policy. It is not a secret."),
    )
    fanout_arn = forms.CharField(
        label=_("Consumer with enhanced fan-out"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput(attrs=_MONO),
        help_text=_("The ARN of a registered consumer. If empty, the tool shares reads with others."),
    )

    def __init__(self, *args: Any, stream: ConsumedStream, roles: Sequence[AssumedRole] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.described = stream
        self._roles = {f"{CONSUMER}{role.name}": role for role in roles}
        self.fields["sign_in"] = SignInField(
            [
                (key, _("By the role of the consumer %(name)s") % {"name": role.name})
                for key, role in self._roles.items()
            ]
        )
        for name in ("role_arn", "fanout_arn"):
            part = "role/NAME" if name == "role_arn" else ""
            example = f"arn:{stream.partition}:iam::{stream.account_id}:{part}"
            self.fields[name].widget.attrs["placeholder"] = (
                example if part else f"{stream.stream_arn}/consumer/NAME:1700000000"
            )

    def clean(self) -> dict[str, Any]:
        """Describe the stream for the consumer; what is not valid is an error of its field."""
        values = super().clean() or {}
        by_role = values.get("sign_in") == ROLE
        consumer = self._roles.get(values.get("sign_in", ""))
        typed = {
            "role_arn": values.get("role_arn", "") if by_role else "",
            "external_id": values.get("external_id", "") if by_role else "",
            "fanout_arn": values.get("fanout_arn", ""),
        }
        problems = [problem for problem in problems_of(self.described, **typed) if problem.field not in self.errors]
        for problem in problems:
            self.add_error(problem.field, explanation_of(problem.message))
        if not problems:
            self.described = with_typed(self.described, by_role=by_role, **typed)
        if consumer:
            self.described = replace(self.described, role=consumer)
        return values
