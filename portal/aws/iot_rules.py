"""Topic rules of AWS IoT: which messages go where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from portal.aws.calls import call
from portal.aws.errors import AwsFault
from portal.aws.session import AwsSession

# AWS answers so for a rule that does not exist; a denial by IAM has another code.
_NO_SUCH_RULE = "UnauthorizedException"
_FIELDS = ("sql", "awsIotSqlVersion", "description", "ruleDisabled", "actions", "errorAction")


@dataclass(frozen=True, slots=True)
class TopicRule:
    """A topic rule; `payload` has the members of AWS's TopicRulePayload."""

    name: str
    arn: str
    payload: dict[str, Any]


def get_topic_rule(aws: AwsSession, name: str) -> TopicRule | None:
    """Return a topic rule, or None.

    https://docs.aws.amazon.com/iot/latest/apireference/API_GetTopicRule.html
    """
    try:
        found = call(aws, "iot", "GetTopicRule", ruleName=name)
    except AwsFault as fault:
        if is_no_rule(fault):
            return None
        raise
    rule = found["rule"]
    return TopicRule(name, found["ruleArn"], {field: rule[field] for field in _FIELDS if field in rule})


def create_topic_rule(aws: AwsSession, name: str, payload: Mapping[str, Any], *, tags: Mapping[str, str]) -> None:
    """Create a topic rule. Raises AwsFault (CONFLICT when the name is taken).

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html
    """
    given = {"ruleName": name, "topicRulePayload": dict(payload), "tags": urlencode(tags)}
    call(aws, "iot", "CreateTopicRule", **given)


def replace_topic_rule(aws: AwsSession, name: str, payload: Mapping[str, Any]) -> None:
    """Replace what a topic rule does.

    https://docs.aws.amazon.com/iot/latest/apireference/API_ReplaceTopicRule.html
    """
    call(aws, "iot", "ReplaceTopicRule", ruleName=name, topicRulePayload=dict(payload))


def delete_topic_rule(aws: AwsSession, name: str) -> None:
    """Delete a topic rule; one that is absent is fine.

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeleteTopicRule.html
    """
    try:
        call(aws, "iot", "DeleteTopicRule", ruleName=name)
    except AwsFault as fault:
        if not is_no_rule(fault):
            raise


def is_no_rule(fault: AwsFault) -> bool:
    """Return whether a fault says that there is no such rule."""
    return fault.code == _NO_SUCH_RULE and "topic rule" in fault.aws_text.lower()
