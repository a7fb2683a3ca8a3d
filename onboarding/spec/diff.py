"""What a changed declaration does to an integration: create, update, replace, remove, or refuse, field by field.

Two declarations in, a list out, and nothing else is read. The command line, the review page and the service that starts
a run use the same list, so that what is shown is what is done.
"""

from collections.abc import Iterator

from onboarding.spec.change import Change, Verb, text
from onboarding.spec.consumers_diff import of_consumers
from onboarding.spec.daily_usage import NOTHING_USED, DailyUsage
from onboarding.spec.deliveries_diff import of_deliveries
from onboarding.spec.devices_diff import of_devices
from onboarding.spec.fan_out_diff import of_fan_out
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.shares_diff import of_shares
from onboarding.spec.stream_diff import of_stream
from portal.messages.message import Message


def between(
    before: IntegrationSpec, after: IntegrationSpec, *, has_key: bool = True, usage: DailyUsage = NOTHING_USED
) -> list[Change]:
    """Return every field that differs; with `has_key` an access key is encrypted to the recipients of `before`."""
    found = [*_fixed(before, after), *of_stream(before.stream, after.stream, usage)]
    found += [*of_deliveries(before, after), *of_consumers(before, after), *of_devices(before, after)]
    found += [*of_shares(before, after), *of_fan_out(before, after)]
    if before.producer != after.producer:
        effect = Message("change.to_role") if after.is_by_role else Message("change.to_user")
        label, values = Message("setting.producer"), (_producer(before), _producer(after))
        found.append(Change("producer", label, *values, Verb.UPDATE, effect))
    elif has_key and not after.is_by_role and set(before.recipients) != set(after.recipients):
        label, values = Message("setting.recipients"), (_key_ids(before), _key_ids(after))
        found.append(Change("recipients", label, *values, Verb.REFUSE, Message("change.recipients_fixed")))
    return found


def _producer(spec: IntegrationSpec) -> Message:
    return Message("value.producer_role") if spec.is_by_role else Message("value.producer_user")


def _key_ids(spec: IntegrationSpec) -> Message:
    return Message("value.list", items=[fingerprint[-16:] for fingerprint in spec.recipients])


def _fixed(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    rows = (
        ("connection", Message("setting.connection"), text(before.connection), text(after.connection)),
        ("stream.name", Message("setting.stream_name"), text(before.stream.name), text(after.stream.name)),
        ("stream.region", Message("setting.region"), text(before.stream.region), text(after.stream.region)),
        ("stream.adopt", Message("setting.stream_owner"), _owner(before), _owner(after)),
    )
    for path, label, was, now in rows:
        if was != now:
            yield Change(path, label, was, now, Verb.REFUSE, Message("change.setting_fixed", value=was))


def _owner(spec: IntegrationSpec) -> Message:
    if spec.stream.adopt:
        return Message("value.yours_since", created=spec.stream.creation_timestamp)
    return Message("value.created_by_sluice")
