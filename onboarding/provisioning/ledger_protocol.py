"""What a step reads and writes of an integration's rows, without knowing the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from portal.aws.firehose import DeliveryStream
from portal.aws.kinesis import Stream
from portal.aws.records import PutReceipt
from portal.messages.message import Message
from portal.openpgp.encrypt import SealedMessage

# The states of a credential whose key has put a record: its secret is needed no more.
PROVED = frozenset({"proved", "ready", "in_use"})


class FenceLost(Exception):
    """Another worker has claimed the run; nothing that this one was about to write may be written."""


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """The newest credential as the ledger holds it; `state` as in onboarding.models.states.CredentialState.

    `unused_days` is set if IAM was asked and has reported no use for two weeks.
    """

    attempt: int
    user_name: str
    access_key_id: str
    state: str
    fingerprints: frozenset[str]
    proof: Message | None
    unused_days: int | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """A line of the inventory: something that this integration created, or (not `is_seen`) was about to create.

    `is_going` once a removal has asked AWS to delete it; `is_adopted` if it is the client's own and existed before.
    `age` is the time since the intent, by the ledger's clock; None where it is not needed.
    """

    kind: str
    name: str
    arn: str
    intended_at: datetime
    is_seen: bool
    is_going: bool = False
    is_adopted: bool = False
    age: timedelta | None = None


class Ledger(Protocol):
    """The rows a step may write. Each call is its own committed transaction, and raises FenceLost once the run has
    another owner."""

    @property
    def attempt(self) -> int:
        """Return the fence under which this worker acts."""

    def intend(self, kind: str, name: str, **notes: Any) -> None:
        """Commit, before the call, that a resource is about to be created, with notes that a later step needs."""

    def intended_at(self, kind: str, name: str) -> datetime | None:
        """Return when this integration intended to create the resource, or None."""

    def present(self, kind: str, name: str, arn: str) -> None:
        """Commit that a resource of ours exists."""

    def removed(self, kind: str, name: str) -> None:
        """Commit that a resource of ours is gone."""

    def inventory(self, kind: str) -> Sequence[Owned]:
        """Return what of this kind was created and is not removed, oldest first."""

    def removing(self, kind: str, name: str) -> None:
        """Commit, before the call, that AWS is asked to delete a resource of ours."""

    def kept(self, kind: str, name: str, reason: Message) -> None:
        """Commit why a removal keeps a resource of ours."""

    def note(self, kind: str, name: str, **notes: Any) -> None:
        """Commit notes on a resource of ours, beside the existing ones."""

    def notes(self, kind: str, name: str) -> Mapping[str, Any]:
        """Return the notes on a resource that is not removed, or nothing."""

    def saw_stream(self, name: str, found: Stream | None) -> None:
        """Keep what AWS described of the data stream, with the time. Needs no claim: it is a fact, not progress."""

    def saw_delivery(self, name: str, found: DeliveryStream | None) -> None:
        """Keep what AWS described of a Firehose stream, with the time, as saw_stream does."""

    def counted(self, what: str, **details: Any) -> None:
        """Commit that AWS accepted a change that it allows only so many times in 24 hours ("stream:mode")."""

    def revoke_credentials(self, user_names: Collection[str] | None = None) -> None:
        """Commit that no key of these users, or of this integration, can be downloaded any more."""

    def offer_producer_role(self, arn: str) -> None:
        """Commit that the vendor's sender can test the role that it assumes."""

    def retire_producer_role(self) -> None:
        """Commit that the vendor's sender can no longer use the role that it assumes."""

    def credential(self) -> CredentialRecord | None:
        """Return the newest credential that was neither discarded nor revoked."""

    def begin_credential(self, user_name: str) -> None:
        """Commit the intent to create a user of this attempt and a key for it."""

    def seal_credential(self, access_key_id: str, copies: Sequence[SealedMessage]) -> None:
        """Commit the encrypted copies of the key."""

    def discard_credential(self) -> None:
        """Commit that the newest credential is deleted."""

    def credential_proved(self, receipt: PutReceipt, *, is_read: bool) -> None:
        """Commit that the key has put a record, and whether it was read back. It is ready when its run is done."""
