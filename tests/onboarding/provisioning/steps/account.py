"""One AWS account in this process (moto), a plan for it, and answers of AWS that moto never gives."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning.answers import Done
from onboarding.provisioning.context import Context, Terms
from onboarding.provisioning.plan import Plan, Recipient
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.session import AwsSession
from portal.messages.message import Message
from tests.onboarding.provisioning.steps.rows import OpenVault, Rows
from tests.portal.aws.conftest import CLIENT_ACCOUNT, REGION

STREAM, BUCKET, DELIVERY_NAME = "sluice-harbour", "sluice-harbour-records", "sluice-harbour-to-s3"
DELIVERY = Delivery(name=DELIVERY_NAME, bucket=BUCKET)
THEIRS = {"sluice:integration": "another", "managed-by": "sluice"}
PLAN = Plan(
    integration_uid="0a1b2c3d4e5f",
    tenant_slug="northwind",
    account_id=CLIENT_ACCOUNT,
    partition="aws",
    boundary_arn=f"arn:aws:iam::{CLIENT_ACCOUNT}:policy/sluice/boundary",
    name_prefix="sluice-",
    spec=IntegrationSpec(
        name="harbour",
        connection="c",
        stream=StreamSpec(name=STREAM, region=REGION, kms_key="new"),
        deliveries=(DELIVERY,),
    ),
    recipients=(Recipient("A" * 40, "certificate"),),
    portal_role_arn=f"arn:aws:iam::{CLIENT_ACCOUNT}:role/SluiceAccess",
)


@dataclass
class Account:
    """What a step acts with, in parts that a test can look into."""

    aws: AwsSession
    rows: Rows = field(default_factory=Rows)
    vault: OpenVault = field(default_factory=OpenVault)
    plan: Plan = PLAN

    def context(self, **terms: Any) -> Context:
        return Context(self.plan, self.aws, self.rows, self.vault, Terms(**terms))

    def client(self, service: str) -> Any:
        return self.aws.client(service)

    def with_existing_bucket(self) -> None:
        """Change the plan: the bucket is the client's own."""
        spec = replace(self.plan.spec, deliveries=(replace(DELIVERY, new_bucket=False),))
        self.plan = replace(self.plan, spec=spec)


@dataclass
class Answers:
    """Answers in the place of moto's: each operation named here is refused, or its answer changed."""

    refusals: dict[str, ClientError] = field(default_factory=dict)
    changes: dict[str, Callable[[dict[str, Any]], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def refuse(self, operation: str, code: str, text: str = "") -> None:
        self.refusals[operation] = ClientError({"Error": {"Code": code, "Message": text}}, operation)

    def set(self, operation: str, member: str, **values: Any) -> None:
        """Set members of the answer's one structure, such as the status in a description."""
        self.changes[operation] = lambda answer: answer[member].update(values)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    found, genuine = Answers(), botocore.client.BaseClient._make_api_call

    def answered(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        found.asked.append(operation)
        found.sent[operation] = parameters
        if operation in found.refusals:
            raise found.refusals[operation]
        answer = genuine(client, operation, parameters)
        found.changes.get(operation, lambda _: None)(answer)
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", answered)
    return found


@pytest.fixture
def account(aws: AwsSession) -> Account:
    events = aws.client("kms").meta.events
    for operation in ("DisableKey", "ScheduleKeyDeletion"):
        events.register(f"provide-client-params.kms.{operation}", _with_key_id)
    return Account(aws)


def _with_key_id(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    # AWS takes a key's ARN in its ID's place; moto does not in these two operations.
    return {**params, "KeyId": params["KeyId"].rpartition("/")[2]}


def codes(outcome: Message | None) -> list[str]:
    """The codes of what was done, each for itself."""
    if outcome is None:
        return []
    parts = outcome.params.get("outcomes", ()) if outcome.code == "outcome.several" else [outcome]
    return [part.code for part in parts if isinstance(part, Message)]


def done(answer: object) -> Done:
    assert isinstance(answer, Done), answer
    return answer
