"""AWS's rules for consumers of a spec, which a JSON Schema cannot express."""

import json
from collections.abc import Iterator

from onboarding.consumers.principals import principal_arn
from onboarding.consumers.role import ConsumerRole, conflicts
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from portal.aws.policies.consumers import consumer_trust_policy
from portal.aws.regions import found_partition
from portal.messages.message import Message

# Of a trust policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MOST_TRUST_CHARACTERS = 2048
_CREATED_BY_SLUICE = "sluice-" + "0" * 40


def consumer_problems(spec: IntegrationSpec) -> Iterator[Problem]:
    """Yield what is wrong with the consumers of a spec; the partition is that of the stream's Region."""
    partition = found_partition(spec.stream.region) or ""
    registered = {consumer.name for consumer in spec.fan_out}
    for position, role in enumerate(spec.consumer_roles):
        found = list(role.problems(partition))
        if not found and (size := _trust_size(role, partition or "aws")) > MOST_TRUST_CHARACTERS:
            limits = {"size_count": size, "limit_count": MOST_TRUST_CHARACTERS}
            found.append(("principals", Message("consumer.trust_too_long", **limits)))
        if role.fan_out and role.fan_out not in registered:
            found.append(("fan_out", Message("consumer.fan_out_unknown", name=role.fan_out)))
        yield from (Problem(f"consumer_roles.{position}.{path}", message) for path, message in found)
    for path, message in conflicts(spec.consumer_roles):
        yield Problem(f"consumer_roles.{path}" if path else "consumer_roles", message)


def _trust_size(role: ConsumerRole, partition: str) -> int:
    arns = [principal_arn(principal, partition) for principal in role.principals]
    trust = consumer_trust_policy(arns, role.external_id or _CREATED_BY_SLUICE)
    return len(json.dumps(trust, separators=(",", ":")))
