"""A topic rule puts each message of the devices into the data stream, reports errors to its log group, and is ours."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from onboarding.provisioning.answers import Done, Waiting, not_ours
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Removal, Removed, remove_all, stranger
from onboarding.provisioning.devices_of import devices_of
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_tags, differing, value_of
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan, is_ours
from portal.aws import iot_registry, iot_rules
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iot_rules import TopicRule
from portal.messages.message import Message

KIND = "topic rule"
ROLE_SETTLES = timedelta(seconds=60)
# The compared members of TopicRulePayload.
_FIELDS = ("sql", "awsIotSqlVersion", "ruleDisabled", "actions", "errorAction")


def title(plan: Plan) -> Message:
    """Return what the step ensures."""
    names = devices_of(plan)
    return Message("step.topic_rule", name=names.rule_name, stream=plan.spec.stream.name)


def apply(context: Context) -> Done | Waiting:
    """Create the rule, or set it to what the plan has."""
    try:
        return _applied(context)
    except AwsFault as fault:
        if fault.kind is not FaultKind.PROPAGATING:
            raise
        failure = Message("refused.rule_role", name=devices_of(context.plan).rule_name)
        reason = Message("waiting.rule_role_propagating")
        return Waiting(3, reason, str(fault), patience=ROLE_SETTLES, failure=failure)


def _applied(context: Context) -> Done:
    plan, names = context.plan, devices_of(context.plan)
    wanted = names.rule(plan.spec.stream.name)
    found = _existing(context, wanted)
    if found is None:
        return _present(context, did=Message("outcome.created"))
    if not is_ours(plan, tags := iot_registry.tags_of(context.aws, found.arn)):
        raise not_ours(Message("resource.topic_rule", name=found.name), tags)
    if _settings(found.payload) == _settings(wanted):
        return _present(context, found=Message("outcome.as_specified"))
    iot_rules.replace_topic_rule(context.aws, names.rule_name, wanted)
    return _present(context, did=Message("outcome.rule_replaced"))


def _existing(context: Context, wanted: Mapping[str, Any]) -> TopicRule | None:
    """Return the rule, or create it and return None. One that was not intended before is not read first."""
    name, is_new = devices_of(context.plan).rule_name, False
    if context.ledger.intended_at(KIND, name) is None:
        context.ledger.intend(KIND, name)
        is_new = True
    if not is_new and (found := iot_rules.get_topic_rule(context.aws, name)):
        return found
    try:
        iot_rules.create_topic_rule(context.aws, name, wanted, tags=context.plan.tags)
    except AwsFault as fault:
        if fault.kind is not FaultKind.CONFLICT:
            raise
        return iot_rules.get_topic_rule(context.aws, name)
    return None


def _present(context: Context, *, found: Message | None = None, did: Message | None = None) -> Done:
    names = devices_of(context.plan)
    context.ledger.present(KIND, names.rule_name, names.rule_arn)
    return Done(arn=names.rule_arn, found=found, did=did)


def undo(context: Context) -> Done | Waiting:
    """Delete the rule: from then on, no message of a device reaches the stream."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    found = iot_rules.get_topic_rule(context.aws, owned.name)
    if found is None:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, iot_registry.tags_of(context.aws, found.arn)):
        return kept
    context.ledger.removing(KIND, owned.name)
    iot_rules.delete_topic_rule(context.aws, owned.name)
    return Removed()


def check(context: Context) -> list[Difference]:
    """Compare the rule with the plan, field by field; change nothing."""
    plan, names = context.plan, devices_of(context.plan)
    found = iot_rules.get_topic_rule(context.aws, names.rule_name)
    resource = Message("resource.topic_rule", name=names.rule_name)
    if found is None:
        return [Difference(resource, EXISTS, DELETED)]
    wanted, there = _settings(names.rule(plan.spec.stream.name)), _settings(found.payload)
    tags = compare_tags(plan, iot_registry.tags_of(context.aws, found.arn))
    fields = [(_label(field, resource), value_of(wanted[field]), value_of(there[field])) for field in _FIELDS]
    return differing([(Message("drift.tag", resource=resource), *tags), *fields])


def _label(field: str, resource: Message) -> Message:
    return {
        "sql": Message("drift.rule_sql", resource=resource),
        "awsIotSqlVersion": Message("drift.rule_sql_version", resource=resource),
        "ruleDisabled": Message("drift.rule_disabled", resource=resource),
        "actions": Message("drift.rule_actions", resource=resource),
        "errorAction": Message("drift.rule_error_action", resource=resource),
    }[field]


def _settings(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return each compared member as text; what AWS adds by itself, such as batchMode, is not compared."""
    return {field: _text(payload.get(field)) for field in _FIELDS}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(_without_defaults(value), sort_keys=True)


def _without_defaults(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_defaults(member) for key, member in value.items() if member not in (None, False)}
    return [_without_defaults(item) for item in value] if isinstance(value, list) else value
