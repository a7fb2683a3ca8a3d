"""Removes IAM users that nobody will ever use: what a run left when AWS refused its clean-up, and what came too late.

1. A key that was never proved, of an integration where no run is at work any more: its secret is gone for good.
2. A user of a discarded attempt, looked for once more: AWS believes in "no such user" only after some minutes, and a
   worker that overslept may have made the user after its successor had looked.

No one can use either: a user gets its policy only after its key was sealed, the secret has ended with the process that
held it, and no encrypted copy of it could ever be downloaded.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from onboarding.connections.sessions import session_for
from onboarding.models.credential import Credential
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState, ResourceState
from onboarding.provisioning.claims import ACTIVE
from onboarding.provisioning.steps.access_key import KIND
from onboarding.row_locks import lock_integration
from onboarding.spec.endpoint import wants_fips
from portal import database_scope, deadlocks
from portal.aws.errors import AwsFault
from portal.aws.iam.users import delete_user_completely
from portal.tenancy import audit

log = logging.getLogger(__name__)

PROPAGATED = timedelta(minutes=5)
WATCHED = timedelta(minutes=30)
UNPROVED = (CredentialState.INTENT, CredentialState.SEALED)


def remove_orphaned_keys() -> int:
    """Delete the users that are left over; return of how many attempts. A fault of AWS is logged and tried again."""
    with database_scope.every_tenant("the schedule finds every orphaned key"):
        orphans = [*_abandoned(), *_discarded()]
    return sum(_removed_of_tenant(orphan) for orphan in orphans)


def _abandoned() -> Iterable[Credential]:
    old = _created_here().filter(state__in=UNPROVED, created_at__lt=Now() - PROPAGATED)
    return old.exclude(integration__runs__state__in=ACTIVE).select_related("integration__connection")


def _discarded() -> Iterable[Credential]:
    discarded = _created_here().filter(state=CredentialState.DISCARDED)
    recent = discarded.filter(created_at__range=(Now() - WATCHED, Now() - PROPAGATED))
    return recent.select_related("integration__connection")


def _created_here() -> QuerySet[Credential]:
    # The user of a key that was handed in is its owner's, and lives on when another key of it is handed in.
    return Credential.objects.filter(uploaded_by="")


def _removed_of_tenant(orphan: Credential) -> bool:
    with database_scope.of_tenant(orphan.integration.tenant_id):
        return _removed(orphan)


def _removed(orphan: Credential) -> bool:
    try:
        if orphan.state == CredentialState.DISCARDED:
            return _deleted(orphan)
        return _is_still_abandoned(orphan) and _deleted(orphan) and _noted(orphan)
    except AwsFault as fault:
        log.warning("credential.orphan_not_removed user=%s fault=%s", orphan.user_name, fault.code)
        return False


def _is_still_abandoned(orphan: Credential) -> bool:
    # No row is locked until the user is deleted. A run that begins meanwhile deletes this same user, whose secret is
    # gone for good, and creates one of another name.
    rows = Credential.objects.filter(pk=orphan.pk, state__in=UNPROVED)
    return rows.exclude(integration__runs__state__in=ACTIVE).exists()


def _deleted(orphan: Credential) -> bool:
    connection = orphan.integration.connection
    if connection is None:
        return False
    integration = orphan.integration
    aws = session_for(
        connection, integration.region, f"orphaned-keys-{integration.uid}", fips=wants_fips(integration.spec)
    )
    delete_user_completely(aws, orphan.user_name)
    return True


@deadlocks.atomic
def _noted(orphan: Credential) -> bool:
    lock_integration(orphan.integration_id)
    if not Credential.objects.filter(pk=orphan.pk, state__in=UNPROVED).update(state=CredentialState.DISCARDED):
        return False  # a run has noted it
    orphan.copies.all().delete()
    Resource.objects.filter(integration=orphan.integration, kind=KIND, name=orphan.user_name).update(
        state=ResourceState.REMOVED
    )
    audit.record(
        "provisioning:credential:discarded",
        tenant=orphan.integration.tenant,
        actor="provisioning",
        target=orphan.user_name,
        about=orphan,
        details={"integration": orphan.integration.uid, "access_key_id": orphan.access_key_id},
    )
    return True
