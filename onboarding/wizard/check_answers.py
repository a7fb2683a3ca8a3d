"""What AWS's answer about a stream or a bucket changes of the page that asked."""

from dataclasses import dataclass, field
from typing import Any

from onboarding.drafts import codec
from onboarding.integrations import adoption
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.integration import Integration
from onboarding.wizard import aws_checks, pages
from portal.aws.errors import AwsFault
from portal.messages.message import Message

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The values of the page that change, what is reported beside its fields, and the stream that is now adopted.

    `leads_on`: the page may be left for the next one, if its fields are valid.
    """

    values: Values = field(default_factory=dict)
    report: Message | None = None
    adopts: ExistingStream | None = None

    @property
    def leads_on(self) -> bool:
        """Return whether the page may be left: not where it has just been filled in with an adopted stream."""
        return self.adopts is None


def of_stream(integration: Integration, values: Values) -> Answer:
    """Ask AWS about the stream's name and return the answer: what is refused, what was found, and, of a stream that was
    ticked just now, its settings in place of what was typed.

    A fault of AWS is reported and changes nothing, except that what is not known to exist cannot be adopted.
    """
    try:
        found = aws_checks.stream_found(integration, values)
    except AwsFault as fault:
        return _stream_not_checked(integration, values, fault)
    if found is None:
        return without_stream(integration, values)
    if found.is_ours and not values.get("adopt"):
        return Answer()
    seen = {pages.FOUND: found.as_dict()}
    if found.obstacle:
        return _refused("name", found.obstacle, {**seen, "adopt": ""})
    if values.get("adopt") != found.identity:
        exists = Message("wizard.stream_exists", stream=found.stream.name, region=found.stream.region)
        return _refused("name", exists, {**seen, "adopt": ""})
    if _is_confirmed(integration, found):
        return Answer(seen)
    shown = Message("wizard.stream_settings_shown", stream=found.stream.name)
    return Answer({**seen, **found.form_values()}, report=shown, adopts=found)


def without_stream(integration: Integration, values: Values) -> Answer:
    """Return the answer where no stream of this name exists, or none that the integration does not know."""
    name, region = str(values.get("name", "")), str(values.get("region", ""))
    prefix = _prefix(integration)
    if aws_checks.is_known(integration, "data stream", name):
        return Answer()
    if values.get("adopt") or not name.startswith(prefix):
        absent = Message("wizard.stream_absent", stream=name, region=region, prefix=prefix)
        return _refused("name", absent, {"adopt": ""})
    return Answer()


def of_bucket(integration: Integration, values: Values) -> Answer:
    """Ask AWS about the bucket of a delivery and return the answer; a fault of AWS is reported and changes nothing."""
    try:
        conflict = aws_checks.bucket_conflict(integration=integration, values=values)
    except AwsFault as fault:
        return _name_not_checked(str(values.get("bucket", "")), fault)
    return _refused("bucket", conflict) if conflict else Answer()


def _stream_not_checked(integration: Integration, values: Values, fault: AwsFault) -> Answer:
    name = str(values.get("name", ""))
    if not codec.confirmed_creation_time(values) and not name.startswith(_prefix(integration)):
        return _refused("name", Message("wizard.adoption_not_checked", stream=name, reason=fault.message))
    return _name_not_checked(name, fault)


def _name_not_checked(name: str, fault: AwsFault) -> Answer:
    return Answer(report=Message("wizard.name_not_checked", name=name, reason=fault.message))


def _is_confirmed(integration: Integration, found: ExistingStream) -> bool:
    before = adoption.confirmed(integration)
    return before is not None and before.identity == found.identity


def _refused(field_name: str, message: Message, values: Values | None = None) -> Answer:
    return Answer({**(values or {}), pages.REFUSED: {field_name: message.as_json()}})


def _prefix(integration: Integration) -> str:
    connection = pages.connection_of(integration)
    return connection.name_prefix if connection else ""
