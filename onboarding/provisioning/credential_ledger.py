"""The rows of access keys behind a step: each call one transaction that first checks that this worker owns the run."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from django.db.models.functions import Now

from onboarding import vendor_feed
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.mail_copy import MailCopy
from onboarding.models.resource import Resource
from onboarding.models.states import CredentialState
from onboarding.provisioning.claims import Claim
from onboarding.provisioning.fenced_rows import FencedRows
from onboarding.provisioning.ledger_protocol import CredentialRecord
from onboarding.provisioning.steps.test_record import proof
from portal.aws.records import PutReceipt
from portal.messages.message import Message
from portal.openpgp.encrypt import SealedMessage

WITHOUT_KEY = (CredentialState.DISCARDED, CredentialState.REVOKED, CredentialState.ROTATED)


class CredentialLedger(FencedRows):
    """The access keys of an integration: their ids and encrypted copies, never a secret.

    With `only_own`, of a run that creates a key beside another, it sees the keys of this run alone.
    """

    def __init__(
        self, claim: Claim, integration: Integration, *, vendor_fingerprint: str, only_own: bool = False
    ) -> None:
        super().__init__(claim, integration)
        self._vendor = vendor_fingerprint
        self._only_own = only_own

    @property
    def attempt(self) -> int:
        """Return the number in the attempt's user name: run and fence, never used twice."""
        return self._claim.run_id * 100_000 + self._claim.fence

    def revoke_credentials(self, user_names: Collection[str] | None = None) -> None:
        """Commit that no key of these users, or of all, can be downloaded any more; downloads of proved keys stay."""
        with self._fenced():
            rows = self._integration.credentials.exclude(state__in=WITHOUT_KEY)
            for row in rows if user_names is None else rows.filter(user_name__in=user_names):
                proved = row.state in {CredentialState.READY, CredentialState.IN_USE, CredentialState.INACTIVE}
                row.state = CredentialState.REVOKED if proved else CredentialState.DISCARDED
                row.save(update_fields=["state"])
                if proved:
                    vendor_feed.publish(vendor_feed.Kind.REVOKED, self._integration, credential=row)
                else:
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
            proof=_proof(row),
            unused_days=row.unused_days(self._claim.clock.now()),
        )

    def begin_credential(self, user_name: str) -> None:
        """Commit the intent to create a user of this attempt and a key for it."""
        with self._fenced():
            Resource.objects.get_or_create(integration=self._integration, kind="IAM user", name=user_name)
            Credential.objects.create(
                integration=self._integration,
                run_id=self._claim.run_id,
                attempt=self.attempt,
                user_name=user_name,
            )

    def seal_credential(self, access_key_id: str, copies: Sequence[SealedMessage]) -> None:
        """Commit the encrypted copies of the key."""
        with self._fenced():
            row = self._of_this_attempt()
            row.access_key_id, row.state, row.sealed_at = access_key_id, CredentialState.SEALED, Now()
            row.save(update_fields=["access_key_id", "state", "sealed_at"])
            rows = SealedCopy.objects.bulk_create(self._copy(row, copy) for copy in copies)
            mailed = [(row, copy.mail) for row, copy in zip(rows, copies, strict=True) if copy.mail]
            MailCopy.objects.bulk_create(MailCopy(copy=row, ciphertext=mail) for row, mail in mailed)
            self._audit("sealed", access_key_id, {"recipients": [copy.fingerprint for copy in copies]})

    def discard_credential(self) -> None:
        """Commit that the newest credential is deleted, and its encrypted copies with it."""
        with self._fenced():
            if row := self._newest():
                row.copies.all().delete()
                row.state = CredentialState.DISCARDED
                row.save(update_fields=["state"])
                self._audit("discarded", row.user_name, {"access_key_id": row.access_key_id})

    def credential_proved(self, receipt: PutReceipt, *, is_read: bool) -> None:
        """Commit that the key has put a record, and whether it was read back. It is ready when its run is done."""
        proof = {**asdict(receipt), "is_read": is_read}
        with self._fenced():
            row = self._newest()
            if row is not None:
                row.state, row.proof = CredentialState.PROVED, proof
                row.save(update_fields=["state", "proof"])
                self._audit("proven", row.access_key_id, proof)

    def _newest(self) -> Credential | None:
        # A key that a rotation made inactive belongs to the rotation alone.
        rows = self._integration.credentials.exclude(state__in=[*WITHOUT_KEY, CredentialState.INACTIVE])
        return (rows.filter(run=self._claim.run_id) if self._only_own else rows).order_by("-pk").first()

    def _of_this_attempt(self) -> Credential:
        return self._integration.credentials.get(attempt=self.attempt, state=CredentialState.INTENT)

    def _copy(self, row: Credential, message: SealedMessage) -> SealedCopy:
        is_vendor = message.fingerprint == self._vendor
        return SealedCopy(
            credential=row,
            audience=SealedCopy.Audience.VENDOR if is_vendor else SealedCopy.Audience.CLIENT,
            fingerprint=message.fingerprint,
            key_id=message.key_id,
            ciphertext=message.ciphertext,
            sha256=message.sha256,
            file_name=message.file_name,
        )

    def _audit(self, verb: str, target: str, details: dict[str, object]) -> None:
        self._record(f"provisioning:credential:{verb}", target, details)


def _proof(row: Credential) -> Message | None:
    kept = row.proof
    return proof(kept["shard_id"], kept["sequence_number"], is_read=kept.get("is_read", True)) if kept else None
