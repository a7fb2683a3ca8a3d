"""A plan as people read it before they confirm it."""

from dataclasses import dataclass, replace
from typing import Any

from onboarding.connections import selectors
from onboarding.consumers.role import ConsumerRole
from onboarding.credentials.recipients import recipients_of
from onboarding.deliveries.delivery import Delivery
from onboarding.drafts import codec
from onboarding.integrations import share_plan, update
from onboarding.models.integration import Integration
from onboarding.provisioning import consumer_plan, plan_factory
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.steps import firehose_role
from onboarding.spec import integration_spec as specs
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.shards_diff import capacity
from onboarding.spec.stream_diff import retention
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.descriptions import describe_policy
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class ResourceView:
    """One resource that a plan makes: what it is, its name and ARN, and how it is made."""

    kind: str
    name: str
    arn: str
    how: Message


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy in words and as its document."""

    title: Message
    sentences: list[str]
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as people read it before they say yes."""

    spec: IntegrationSpec
    account_id: str
    tags: dict[str, str]
    resources: list[ResourceView]
    policies: list[PolicyView]


def plan_of(integration: Integration, spec: IntegrationSpec | None = None, *, with_recipients: bool = True) -> PlanView:
    """Return what a spec (by default the integration's own) would make. Raises SpecRefused, Refused."""
    wanted = spec or (specs.from_row(integration.spec) if integration.spec else codec.as_spec(integration))
    connection = selectors.connection_of(integration.tenant, wanted)
    seals = with_recipients and connection.has_grant and update.creates_key(integration, wanted)
    recipients = recipients_of(integration, wanted) if seals else ()
    plan = plan_factory.plan_for(integration, wanted, recipients=recipients, connection=connection)
    return PlanView(wanted, plan.account_id, plan.tags, _resources(plan), _policies(_foreseen(plan)))


def _resources(plan: Plan) -> list[ResourceView]:
    stream = plan.spec.stream
    listed = [
        ResourceView("Data stream", stream.name, plan.stream_arn, _stream_how(stream)),
        *_new_key(plan),
        *_producer(plan),
        *(_consumer(plan, role) for role in plan.spec.consumer_roles),
    ]
    for bucket, is_new in plan.spec.buckets.items():
        how = Message("plan.new_bucket") if is_new else Message("plan.existing_bucket")
        listed.append(ResourceView("S3 bucket", bucket, plan.bucket_arn(bucket), how))
    listed += [line for delivery in plan.spec.deliveries for line in _of_delivery(plan, delivery)]
    shares = [share_plan.resource_line(plan, share) for share in plan.spec.shares]
    listed += [_registered(plan, consumer.name) for consumer in plan.spec.fan_out]
    return [*listed, *_devices(plan), *(ResourceView("Stream share", *line) for line in shares)]


def _registered(plan: Plan, name: str) -> ResourceView:
    return ResourceView("Registered consumer", name, f"{plan.stream_arn}/consumer/{name}:…", Message("plan.fan_out"))


def _devices(plan: Plan) -> list[ResourceView]:
    names = plan.devices
    if names is None:
        return []
    source = names.source
    rows = (
        (
            "Thing type",
            source.thing_type,
            names.registry_arn("thingtype", source.thing_type),
            Message("plan.thing_type"),
        ),
        (
            "Thing group",
            source.thing_group,
            names.registry_arn("thinggroup", source.thing_group),
            Message("plan.thing_group"),
        ),
        (
            "IoT policy",
            names.policy_name,
            names.registry_arn("policy", names.policy_name),
            Message("plan.device_policy"),
        ),
        ("Log group", names.log_group, names.log_group_arn, Message("plan.rule_log_group")),
        ("IAM role", names.role_name, names.role_arn, Message("plan.rule_role")),
        ("Topic rule", names.rule_name, names.rule_arn, Message("plan.topic_rule")),
    )
    return [ResourceView(*row) for row in rows]


def _producer(plan: Plan) -> list[ResourceView]:
    how = _put_how(plan.spec.stream)
    if plan.spec.is_by_role:
        by_role = Message("plan.producer_role", vendor=plan.vendor_principal_arn, puts=how)
        return [ResourceView("IAM role", plan.producer_role_name, plan.producer_role_arn, by_role)]
    user = plan.user_name(0).rsplit("-", 1)[0]
    return [
        ResourceView("IAM policy", plan.producer_policy_name, plan.producer_policy_arn, how),
        ResourceView("IAM user", f"{user}-…", "", Message("plan.user")),
    ]


def _consumer(plan: Plan, role: ConsumerRole) -> ResourceView:
    how = Message("plan.consumer_role", principals=list(role.principals))
    return ResourceView("IAM role", consumer_plan.role_name(plan, role), consumer_plan.role_arn(plan, role), how)


def _stream_how(stream: StreamSpec) -> Message:
    how = Message("plan.stream", capacity=capacity(stream), retention=retention(stream))
    return Message("plan.adopted_stream", stream=how) if stream.adopt else how


def _put_how(stream: StreamSpec) -> Message:
    through = stream.endpoint.demanded
    return Message("plan.put_records_through", endpoint=through) if through else Message("plan.put_records")


def _new_key(plan: Plan) -> list[ResourceView]:
    if not plan.spec.stream.makes_key:
        return []
    return [ResourceView("KMS key", plan.key_alias, plan.created_key_arn, Message("plan.new_key"))]


def _foreseen(plan: Plan) -> Plan:
    """Return a plan whose policies can be shown before the key and the external IDs that they name are made."""
    missing = {role.name: "THE-NEW-EXTERNAL-ID" for role in plan.spec.consumer_roles}
    plan = replace(plan, consumer_external_ids={**missing, **plan.consumer_external_ids})
    if not plan.spec.stream.makes_key or plan.key_arn:
        return plan
    place = f"{plan.partition}:kms:{plan.spec.stream.region}:{plan.account_id}"
    return replace(plan, created_key_arn=f"arn:{place}:key/THE-NEW-KEY")


def _of_delivery(plan: Plan, delivery: Delivery) -> list[ResourceView]:
    role, into = plan.firehose_role_name(delivery), delivery.destination.description(delivery)
    how = Message("plan.firehose", destination=into, interval=delivery.buffering_seconds)
    return [
        ResourceView("Log group", delivery.log_group, plan.log_group_arn(delivery), Message("plan.log_group")),
        ResourceView("IAM role", role, plan.firehose_role_arn(delivery), Message("plan.role")),
        ResourceView("Firehose stream", delivery.name, plan.firehose_arn(delivery), how),
    ]


def _policies(plan: Plan) -> list[PolicyView]:
    producer = plan.producer_policy()
    views = [PolicyView(Message("plan.producer_policy"), describe_policy(producer), producer)]
    if plan.spec.is_by_role:
        trust = plan.producer_trust
        views.insert(0, PolicyView(Message("plan.producer_trust"), describe_policy(trust), trust))
    if plan.spec.stream.makes_key:
        views.append(PolicyView(Message("plan.key_policy"), describe_policy(plan.key_policy), plan.key_policy))
    for consumer in plan.spec.consumer_roles:
        trust, reading = consumer_plan.trust(plan, consumer), consumer_plan.permissions(plan, consumer)
        views.append(PolicyView(Message("plan.consumer_trust", name=consumer.name), describe_policy(trust), trust))
        views.append(PolicyView(Message("plan.consumer_policy", name=consumer.name), describe_policy(reading), reading))
    for delivery in plan.spec.deliveries:
        role = firehose_role.document(plan, delivery)
        is_one_of_several = len(plan.spec.deliveries) > 1
        several = Message("plan.firehose_role_of", name=delivery.name)
        title = several if is_one_of_several else Message("plan.firehose_role")
        views.append(PolicyView(title, describe_policy(role), role))
    shared = [PolicyView(title, describe_policy(found), found) for title, found in share_plan.policies(plan)]
    return [*views, *_device_policies(plan), *shared]


def _device_policies(plan: Plan) -> list[PolicyView]:
    names = plan.devices
    if names is None:
        return []
    device, role = names.policy, names.permissions(plan.stream_arn, plan.key_arn)
    return [
        PolicyView(Message("plan.device_policy_title"), describe_policy(device), device),
        PolicyView(Message("plan.rule_role_title"), describe_policy(role), role),
    ]
