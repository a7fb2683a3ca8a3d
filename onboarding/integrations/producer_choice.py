"""Whether the vendor can send by assuming a role."""

from django.conf import settings

from onboarding import vendor_feed
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState, ProducerRoleState
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from portal.messages.message import Message


def is_role_offered() -> bool:
    """Return whether the vendor named the principal with which it assumes producers' roles."""
    return bool(settings.SLUICE_VENDOR_PRINCIPAL_ARN)


def problems(spec: IntegrationSpec) -> list[Problem]:
    """Return what is wrong with a spec's producer here."""
    if spec.is_by_role and not is_role_offered():
        return [Problem("producer", Message("spec.producer_role_not_offered"))]
    return []


def announce(integration: Integration, before: IntegrationSpec | None, after: IntegrationSpec) -> None:
    """Announce in the vendor's feed that it shall send another way than before, where both exist already."""
    if before is None or before.producer == after.producer:
        return
    role = integration.producer_roles.exclude(state=ProducerRoleState.RETIRED).first()
    if role is not None and after.is_by_role:
        vendor_feed.publish(vendor_feed.Kind.ROLE_READY, integration, role=role.uid, role_arn=role.arn)
    usable = integration.credentials.filter(state__in=[CredentialState.READY, CredentialState.IN_USE]).first()
    if usable is not None and not after.is_by_role:
        vendor_feed.publish(vendor_feed.Kind.READY, integration, credential=usable)
