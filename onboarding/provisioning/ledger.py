"""The rows behind a step: each call one transaction that first makes sure that this worker still has the run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState, ResourceState
from onboarding.models.stream_update import StreamUpdate
from onboarding.provisioning.adopted_stream import is_noted
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.context import CredentialRecord, Owned
from portal.aws.kinesis import PutReceipt
from portal.openpgp.encrypt import SealedMessage
from portal.tenancy import audit

GONE = (CredentialState.DISCARDED, CredentialState.REVOKED)


class DatabaseLedger:
    """onboarding.provisioning.context.Ledger, kept in PostgreSQL."""

    def __init__(self, claim: Claim, integration: Integration, *, vendor_fingerprint: str) -> None:
        self._claim = claim
        self._integration = integration
        self._vendor = vendor_fingerprint

    @property
    def attempt(self) -> int:
        """Return the number that the attempt's user name carries: run and fence, never used twice."""
        return self._claim.run_id * 100_000 + self._claim.fence

    def intend(self, kind: str, name: str, **notes: Any) -> None:
        """Commit, before the call, that a resource is about to be made, with what has to be known again of it."""
        with self._fenced():
            Resource.objects.update_or_create(
                integration=self._integration,
                kind=kind,
                name=name,
                defaults={
                    "state": ResourceState.INTENDED,
                    "arn": "",
                    "intended_at": timezone.now(),
                    "present_at": None,
                    "notes": notes,
                },
            )

    def intended_at(self, kind: str, name: str) -> datetime | None:
        """Return when this integration intended to make the resource, or None."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
        return rows.exclude(state=ResourceState.REMOVED).values_list("intended_at", flat=True).first()

    def present(self, kind: str, name: str, arn: str) -> None:
        """Commit that a resource of ours is there."""
        with self._fenced():
            row, _ = Resource.objects.get_or_create(integration=self._integration, kind=kind, name=name)
            if (row.state, row.arn, row.kept) != (ResourceState.PRESENT, arn, ""):
                row.state, row.arn, row.present_at, row.kept = ResourceState.PRESENT, arn, timezone.now(), ""
                row.save(update_fields=["state", "arn", "present_at", "kept"])

    def removed(self, kind: str, name: str) -> None:
        """Commit that a resource of ours is gone."""
        with self._fenced():
            Resource.objects.filter(integration=self._integration, kind=kind, name=name).update(
                state=ResourceState.REMOVED, kept=""
            )

    def inventory(self, kind: str) -> list[Owned]:
        """Return what of this kind was made and is not removed, oldest first."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind).exclude(state=ResourceState.REMOVED)
        return [
            Owned(
                row.kind,
                row.name,
                row.arn,
                row.intended_at,
                is_seen=row.state != ResourceState.INTENDED,
                is_going=row.state == ResourceState.REMOVING,
                is_adopted=is_noted(row.notes),
            )
            for row in rows.order_by("pk")
        ]

    def removing(self, kind: str, name: str) -> None:
        """Commit, before the call, that AWS is asked to delete a resource of ours."""
        with self._fenced():
            Resource.objects.filter(integration=self._integration, kind=kind, name=name).update(
                state=ResourceState.REMOVING, kept=""
            )

    def kept(self, kind: str, name: str, reason: str) -> None:
        """Commit why a resource of ours is left where it is."""
        with self._fenced():
            rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
            rows.filter(state=ResourceState.REMOVING).update(state=ResourceState.PRESENT)
            rows.update(kept=reason)

    def note(self, kind: str, name: str, **notes: Any) -> None:
        """Commit what has to be known again of a resource of ours, beside what is noted already."""
        with self._fenced():
            row, _ = Resource.objects.get_or_create(integration=self._integration, kind=kind, name=name)
            if row.notes != (noted := {**row.notes, **notes}):
                row.notes = noted
                row.save(update_fields=["notes"])

    def notes(self, kind: str, name: str) -> dict[str, Any]:
        """Return what was noted of a resource that is not removed, or nothing."""
        rows = Resource.objects.filter(integration=self._integration, kind=kind, name=name)
        return rows.exclude(state=ResourceState.REMOVED).values_list("notes", flat=True).first() or {}

    def counted(self, what: str, **details: Any) -> None:
        """Commit that AWS took a change of which it allows only so many in 24 hours ("stream:mode")."""
        with self._fenced():
            StreamUpdate.objects.create(integration=self._integration, setting=what.removeprefix("stream:"))
            self._record(f"provisioning:{what}", self._integration.stream_name, details)

    def revoke_credentials(self) -> None:
        """Commit that no key of this integration is handed out any more; the receipts of proved keys stay."""
        with self._fenced():
            for row in self._integration.credentials.exclude(state__in=GONE):
                proved = row.state in {CredentialState.READY, CredentialState.IN_USE}
                row.state = CredentialState.REVOKED if proved else CredentialState.DISCARDED
                row.save(update_fields=["state"])
                if not proved:
                    row.copies.all().delete()
                self._audit(row.state, row.access_key_id or row.user_name, {"user_name": row.user_name})

    def credential(self) -> CredentialRecord | None:
        """Return the newest credential that was neither discarded nor revoked."""
        row = self._newest()
        if row is None:
            return None
        return CredentialRecord(
            attempt=row.attempt,
            user_name=row.user_name,
            access_key_id=row.access_key_id,
            state=row.state,
            fingerprints=frozenset(row.copies.values_list("fingerprint", flat=True)),
            proof=f"seen in {row.proof.get('shard_id')} as {row.proof.get('sequence_number')}" if row.proof else "",
        )

    def begin_credential(self, user_name: str) -> None:
        """Commit the intent to make a user of this attempt and a key for it."""
        with self._fenced():
            Resource.objects.get_or_create(integration=self._integration, kind="IAM user", name=user_name)
            Credential.objects.create(
                integration=self._integration,
                run_id=self._claim.run_id,
                attempt=self.attempt,
                user_name=user_name,
            )

    def seal_credential(self, access_key_id: str, copies: Sequence[SealedMessage]) -> None:
        """Commit the sealed copies of the key."""
        with self._fenced():
            row = self._of_this_attempt()
            row.access_key_id, row.state, row.sealed_at = access_key_id, CredentialState.SEALED, timezone.now()
            row.save(update_fields=["access_key_id", "state", "sealed_at"])
            SealedCopy.objects.bulk_create(self._copy(row, copy) for copy in copies)
            self._audit("sealed", access_key_id, {"recipients": [copy.fingerprint for copy in copies]})

    def discard_credential(self) -> None:
        """Commit that the newest credential is gone, and its sealed copies with it."""
        with self._fenced():
            if row := self._newest():
                row.copies.all().delete()
                row.state = CredentialState.DISCARDED
                row.save(update_fields=["state"])
                self._audit("discarded", row.user_name, {"access_key_id": row.access_key_id})

    def credential_ready(self, receipt: PutReceipt) -> None:
        """Commit that the key has put a record that was seen in the stream."""
        with self._fenced():
            row = self._newest()
            if row is not None:
                row.state, row.ready_at, row.proof = CredentialState.READY, timezone.now(), asdict(receipt)
                row.save(update_fields=["state", "ready_at", "proof"])
                self._audit("proven", row.access_key_id, asdict(receipt))

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        with transaction.atomic():
            self._claim.hold()
            yield

    def _newest(self) -> Credential | None:
        return self._integration.credentials.exclude(state__in=GONE).order_by("-pk").first()

    def _of_this_attempt(self) -> Credential:
        return self._integration.credentials.get(attempt=self.attempt, state=CredentialState.INTENT)

    def _copy(self, row: Credential, sealed: SealedMessage) -> SealedCopy:
        is_vendor = sealed.fingerprint == self._vendor
        return SealedCopy(
            credential=row,
            audience=SealedCopy.Audience.VENDOR if is_vendor else SealedCopy.Audience.CLIENT,
            fingerprint=sealed.fingerprint,
            key_id=sealed.key_id,
            ciphertext=sealed.ciphertext,
            sha256=sealed.sha256,
        )

    def _audit(self, verb: str, target: str, details: dict[str, object]) -> None:
        self._record(f"provisioning:credential:{verb}", target, details)

    def _record(self, action: str, target: str, details: dict[str, object]) -> None:
        audit.record(
            action,
            tenant=self._integration.tenant,
            actor="provisioning",
            target=target,
            details={"integration": self._integration.uid, **details},
        )
