"""The devices of a spec: things of one type and group that publish below one topic, and the rule into the stream."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from onboarding.iot.rule_sql import VERSION, read_sql
from onboarding.iot.sql_tokens import SqlRefused
from onboarding.iot.topics import prefix_problem
from portal.aws import names
from portal.aws.logs import RETENTION_DAYS
from portal.messages.message import Message

EVEN, BY_DEVICE = "even", "device"
PARTITION_KEYS = (EVEN, BY_DEVICE)
DEFAULT_LOG_DAYS = 90


@dataclass(frozen=True, slots=True)
class DeviceSource:
    """Devices that publish through AWS IoT Core under `topic_prefix`, each below its own name.

    `sql` is the rule's statement, "" for the default one. `partition_key` is "even", a new key for each record, or
    "device", the device's name, which keeps the order of its records. Errors of the rule are kept `log_retention_days`.
    """

    thing_type: str
    thing_group: str
    topic_prefix: str
    sql: str = ""
    partition_key: str = EVEN
    log_retention_days: int = DEFAULT_LOG_DAYS

    @property
    def statement(self) -> str:
        """Return the rule's SQL."""
        return self.sql or default_sql(self.topic_prefix)

    @property
    def key_template(self) -> str:
        """Return the substitution template of the partition key.

        https://docs.aws.amazon.com/iot/latest/developerguide/iot-substitution-templates.html
        """
        return f"${{topic({self._device_level})}}" if self.partition_key == BY_DEVICE else "${newuuid()}"

    @property
    def _device_level(self) -> int:
        return self.topic_prefix.count("/") + 2

    def topic_of(self, thing: str, last: str = "telemetry") -> str:
        """Return a topic that a device may publish to."""
        return f"{self.topic_prefix}/{thing}/{last}"

    def rule(self, *, stream: str, role_arn: str, log_group: str) -> dict[str, Any]:
        """Return the rule as AWS's TopicRulePayload.

        https://docs.aws.amazon.com/iot/latest/apireference/API_TopicRulePayload.html
        """
        into = {"roleArn": role_arn, "streamName": stream, "partitionKey": self.key_template}
        return {
            "sql": self.statement,
            "awsIotSqlVersion": VERSION,
            "description": "Sends messages of devices to the data stream. Created by Sluice.",
            "ruleDisabled": False,
            "actions": [{"kinesis": into}],
            "errorAction": {"cloudwatchLogs": {"roleArn": role_arn, "logGroupName": log_group}},
        }

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def problems(self, name_prefix: str) -> Iterator[tuple[str, Message]]:
        """Yield (field, message) of everything that AWS would refuse, or that the connection does not allow."""
        for field in ("thing_type", "thing_group"):
            yield from _checked(field, check_registry_name, getattr(self, field), name_prefix)
        if problem := prefix_problem(self.topic_prefix):
            yield "topic_prefix", problem
        elif not self.topic_prefix.startswith(name_prefix):
            yield "topic_prefix", Message("name.outside_prefix", prefix=name_prefix, name=self.topic_prefix[:60])
        if self.log_retention_days not in RETENTION_DAYS:
            yield "log_retention_days", Message("spec.log_days")
        yield from self._sql_problems()

    def _sql_problems(self) -> Iterator[tuple[str, Message]]:
        if not self.sql:
            return
        try:
            found = read_sql(self.sql)
        except SqlRefused as refused:
            yield "sql", refused.message
            return
        if not found.topic_filter.startswith(f"{self.topic_prefix}/"):
            yield "sql", Message("sql.outside_prefix", prefix=self.topic_prefix, position=found.position)


# https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThingType.html
_REGISTRY_NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")


def default_sql(topic_prefix: str) -> str:
    """Return the SQL that a rule has unless another is given: the whole message, with its topic and time."""
    return f"SELECT *, topic() AS topic, timestamp() AS received_at FROM '{topic_prefix}/+/#'"  # noqa: S608  (AWS IoT SQL, of a prefix that is checked)


def check_registry_name(name: str, prefix: str = "") -> None:
    """Check the name of a thing, thing type or thing group. Raises InvalidName."""
    if not _REGISTRY_NAME.fullmatch(name):
        raise names.InvalidName(Message("name.thing_characters"))
    if not name.startswith(prefix):
        raise names.InvalidName(Message("name.outside_prefix", prefix=prefix, name=name[: 128 - len(prefix)]))


def _checked(field: str, rule: Callable[..., None], *values: str) -> Iterator[tuple[str, Message]]:
    try:
        rule(*values)
    except names.InvalidName as invalid:
        yield field, invalid.message
