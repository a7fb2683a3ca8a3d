"""The rows of resources behind a step: each call one transaction that first checks that this worker owns the run."""

from datetime import datetime
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from onboarding.account_state import observations
from onboarding.models.resource import Resource
from onboarding.models.states import ResourceState
from onboarding.models.stream_update import StreamUpdate
from onboarding.provisioning.adopted_stream import is_noted
from onboarding.provisioning.fenced_rows import FencedRows
from onboarding.provisioning.ledger_protocol import Owned
from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream
from portal.messages.message import Message


class ResourceLedger(FencedRows):
    """What an integration created in the client's account, or is about to create."""

    def intend(self, kind: str, name: str, **notes: Any) -> None:
        """Commit, before the call, that a resource is about to be created, with notes that a later step needs."""
        row = Resource(
            integration=self._integration,
            kind=kind,
            name=name,
            state=ResourceState.INTENDED,
            arn="",
            intended_at=Now(),
            present_at=None,
            notes=notes,
        )
        changed = ("state", "arn", "intended_at", "present_at", "notes")
        with self._fenced():
            Resource.objects.bulk_create(
                [row], update_conflicts=True, unique_fields=["integration", "kind", "name"], update_fields=changed
            )

    def intended_at(self, kind: str, name: str) -> datetime | None:
        """Return when this integration intended to create the resource, or None."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
        return rows.exclude(state=ResourceState.REMOVED).values_list("intended_at", flat=True).first()

    def present(self, kind: str, name: str, arn: str) -> None:
        """Commit that a resource of ours exists."""
        with self._fenced():
            row, _ = Resource.objects.get_or_create(integration=self._integration, kind=kind, name=name)
            if (row.state, row.arn, row.kept) != (ResourceState.PRESENT, arn, None):
                row.state, row.arn, row.present_at, row.kept = ResourceState.PRESENT, arn, Now(), None
                row.save(update_fields=["state", "arn", "present_at", "kept"])

    def removed(self, kind: str, name: str) -> None:
        """Commit that a resource of ours is gone."""
        with self._fenced():
            Resource.objects.filter(integration=self._integration, kind=kind, name=name).update(
                state=ResourceState.REMOVED, kept=None
            )

    def inventory(self, kind: str) -> list[Owned]:
        """Return what of this kind was created and is not removed, oldest first."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind).exclude(state=ResourceState.REMOVED)
        rows = rows.annotate(age=ExpressionWrapper(Now() - F("intended_at"), output_field=DurationField()))
        return [
            Owned(
                row.kind,
                row.name,
                row.arn,
                row.intended_at,
                is_seen=row.state != ResourceState.INTENDED,
                is_going=row.state == ResourceState.REMOVING,
                is_adopted=is_noted(row.notes),
                age=row.age,
            )
            for row in rows.order_by("pk")
        ]

    def removing(self, kind: str, name: str) -> None:
        """Commit, before the call, that AWS is asked to delete a resource of ours."""
        with self._fenced():
            Resource.objects.filter(integration=self._integration, kind=kind, name=name).update(
                state=ResourceState.REMOVING, kept=None
            )

    def kept(self, kind: str, name: str, reason: Message) -> None:
        """Commit why a removal keeps a resource of ours."""
        with self._fenced():
            rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
            rows.filter(state=ResourceState.REMOVING).update(state=ResourceState.PRESENT)
            rows.update(kept=reason)

    def note(self, kind: str, name: str, **notes: Any) -> None:
        """Commit notes on a resource of ours, beside the existing ones."""
        with self._fenced():
            row, _ = Resource.objects.get_or_create(integration=self._integration, kind=kind, name=name)
            if row.notes != (noted := {**row.notes, **notes}):
                row.notes = noted
                row.save(update_fields=["notes"])

    def notes(self, kind: str, name: str) -> dict[str, Any]:
        """Return the notes on a resource that is not removed, or nothing."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
        return rows.exclude(state=ResourceState.REMOVED).values_list("notes", flat=True).first() or {}

    def saw_stream(self, name: str, found: Stream | None) -> None:
        """Keep what AWS described of the data stream, with the time. Needs no claim: it is a fact, not progress."""
        observations.keep_stream(self._integration.pk, name, found, seen_at=self._claim.clock.now())

    def saw_delivery(self, name: str, found: DeliveryStream | None) -> None:
        """Keep what AWS described of a Firehose stream, with the time, as saw_stream does."""
        observations.keep_delivery(self._integration.pk, name, found, seen_at=self._claim.clock.now())

    def counted(self, what: str, **details: Any) -> None:
        """Commit that AWS accepted a change that it allows only so many times in 24 hours ("stream:mode")."""
        with self._fenced():
            StreamUpdate.objects.create(integration=self._integration, setting=what.removeprefix("stream:"))
            self._record(f"provisioning:{what}", self._integration.stream_name, details)
