"""What a plan makes of its devices, once, as plain values for every exported file. Things are not part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onboarding.provisioning.plan import Plan
from onboarding.provisioning.service_roles import POLICY_NAME
from portal.aws.policies.statements import Document


@dataclass(frozen=True, slots=True)
class DeviceResources:
    """The thing type and group, the device policy, and the rule with its role and log group."""

    description: str
    thing_type: str
    thing_type_arn: str
    thing_group: str
    thing_group_arn: str
    policy_name: str
    policy_arn: str
    policy: Document
    log_group: str
    log_group_arn: str
    log_retention_days: int
    role_name: str
    role_arn: str
    trust_policy: Document
    permissions_policy: Document
    rule_name: str
    rule_arn: str
    rule: dict[str, Any]
    role_policy_name: str = POLICY_NAME


def device_resources(plan: Plan) -> DeviceResources | None:
    """Return what a plan makes of its devices; None where it has none."""
    names = plan.devices
    if names is None:
        return None
    source = names.source
    return DeviceResources(
        description=names.description,
        thing_type=source.thing_type,
        thing_type_arn=names.registry_arn("thingtype", source.thing_type),
        thing_group=source.thing_group,
        thing_group_arn=names.registry_arn("thinggroup", source.thing_group),
        policy_name=names.policy_name,
        policy_arn=names.registry_arn("policy", names.policy_name),
        policy=names.policy,
        log_group=names.log_group,
        log_group_arn=names.log_group_arn,
        log_retention_days=source.log_retention_days,
        role_name=names.role_name,
        role_arn=names.role_arn,
        trust_policy=names.trust,
        permissions_policy=names.permissions(plan.stream_arn, plan.key_arn),
        rule_name=names.rule_name,
        rule_arn=names.rule_arn,
        rule=names.rule(plan.spec.stream.name),
    )
