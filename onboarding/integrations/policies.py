"""The four policies of a stream, as AWS teaches: administrator, resharding, producer, consumer; and how to attach them.

Sluice gives the producer's to the IAM user that it makes, and the others to nobody: whom they are for is the client's
to say, and their principals lie outside what the portal's role may touch. So each comes with the commands to run.
"""

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

from onboarding.models.integration import Integration
from onboarding.provisioning.plan import IAM_PATH, Plan
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec.integration_spec import IntegrationSpec
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.producer import administrator_policy, consumer_policy, resharding_policy
from portal.messages.message import Message

_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(user|role)/(?:[\x21-\x7e]*/)?([\w+=,.@-]{1,64})")

_TEXTS = {
    "producer": (Message("policy.producer"), Message("policy.producer_purpose")),
    "consumer": (Message("policy.consumer"), Message("policy.consumer_purpose")),
    "resharding": (Message("policy.resharding"), Message("policy.resharding_purpose")),
    "administrator": (Message("policy.administrator"), Message("policy.administrator_purpose")),
}


class InvalidPrincipal(ValueError):
    """An ARN to which the policy cannot be attached, with the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class StreamPolicy:
    """One of the four policies: whom it is for, what it allows in words, its document, and the name it would get."""

    key: str
    title: Message
    purpose: Message
    policy_name: str
    document: dict[str, Any]

    @property
    def sentences(self) -> list[str]:
        """Return what the policy allows, one sentence a statement."""
        return describe_policy(self.document)

    @property
    def file_name(self) -> str:
        """Return the name of the file that holds the document."""
        return f"{self.policy_name}.json"

    @property
    def as_json(self) -> str:
        """Return the document as people read it."""
        return json.dumps(self.document, indent=2) + "\n"


def stream_policies(integration: Integration, spec: IntegrationSpec) -> list[StreamPolicy]:
    """Return the four policies of an integration's stream. Raises Refused where its plan cannot be made."""
    plan = plan_for(integration, spec)
    arn, key = plan.stream_arn, plan.key_arn
    documents = {
        "producer": plan.producer_policy(),
        "consumer": consumer_policy(arn, key),
        "resharding": resharding_policy(arn),
        "administrator": administrator_policy(arn, key),
    }
    return [_stream_policy(plan, key, document) for key, document in documents.items()]


def commands(policy: StreamPolicy, *, account_id: str, principal: str = "") -> str:
    """Return the AWS CLI commands that make the policy and attach it to an IAM user or role of the client's.

    Without a principal a placeholder stands in its place. Raises InvalidPrincipal with a sentence.
    """
    kind, name = check_principal(principal, account_id) if principal else ("role", "NAME-OF-YOUR-ROLE")
    policy_arn = f"arn:aws:iam::{account_id}:policy{IAM_PATH}{policy.policy_name}"
    if policy.key != "producer":
        create = [
            f"aws iam create-policy --path {IAM_PATH} --policy-name {policy.policy_name} \\",
            f"    --policy-document file://{policy.file_name}",
        ]
    else:
        create = ["# The policy exists: Sluice created it for the vendor's access key."]
    attach = f"aws iam attach-{kind}-policy --{kind}-name {shlex.quote(name)} --policy-arn {policy_arn}"
    return "\n".join([*create, attach]) + "\n"


def check_principal(arn: str, account_id: str) -> tuple[str, str]:
    """Return ("user" or "role", its name) of an ARN in this account; raises InvalidPrincipal with a sentence."""
    found = _PRINCIPAL.fullmatch(arn.strip())
    if found is None:
        raise InvalidPrincipal(Message("policy.not_a_principal", account=account_id))
    if found[1] != account_id:
        raise InvalidPrincipal(
            Message("policy.principal_in_other_account", principal_account=found[1], account=account_id)
        )
    return found[2], found[3]


def _stream_policy(plan: Plan, key: str, document: dict[str, Any]) -> StreamPolicy:
    title, purpose = _TEXTS[key]
    return StreamPolicy(key, title, purpose, plan.producer_policy_name.removesuffix("producer") + key, document)
