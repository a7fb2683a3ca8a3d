"""From an integration to the description that settings of its consumers are generated from."""

from onboarding.connectors.consumed_stream import AssumedRole, ConsumedStream
from onboarding.models.integration import Integration
from onboarding.provisioning import consumer_plan
from onboarding.provisioning.plan_factory import plan_for
from onboarding.spec import integration_spec as specs
from portal.aws import endpoints


def consumed_stream(integration: Integration) -> ConsumedStream | None:
    """Return the stream as a consumer sees it; None of a draft. Raises Refused where its plan cannot be made.

    A VPC endpoint in the settings is in the network of the producer, so a consumer gets the public endpoint.
    """
    if integration.spec is None or integration.connection is None:
        return None
    spec = specs.from_row(integration.spec)
    plan, stream = plan_for(integration, spec), spec.stream
    return ConsumedStream(
        integration_uid=integration.uid,
        account_id=plan.account_id,
        region=stream.region,
        stream_name=stream.name,
        stream_arn=plan.stream_arn,
        endpoint_url=endpoints.kinesis_url(stream.region, fips=stream.endpoint.is_fips),
        fips=stream.endpoint.is_fips,
        mode=stream.mode,
        shards=stream.shards,
        retention_hours=stream.retention_hours,
        key_arn=plan.key_arn,
    )


def consumer_roles(integration: Integration) -> tuple[AssumedRole, ...]:
    """Return the roles of the consumers that the integration declares. Raises Refused where its plan cannot be made."""
    if integration.spec is None or integration.connection is None:
        return ()
    spec = specs.from_row(integration.spec)
    plan = plan_for(integration, spec)
    found = (consumer_plan.sign_in(plan, role) for role in spec.consumer_roles)
    return tuple(AssumedRole(role.role_arn, role.external_id, role.name) for role in found)
