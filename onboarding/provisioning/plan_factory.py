"""From an integration's row to its plan."""

from dataclasses import replace

from django.conf import settings

from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState, ProducerRoleState, ResourceState
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.consumer_external_ids import consumer_external_ids
from onboarding.provisioning.plan import KEY_KIND, Plan, Recipient
from onboarding.spec.integration_spec import ROLE, USER, IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.networks import SenderNetworks
from portal.messages.message import Message


def connected(integration: Integration) -> Connection:
    """Return the integration's connection; raises Refused when it has none."""
    if integration.connection is None:
        raise Refused(Message("refused.no_connection"))
    return integration.connection


def plan_for(
    integration: Integration,
    spec: IntegrationSpec,
    *,
    recipients: tuple[Recipient, ...] = (),
    connection: Connection | None = None,
) -> Plan:
    """Return the plan of a spec, by default through the integration's own connection; raises Refused without one.

    Only a run that creates an access key needs recipients: `credentials.recipients.recipients_of`.
    """
    connection = connection or connected(integration)
    return Plan(
        integration_uid=integration.uid,
        tenant_slug=integration.tenant.slug,
        account_id=connection.account_id,
        partition=connection.partition,
        boundary_arn=connection.boundary_arn,
        producer_boundary_arn=connection.producer_boundary_arn,
        name_prefix=connection.name_prefix,
        spec=spec,
        recipients=recipients,
        portal_role_arn=connection.role_arn,
        created_key_arn=_created_key_arn(integration) if spec.stream.makes_key else "",
        may_delete=connection.allow_deletion,
        vendor_principal_arn=settings.SLUICE_VENDOR_PRINCIPAL_ARN,
        external_id=str(integration.producer_external_id),
        consumer_boundary_arn=connection.consumer_boundary_arn,
        consumer_external_ids=consumer_external_ids(integration) if spec.consumer_roles else {},
        networks=SenderNetworks(settings.SLUICE_VENDOR_NETWORKS, settings.SLUICE_VENDOR_VPC_NETWORKS),
    )


def plan_of_run(integration: Integration, spec: IntegrationSpec, recipients: tuple[Recipient, ...] = ()) -> Plan:
    """Return the plan of a spec that a run applies, which also removes a producer that is no longer used."""
    return replace(plan_for(integration, spec, recipients=recipients), retired=retired_producer(integration, spec))


def retired_producer(integration: Integration, spec: IntegrationSpec) -> str:
    """Return the kind of producer, "user" or "role", that a spec replaces and the vendor no longer uses; "" for none.

    Both work until the vendor's sender reported that it sends the new way. A role that it never tested was never used.
    One whose removal began is still to be removed: the worker that began it may have ended before AWS was asked.
    """
    role = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).first()
    if role is None:
        return ROLE if not spec.is_by_role and integration.producer_roles.exists() else ""
    if spec.is_by_role:
        return USER if role.state == ProducerRoleState.IN_USE else ""
    is_unused = role.reported_at is None or role.left_at is not None
    return ROLE if is_unused else ""


def former_producer(integration: Integration, spec: IntegrationSpec) -> str:
    """Return the kind of producer, "user" or "role", that still works beside that of a spec; "" for none.

    So it is during a move, until the vendor's sender reported that it sends the new way.
    """
    if spec.is_by_role:
        usable = [CredentialState.READY, CredentialState.IN_USE]
        return USER if integration.credentials.filter(state__in=usable, uploaded_by="").exists() else ""
    return ROLE if integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).exists() else ""


def _created_key_arn(integration: Integration) -> str:
    # A plan may be shown before its integration is saved: then there is no row.
    rows = Resource.objects.filter(integration_id=integration.pk, kind=KEY_KIND).exclude(arn="")
    return rows.exclude(state=ResourceState.REMOVED).values_list("arn", flat=True).first() or ""


def arn_of(stream: StreamSpec, connection: Connection) -> str:
    """Return the ARN of a stream in a connection's account."""
    return f"arn:{connection.partition}:kinesis:{stream.region}:{connection.account_id}:stream/{stream.name}"
