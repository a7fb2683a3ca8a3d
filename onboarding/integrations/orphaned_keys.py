"""Removes IAM users that nobody will ever use: what a run left when AWS refused its clean-up, and what came too late.

1. A key that was never proved, of an integration where no run is at work any more: its secret is gone for good.
2. A user of a discarded attempt, looked for once more: AWS believes in "no such user" only after some minutes, and a
   worker that overslept may have made the user after its successor had looked.

Neither can do anything: a user gets its policy only after its key was sealed, by the run that still holds it.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from onboarding.connections.sessions import session_for
from onboarding.models.credential import Credential
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState, ResourceState
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.steps.access_key import KIND
from onboarding.spec.endpoint import wants_fips
from portal.aws.errors import AwsFault
from portal.aws.iam.users import delete_user_completely
from portal.tenancy import audit

log = logging.getLogger(__name__)

SETTLED = timedelta(minutes=5)
WATCHED = timedelta(minutes=30)
UNPROVED = (CredentialState.INTENT, CredentialState.SEALED)


def remove_orphaned_keys() -> int:
    """Delete the users that are left over; return of how many attempts. A fault of AWS is logged and tried again."""
    return sum(_removed(stray) for stray in [*_abandoned(), *_discarded()])


def _abandoned() -> Iterable[Credential]:
    old = _made_here().filter(state__in=UNPROVED, created_at__lt=timezone.now() - SETTLED)
    return old.exclude(integration__runs__state__in=ACTIVE).select_related("integration__connection")


def _discarded() -> Iterable[Credential]:
    now = timezone.now()
    gone = _made_here().filter(state=CredentialState.DISCARDED)
    return gone.filter(created_at__range=(now - WATCHED, now - SETTLED)).select_related("integration__connection")


def _made_here() -> QuerySet[Credential]:
    # The user of a key that was handed in is its owner's, and lives on when another key of it is handed in.
    return Credential.objects.filter(uploaded_by="")


def _removed(stray: Credential) -> bool:
    try:
        if stray.state == CredentialState.DISCARDED:
            return _deleted(stray)
        with transaction.atomic():
            return _is_still_abandoned(stray) and _deleted(stray) and _noted(stray)
    except AwsFault as fault:
        log.warning("credential.stray_stays user=%s fault=%s", stray.user_name, fault.code)
        return False


def _is_still_abandoned(stray: Credential) -> bool:
    # The same row is locked to start a run, so none begins while the user is being deleted.
    integration = Integration.objects.select_for_update().get(pk=stray.integration_id)
    is_busy = integration.runs.filter(state__in=ACTIVE).exists()
    return not is_busy and integration.credentials.filter(pk=stray.pk, state__in=UNPROVED).exists()


def _deleted(stray: Credential) -> bool:
    connection = stray.integration.connection
    if connection is None:
        return False
    integration = stray.integration
    aws = session_for(connection, integration.region, "strays", fips=wants_fips(integration.spec))
    delete_user_completely(aws, stray.user_name)
    return True


def _noted(stray: Credential) -> bool:
    stray.copies.all().delete()
    Credential.objects.filter(pk=stray.pk).update(state=CredentialState.DISCARDED)
    Resource.objects.filter(integration=stray.integration, kind=KIND, name=stray.user_name).update(
        state=ResourceState.REMOVED
    )
    audit.record(
        "provisioning:credential:discarded",
        tenant=stray.integration.tenant,
        actor="provisioning",
        target=stray.user_name,
        details={"integration": stray.integration.uid, "access_key_id": stray.access_key_id},
    )
    return True
