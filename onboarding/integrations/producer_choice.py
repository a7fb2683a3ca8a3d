"""Whether the vendor can send by assuming a role."""

from django.conf import settings

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
