"""A ledger and a vault in memory, for steps that are tried without a database and without a process."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.provisioning.ledger_protocol import CredentialRecord, FenceLost, Owned
from onboarding.provisioning.plan import Plan
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.firehose import DeliveryStream
from portal.aws.iam.access_keys import create_access_key
from portal.aws.kinesis import Stream
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.messages.message import Message
from portal.openpgp.encrypt import SealedMessage

LONG_AGO = timedelta(hours=1)


@dataclass
class Rows:
    """The rows of one integration. With `lost_at`, another worker claims the run before that call is committed."""

    attempt: int = 1
    owned: dict[tuple[str, str], Owned] = field(default_factory=dict)
    why_kept: dict[tuple[str, str], Message] = field(default_factory=dict)
    known: CredentialRecord | None = None
    are_revoked: bool = False
    observed: dict[str, Stream | DeliveryStream | None] = field(default_factory=dict)
    lost_at: str = ""
    noted: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def listed(self, kind: str, name: str, arn: str = "", **more: Any) -> Owned:
        """List a resource as another worker did an hour ago, seen if there is an ARN."""
        row = Owned(kind, name, arn, datetime.now(UTC) - LONG_AGO, is_seen=bool(arn))
        self.owned[kind, name] = row = replace(row, **more)
        return row

    def intend(self, kind: str, name: str, **notes: Any) -> None:
        self.owned[kind, name] = Owned(kind, name, "", datetime.now(UTC), is_seen=False)
        self.noted[kind, name] = dict(notes)

    def intended_at(self, kind: str, name: str) -> datetime | None:
        row = self.owned.get((kind, name))
        return row.intended_at if row else None

    def present(self, kind: str, name: str, arn: str) -> None:
        if self.lost_at == "present":
            raise FenceLost(name)
        if (kind, name) not in self.owned:
            self.intend(kind, name)
        self.owned[kind, name] = replace(self.owned[kind, name], arn=arn, is_seen=True)

    def removed(self, kind: str, name: str) -> None:
        self.owned.pop((kind, name), None)

    def inventory(self, kind: str) -> Sequence[Owned]:
        now = datetime.now(UTC)
        return [replace(row, age=now - row.intended_at) for row in self.owned.values() if row.kind == kind]

    def removing(self, kind: str, name: str) -> None:
        self.owned[kind, name] = replace(self.owned[kind, name], is_going=True)

    def kept(self, kind: str, name: str, reason: Message) -> None:
        self.why_kept[kind, name] = reason

    def note(self, kind: str, name: str, **notes: Any) -> None:
        self.noted.setdefault((kind, name), {}).update(notes)

    def notes(self, kind: str, name: str) -> Mapping[str, Any]:
        return self.noted.get((kind, name), {})

    def saw_stream(self, name: str, found: Stream | None) -> None:
        self.observed[name] = found

    def saw_delivery(self, name: str, found: DeliveryStream | None) -> None:
        self.observed[name] = found

    def counted(self, what: str, **details: Any) -> None:
        raise NotImplementedError

    def revoke_credentials(self, user_names: Collection[str] | None = None) -> None:
        self.are_revoked, self.known = True, None

    def credential(self) -> CredentialRecord | None:
        return self.known

    def begin_credential(self, user_name: str) -> None:
        self.known = CredentialRecord(self.attempt, user_name, "", "intent", frozenset(), None)

    def seal_credential(self, access_key_id: str, copies: Sequence[SealedMessage]) -> None:
        assert self.known is not None
        fingerprints = frozenset(copy.fingerprint for copy in copies)
        self.known = replace(self.known, access_key_id=access_key_id, state="sealed", fingerprints=fingerprints)

    def discard_credential(self) -> None:
        self.known = None

    def credential_proved(self, receipt: PutReceipt, *, is_read: bool) -> None:
        assert self.known is not None
        self.known = replace(self.known, state="proved")


@dataclass
class OpenVault:
    """Creates the access key in this process, and gives each recipient an empty copy."""

    is_holding: bool = False
    forgotten: int = 0

    def wait_for_place(self) -> float:
        return 0.0

    def mint(self, aws: AwsSession, plan: Plan, user_name: str) -> tuple[str, tuple[SealedMessage, ...]]:
        try:
            key = create_access_key(aws, user_name)
        except AwsFault as fault:
            self.is_holding = fault.kind is FaultKind.DENIED
            raise
        self.is_holding = True
        copies = tuple(SealedMessage("", recipient.fingerprint, "", "") for recipient in plan.recipients)
        return key.access_key_id, copies

    def prove(self, *, data: bytes, partition_key: str) -> PutReceipt:
        raise NotImplementedError

    def forget(self) -> None:
        self.is_holding = False
        self.forgotten += 1
