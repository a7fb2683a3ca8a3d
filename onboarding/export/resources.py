"""What a plan makes, once, as plain values; the steps of provisioning make the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onboarding.consumers.role import ConsumerRole
from onboarding.deliveries.bucket_encryption import AWS_KEY, SSE_S3
from onboarding.deliveries.delivery import Delivery
from onboarding.export.device_resources import DeviceResources, device_resources
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan import CONSUMERS_PATH, IAM_PATH, PRODUCERS_PATH, Plan
from onboarding.provisioning.share_statements import consumer_statement, key_statement, stream_statement
from onboarding.provisioning.steps import consumer_role, firehose_role, producer_role_policy
from onboarding.sharing.share import Share
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.bucket_protection import Encryption
from portal.aws.firehose_settings import creation_request, update_request
from portal.aws.policies.delivery import firehose_trust_policy, tls_only_bucket_policy
from portal.aws.policies.statements import Document, Statement, document
from portal.aws.stream_settings import SHARD_LEVEL_METRICS, SMALLEST_RECORD_LIMIT
from portal.messages.message import Message

CONSUMER_ARN = "THE-ARN-OF-THE-CONSUMER"
METRICS = tuple(sorted(SHARD_LEVEL_METRICS))


class CannotExport(Exception):
    """A plan that a format cannot express, and what of it. Its text has the code, for logs."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket with what it gets if it is new; of a bucket of the client's own `encryption` is what was declared."""

    name: str
    is_new: bool
    policy: Document
    encryption: Encryption

    @property
    def declared(self) -> str:
        """Return the encryption as a declaration has it: "s3", "aws", or the ARN of a key."""
        return (self.encryption.key or AWS_KEY) if self.encryption.is_kms else SSE_S3


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery: its log group with its streams, its role, and what CreateDeliveryStream takes."""

    name: str
    bucket: str
    log_group: str
    log_group_arn: str
    log_retention_days: int | None
    log_streams: tuple[str, ...]
    role_name: str
    role_arn: str
    trust_policy: Document
    permissions_policy: Document
    destination: str
    creation: dict[str, Any]

    @property
    def policy_name(self) -> str:
        """Return the name of the role's inline policy."""
        return firehose_role.POLICY_NAME

    @property
    def configuration(self) -> dict[str, Any]:
        """Return the destination's configuration in AWS's shape."""
        found: dict[str, Any] = self.creation[f"{self.destination}Configuration"]
        return found

    @property
    def update(self) -> dict[str, Any]:
        """Return what UpdateDestination takes for the same settings, without the name and the version."""
        return update_request(self.destination, self.configuration)


@dataclass(frozen=True, slots=True)
class ProducerRole:
    """The role that the vendor assumes, with its trust and its one inline policy."""

    name: str
    path: str
    trust_policy: Document
    policy_name: str


@dataclass(frozen=True, slots=True)
class ConsumerRoleResource:
    """A consumer's role, with its trust and its one inline policy; `label` is its short name in the spec."""

    label: str
    name: str
    path: str
    session_seconds: int
    trust_policy: Document
    policy_name: str
    policy: Document


@dataclass(frozen=True, slots=True)
class Shared:
    """A share: its statement in the stream's resource policy, and that in the policy of a KMS key if there is one.

    `fan_out` is the name of the registered consumer that it reads as, or ""; `consumer_statement` is that of the
    consumer's policy, with CONSUMER_ARN in place of an ARN that is known once the consumer is registered.
    """

    label: str
    principal: str
    statement: Statement
    key_statement: Statement | None
    fan_out: str
    consumer_statement: Statement

    @property
    def sid(self) -> str:
        """Return the statement's ID."""
        return str(self.statement["Sid"])


@dataclass(frozen=True, slots=True)
class Resources:
    """All that a plan makes; `stream_tags` are the data stream's: the client's own, and whose it is.

    `boundary_arn` binds Firehose's roles and `user_boundary_arn` the IAM user; both are empty where nobody granted a
    role, and so none binds; so is `consumer_boundary_arn` of consumers' roles. Where the vendor assumes a `role`, there
    is no managed policy and no user: `policy` is the role's. `fan_out` are the names of registered consumers.
    """

    integration_uid: str
    account_id: str
    partition: str
    tags: dict[str, str]
    stream_tags: dict[str, str]
    path: str
    stream: StreamSpec
    key_id: str | None
    policy_name: str
    policy_arn: str
    policy: Document
    user_name: str
    boundary_arn: str
    user_boundary_arn: str
    buckets: tuple[Bucket, ...]
    deliveries: tuple[Delivered, ...]
    role: ProducerRole | None = None
    consumer_roles: tuple[ConsumerRoleResource, ...] = ()
    consumer_boundary_arn: str = ""
    devices: DeviceResources | None = None
    shared: tuple[Shared, ...] = ()
    fan_out: tuple[str, ...] = ()

    @property
    def is_adopted(self) -> bool:
        """Tell whether the data stream is the client's own: no file makes it, and none deletes it."""
        return self.stream.adopt

    @property
    def record_kib(self) -> int | None:
        """Return the largest record in KiB where that is not what AWS takes anyway."""
        return None if self.stream.max_record_kib == SMALLEST_RECORD_LIMIT else self.stream.max_record_kib

    @property
    def metrics(self) -> tuple[str, ...]:
        """Return the shard-level metrics that are on."""
        return METRICS if self.stream.shard_level_metrics else ()

    @property
    def stream_arn(self) -> str:
        """Return the data stream's ARN."""
        return f"arn:{self.partition}:kinesis:{self.stream.region}:{self.account_id}:stream/{self.stream.name}"

    @property
    def resource_policy(self) -> Document:
        """Return a resource policy of the stream with the statements of its shares, and no other."""
        return document(*(share.statement for share in self.shared))

    def consumer_policy(self, name: str) -> Document:
        """Return a resource policy of a registered consumer with the statements of the shares that read as it."""
        return document(*(share.consumer_statement for share in self.shared if share.fan_out == name))


def resources_of(plan: Plan, *, user_name: str = "") -> Resources:
    """Return what a plan makes; the IAM user is that of the first attempt unless it is named.

    Raises CannotExport for a KMS key or an external ID that is to be created: policies contain the key's ARN and the
    external ID, which are not known before.
    """
    stream = plan.spec.stream
    for role in plan.spec.consumer_roles:
        if not consumer_plan.external_id(plan, role):
            raise CannotExport(Message("export.new_external_id", name=role.name))
    if stream.makes_key and plan.key_arn is None:
        raise CannotExport(Message("export.new_key"))
    return Resources(
        integration_uid=plan.integration_uid,
        account_id=plan.account_id,
        partition=plan.partition,
        tags=plan.tags,
        stream_tags={**stream.tags, **plan.stream_tags},
        path=IAM_PATH,
        stream=stream,
        key_id={"none": None, "aws": "alias/aws/kinesis"}.get(stream.kms_key, plan.key_arn),
        policy_name=plan.producer_policy_name,
        policy_arn=plan.producer_policy_arn,
        policy=plan.producer_policy(),
        user_name=user_name or plan.user_name(1),
        boundary_arn=plan.boundary_arn,
        user_boundary_arn=plan.user_boundary_arn,
        buckets=tuple(
            Bucket(name, is_new, tls_only_bucket_policy(plan.bucket_arn(name)), plan.spec.encryption_of(name))
            for name, is_new in plan.spec.buckets.items()
        ),
        deliveries=tuple(_delivered(plan, delivery) for delivery in plan.spec.deliveries),
        role=_role(plan) if plan.spec.is_by_role else None,
        consumer_roles=tuple(_consumer(plan, role) for role in plan.spec.consumer_roles),
        consumer_boundary_arn=plan.consumer_boundary_arn,
        devices=device_resources(plan),
        shared=tuple(_shared(plan, share) for share in plan.spec.shares),
        fan_out=tuple(consumer.name for consumer in plan.spec.fan_out),
    )


def _consumer(plan: Plan, role: ConsumerRole) -> ConsumerRoleResource:
    return ConsumerRoleResource(
        label=role.name,
        name=consumer_plan.role_name(plan, role),
        path=CONSUMERS_PATH,
        session_seconds=role.session_seconds,
        trust_policy=consumer_plan.trust(plan, role),
        policy_name=consumer_role.POLICY_NAME,
        policy=consumer_plan.permissions(plan, role),
    )


def _shared(plan: Plan, share: Share) -> Shared:
    key = key_statement(plan, share) if plan.key_arn else None
    of_consumer = {**consumer_statement(plan, share, plan.stream_arn), "Resource": CONSUMER_ARN}
    return Shared(share.label, share.principal, stream_statement(plan, share), key, share.fan_out, of_consumer)


def _role(plan: Plan) -> ProducerRole:
    return ProducerRole(plan.producer_role_name, PRODUCERS_PATH, plan.producer_trust, producer_role_policy.POLICY_NAME)


def _delivered(plan: Plan, delivery: Delivery) -> Delivered:
    place, role_arn = plan.place_of(delivery), plan.firehose_role_arn(delivery)
    return Delivered(
        name=delivery.name,
        bucket=delivery.bucket,
        log_group=delivery.log_group,
        log_group_arn=plan.log_group_arn(delivery),
        log_retention_days=delivery.log_retention_days,
        log_streams=tuple(delivery.log_streams(place)),
        role_name=plan.firehose_role_name(delivery),
        role_arn=role_arn,
        trust_policy=firehose_trust_policy(plan.account_id),
        permissions_policy=firehose_role.document(plan, delivery),
        destination=delivery.destination.MEMBER,
        creation=creation_request(
            delivery.name,
            stream_arn=plan.stream_arn,
            role_arn=role_arn,
            destination=delivery.destination.MEMBER,
            configuration=delivery.configuration(place),
            tags=plan.tags,
        ),
    )
