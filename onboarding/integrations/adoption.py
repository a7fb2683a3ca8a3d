"""Adoption of an existing stream: its confirmation by a person, and what prevents it.

A person confirms a stream by its ARN and creation time, so that a later stream with the same name is never taken for
it. The confirmation is stored in the integration's draft under its own key, and in the audit trail.
"""

from dataclasses import replace
from typing import Any

from django.db import connection as database
from django.db.models import Q
from django.utils import timezone

from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.plan_factory import arn_of
from onboarding.row_locks import lock_integration
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.change import Change
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from onboarding.spec.stream_diff import of_stream
from onboarding.spec.stream_spec import StreamSpec
from portal import database_scope, deadlocks
from portal.messages.message import Message

CONFIRMED = "adoption"


@deadlocks.atomic
def confirm(*, integration: Integration, found: ExistingStream, actor: Actor) -> None:
    """Store who confirmed the adoption of this stream, and when. Confirming it again leaves no second audit event."""
    may_act(integration.tenant)
    locked = lock_integration(integration.pk)
    before = locked.draft.get(CONFIRMED)
    if before is None or ExistingStream.of(before).identity != found.identity:
        confirmation = replace(found, by=str(actor), at=timezone.now().isoformat())
        locked.draft = {**locked.draft, CONFIRMED: confirmation.as_dict()}
        locked.save(update_fields=["draft", "changed_at"])
        details = {"arn": found.arn, "creation_timestamp": found.stream.creation_timestamp}
        record(
            "stream:adoption-confirmed",
            locked.tenant,
            actor,
            locked.name,
            about=locked,
            integration=locked.uid,
            **details,
        )
    integration.draft = locked.draft


def confirmed(integration: Integration) -> ExistingStream | None:
    """Return the stream whose adoption was confirmed last, as it was then."""
    stored = integration.draft.get(CONFIRMED)
    return ExistingStream.of(stored) if stored else None


def stored_confirmation(integration: Integration) -> dict[str, Any]:
    """Return the confirmation as part of a draft, for a draft whose other parts are replaced."""
    return {CONFIRMED: integration.draft[CONFIRMED]} if CONFIRMED in integration.draft else {}


def changes(integration: Integration, wanted: StreamSpec) -> list[Change]:
    """Return what a spec changes of the stream that it adopts, compared with the stream when it was confirmed."""
    found = confirmed(integration)
    if found is None or not _is_of(found, wanted):
        return []
    return changes_from(found, wanted)


def changes_from(found: ExistingStream, wanted: StreamSpec) -> list[Change]:
    """Return what a spec changes of an existing stream."""
    # Tags that the spec does not name stay.
    tags = {key: value for key, value in found.tags.items() if key in wanted.tags}
    return list(of_stream(replace(found.stream, tags=tags, endpoint=wanted.endpoint), wanted))


def problems(integration: Integration, spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    """Return why the stream of a spec cannot be adopted, without calling AWS. Locks the stream's name until the
    transaction ends, so that two integrations cannot adopt one stream at the same time."""
    if not spec.stream.adopt:
        return []
    arn = arn_of(spec.stream, connection)
    _lock(arn)
    if other := _other(integration, spec.stream, connection):
        if other.tenant_id != integration.tenant_id:
            return [Problem("stream.adopt", Message("adoption.taken_by_others"))]
        return [Problem("stream.adopt", Message("adoption.taken", integration=other.name))]
    rows = integration.resources.filter(kind="data stream", name=spec.stream.name)
    found = confirmed(integration)
    is_confirmed = found is not None and _is_of(found, spec.stream) and found.arn == arn
    if is_confirmed or rows.exclude(state=ResourceState.REMOVED).exists():
        return []
    return [Problem("stream.adopt", Message("adoption.not_confirmed"))]


def _other(integration: Integration, stream: StreamSpec, connection: Connection) -> Integration | None:
    over = Q(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED])
    # A self-managed plan does not prove who owns its account, so those of other tenants do not count.
    claimed = Q(state=IntegrationState.SELF_MANAGED) & ~Q(tenant=integration.tenant_id)
    rows = Integration.objects.filter(spec__stream__name=stream.name, spec__stream__region=stream.region)
    rows = rows.exclude(over).exclude(claimed)
    rows = rows.filter(connection__account_id=connection.account_id).exclude(pk=integration.pk)
    with database_scope.every_tenant("a stream is adopted once, by whichever tenant"):
        return rows.first()


def _is_of(found: ExistingStream, wanted: StreamSpec) -> bool:
    stream = found.stream
    return (stream.name, stream.region, stream.created_at) == (wanted.name, wanted.region, wanted.created_at)


def _lock(arn: str) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('adopted-stream'), hashtext(%s))", [arn])
