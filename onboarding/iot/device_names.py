"""The names of what a device source has in AWS beside its thing type and group: each follows from stream and uid."""

import re
from dataclasses import dataclass

from onboarding.iot.device_source import DeviceSource
from portal.aws.policies.devices import LOG_GROUPS, device_policy, rule_role_policy, rule_trust_policy
from portal.aws.policies.statements import Document


@dataclass(frozen=True, slots=True)
class DeviceNames:
    """A device source with its place; `stem` begins with the connection's prefix, `path` is that of IAM roles."""

    source: DeviceSource
    stem: str
    uid: str
    region: str
    account_id: str
    partition: str
    path: str

    @property
    def description(self) -> str:
        """Return what thing type and thing group are for, as AWS shows it."""
        return f"Devices that send to data stream {self.stem}. Created by Sluice."

    @property
    def policy_name(self) -> str:
        """Return the name of the policy that every device's certificate gets."""
        return f"{_plain(self.stem, '-')[:110]}-{self.uid[:6]}-devices"

    @property
    def policy(self) -> Document:
        """Return that policy."""
        return device_policy(self.region, self.account_id, self.source.topic_prefix, self.partition)

    @property
    def rule_name(self) -> str:
        """Return the name of the topic rule, in which AWS allows no hyphen."""
        return f"{_plain(self.stem.replace('-', '_'), '_')[:110]}_{self.uid[:6]}"

    @property
    def rule_arn(self) -> str:
        """Return the topic rule's ARN."""
        return f"{self._place('iot')}:rule/{self.rule_name}"

    @property
    def role_name(self) -> str:
        """Return the name of the role that the rule uses."""
        return f"{self.stem[:50]}-{self.uid[:6]}-rule"

    @property
    def role_arn(self) -> str:
        """Return that role's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:role{self.path}{self.role_name}"

    @property
    def trust(self) -> Document:
        """Return that role's trust policy."""
        return rule_trust_policy(self.account_id, self.rule_arn)

    def permissions(self, stream_arn: str, key_arn: str | None) -> Document:
        """Return that role's permissions policy."""
        return rule_role_policy(stream_arn, self.log_group_arn, key_arn)

    @property
    def log_group(self) -> str:
        """Return the name of the log group for the rule's errors."""
        return f"{LOG_GROUPS}{self.stem}"

    @property
    def log_group_arn(self) -> str:
        """Return that log group's ARN."""
        return f"{self._place('logs')}:log-group:{self.log_group}"

    def registry_arn(self, kind: str, name: str) -> str:
        """Return the ARN of a "thing", "thingtype", "thinggroup" or "policy"."""
        return f"{self._place('iot')}:{kind}/{name}"

    def rule(self, stream: str) -> dict[str, object]:
        """Return the topic rule as AWS's TopicRulePayload."""
        return self.source.rule(stream=stream, role_arn=self.role_arn, log_group=self.log_group)

    def _place(self, service: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}"


def _plain(name: str, instead: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", instead, name)
