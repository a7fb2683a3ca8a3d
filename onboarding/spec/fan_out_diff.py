"""What changed registered consumers mean for an integration that is set up: the part of diff.py about fan-out."""

from collections.abc import Iterator

from onboarding.spec.change import NONE, Change, Verb, text
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message


def of_fan_out(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    """Return the consumers that are registered and deregistered. A name is all that a consumer has."""
    was, now = ([consumer.name for consumer in spec.fan_out] for spec in (before, after))
    for name in now:
        if name not in was:
            effect = Message("change.fan_out_registered")
            yield Change(*_head(name), NONE, text(name), Verb.CREATE, effect)
    for name in was:
        if name not in now:
            effect = Message("change.fan_out_deregistered")
            yield Change(*_head(name), text(name), NONE, Verb.REMOVE, effect)


def _head(name: str) -> tuple[str, Message]:
    return f"fan_out.{name}", Message("setting.fan_out", name=name)
