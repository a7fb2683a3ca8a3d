"""What a changed declaration does to its consumers: the part of diff.py about their roles."""

from collections.abc import Iterator

from onboarding.consumers.role import ConsumerRole
from onboarding.spec.change import NONE, Change, Verb, text
from onboarding.spec.integration_spec import IntegrationSpec
from portal.messages.message import Message


def of_consumers(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    """Return what is created, changed and removed of the consumers' roles."""
    was, now = ({role.name: role for role in spec.consumer_roles} for spec in (before, after))
    for name, role in now.items():
        if name in was:
            yield from _changed(was[name], role)
        else:
            yield _whole(name, NONE, _principals(role), Verb.CREATE, Message("change.consumer_role_created"))
    for name, role in was.items():
        if name not in now:
            yield _whole(name, _principals(role), NONE, Verb.REMOVE, Message("change.consumer_role_removed"))


def _whole(name: str, was: Message, becomes: Message, verb: Verb, effect: Message) -> Change:
    return Change(f"consumer_roles.{name}", Message("setting.consumer_role", name=name), was, becomes, verb, effect)


def _changed(was: ConsumerRole, now: ConsumerRole) -> Iterator[Change]:
    rows = (
        (
            "principals",
            Message("setting.consumer_principals"),
            (_principals(was), _principals(now)),
            Message("change.consumer_principals"),
        ),
        (
            "session_seconds",
            Message("setting.consumer_session"),
            (_seconds(was), _seconds(now)),
            Message("change.consumer_session"),
        ),
        (
            "external_id",
            Message("setting.consumer_external_id"),
            (_external_id(was), _external_id(now)),
            Message("change.consumer_external_id"),
        ),
        (
            "fan_out",
            Message("setting.consumer_fan_out"),
            (_fan_out(was), _fan_out(now)),
            Message("change.consumer_fan_out"),
        ),
    )
    for path, setting, (old, new), effect in rows:
        if old != new:
            label = Message("setting.of_consumer_role", name=now.name, setting=setting)
            yield Change(f"consumer_roles.{now.name}.{path}", label, old, new, Verb.UPDATE, effect)


def _principals(role: ConsumerRole) -> Message:
    return Message("value.list", items=[text(principal) for principal in role.principals])


def _fan_out(role: ConsumerRole) -> Message:
    return text(role.fan_out) if role.fan_out else Message("value.any_consumer")


def _seconds(role: ConsumerRole) -> Message:
    return Message("value.seconds", seconds_count=role.session_seconds)


def _external_id(role: ConsumerRole) -> Message:
    return text(role.external_id) if role.external_id else Message("value.external_id_of_sluice")
