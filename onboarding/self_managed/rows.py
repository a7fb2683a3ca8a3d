"""The row of a self-managed integration, and the credentials of it that can be used."""

from onboarding import vendor_feed
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from onboarding.provisioning.claims import ACTIVE
from onboarding.row_locks import lock_integration
from onboarding.service_guards import may_act
from portal.messages.errors import validation_error
from portal.messages.message import Message

USABLE = [CredentialState.READY, CredentialState.IN_USE]


def withdraw_keys(integration: Integration) -> list[Credential]:
    """End every usable key in the rows, let the vendor know, and return the keys."""
    ended = list(integration.credentials.filter(state__in=USABLE))
    integration.credentials.filter(state__in=USABLE).update(state=CredentialState.DISCARDED)
    for credential in ended:
        vendor_feed.publish(vendor_feed.Kind.REVOKED, integration, credential=credential)
    return ended


def locked(integration: Integration) -> Integration:
    """Return the integration's row, locked. Raises ValidationError while a run is in progress."""
    found = lock_integration(integration.pk)
    may_act(found.tenant)
    if found.runs.filter(state__in=ACTIVE).exists():
        raise validation_error(Message("integration.run_in_progress"))
    return found
