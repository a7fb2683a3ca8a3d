"""What a step gets and what it answers. No Django here: a step is a function of a plan and an AWS account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.destination import Place
from onboarding.provisioning.polling import Pace
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.remediation import Mend
from portal.aws.kinesis import PutReceipt
from portal.aws.policies.producer import producer_policy
from portal.aws.policies.statements import Document
from portal.aws.session import AwsSession
from portal.openpgp.encrypt import SealedMessage, SealingFailed

INTEGRATION_TAG = "sluice:integration"
TENANT_TAG = "sluice:tenant"
IAM_PATH = "/sluice/"
KEY_KIND = "KMS key"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom the access key is sealed: full fingerprint and armored public certificate."""

    fingerprint: str
    certificate: str
    is_vendor: bool = False


def _no_key() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run makes, by name. Every name follows from the spec and the integration's uid.

    One thing has no name before it is made: `made_key` looks up the ARN of the KMS key that Sluice made, or "".
    """

    integration_uid: str
    tenant_slug: str
    account_id: str
    partition: str
    boundary_arn: str
    name_prefix: str
    spec: IntegrationSpec
    recipients: tuple[Recipient, ...] = ()
    portal_role_arn: str = ""
    made_key: Callable[[], str] = field(default=_no_key, compare=False, repr=False)

    @property
    def key_alias(self) -> str:
        """Return the alias of the KMS key that Sluice makes for the stream."""
        return f"alias/{self._stem}"

    @property
    def key_arn(self) -> str | None:
        """Return the ARN of the customer-managed key, or None: there is none, or it is not made yet."""
        return (self.made_key() or None) if self.spec.stream.makes_key else self.spec.stream.customer_key_arn

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags that say whose a resource is."""
        return {INTEGRATION_TAG: self.integration_uid, TENANT_TAG: self.tenant_slug, "managed-by": "sluice"}

    @property
    def stream_tags(self) -> dict[str, str]:
        """Return Sluice's tags on the data stream. On one that is adopted only those under sluice: are put, because
        somebody else may use the key managed-by there."""
        if not self.spec.stream.adopt:
            return self.tags
        return {INTEGRATION_TAG: self.integration_uid, TENANT_TAG: self.tenant_slug}

    @property
    def stream_arn(self) -> str:
        """Return the data stream's ARN."""
        return (
            f"arn:{self.partition}:kinesis:{self.spec.stream.region}:{self.account_id}:stream/{self.spec.stream.name}"
        )

    @property
    def producer_policy_name(self) -> str:
        """Return the name of the policy that the IAM user gets."""
        return self._named("producer", 110)

    @property
    def producer_policy_arn(self) -> str:
        """Return that policy's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:policy{IAM_PATH}{self.producer_policy_name}"

    def producer_policy(self, proving_user: str | None = None) -> Document:
        """Return that policy; a `proving_user` may put a record without the VPC endpoint that is demanded of others."""
        through = self.spec.stream.endpoint.demanded
        exempt = proving_user if through else None
        return producer_policy(self.stream_arn, self.key_arn, vpc_endpoint_id=through, proving_user=exempt)

    def user_name(self, attempt: int) -> str:
        """Return the IAM user's name for one attempt. The attempt is in the name so that IAM itself fences workers:
        a later attempt deletes the earlier user, and a worker that was asleep finds nothing to make a key for."""
        return self._named(str(attempt), 50)

    def firehose_role_name(self, delivery: Delivery) -> str:
        """Return the name of the role that Firehose assumes for a delivery."""
        return delivery.role_name(self.integration_uid)

    def firehose_role_arn(self, delivery: Delivery) -> str:
        """Return that role's ARN."""
        return f"arn:{self.partition}:iam::{self.account_id}:role{IAM_PATH}{self.firehose_role_name(delivery)}"

    def bucket_arn(self, bucket: str) -> str:
        """Return a bucket's ARN."""
        return f"arn:{self.partition}:s3:::{bucket}"

    def log_group_arn(self, delivery: Delivery) -> str:
        """Return the ARN of the log group for a delivery's errors."""
        place = f"{self.spec.stream.region}:{self.account_id}"
        return f"arn:{self.partition}:logs:{place}:log-group:{delivery.log_group}"

    def firehose_arn(self, delivery: Delivery) -> str:
        """Return the Firehose stream's ARN."""
        place = f"{self.spec.stream.region}:{self.account_id}"
        return f"arn:{self.partition}:firehose:{place}:deliverystream/{delivery.name}"

    def place_of(self, delivery: Delivery) -> Place:
        """Return the ARNs and names that a delivery's configuration and rights need."""
        return Place(
            region=self.spec.stream.region,
            account_id=self.account_id,
            partition=self.partition,
            role_arn=self.firehose_role_arn(delivery),
            bucket_arn=self.bucket_arn(delivery.bucket),
            log_group=delivery.log_group,
        )

    def _named(self, last: str, room: int) -> str:
        # Six digits of the uid keep two streams of one name in two Regions apart: IAM's names know no Region.
        return f"{self._stem[:room]}-{self.integration_uid[:6]}-{last}"

    @property
    def _stem(self) -> str:
        # A stream that is adopted may be named otherwise; what Sluice makes is held to the prefix all the same.
        name = self.spec.stream.name
        return name if name.startswith(self.name_prefix) else f"{self.name_prefix}{name}"[:128]


@dataclass(frozen=True, slots=True)
class Done:
    """The step's condition holds. `found` is what was there before, `did` what was changed."""

    arn: str = ""
    found: str = ""
    did: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The condition does not hold yet and will by itself: look again in so many seconds, or at AWS's usual pace."""

    retry_in: float | Pace
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as this integration left it: what, as expected, and as found.

    `mends` is what a repair does about it to the IAM user; whatever else differs is mended by the steps as they are.
    """

    what: str
    expected: str
    found: str
    mends: tuple[Mend, ...] = ()


class Refused(Exception):
    """A step that cannot go on: what happened, and what somebody has to do about it."""

    def __init__(self, what: str, todo: str, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.detail = detail


class FenceLost(Exception):
    """Another worker has taken the run over; whatever this one was about to write must not be written."""


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """What the ledger knows of the newest credential; `state` as in onboarding.states.CredentialState."""

    attempt: int
    user_name: str
    access_key_id: str
    state: str
    fingerprints: frozenset[str]
    proof: str


@dataclass(frozen=True, slots=True)
class Owned:
    """A line of the inventory: something that this integration made, or (not `is_seen`) was about to make.

    `is_going` once a removal has asked AWS to delete it; `is_adopted` when it is the client's own and was there before.
    """

    kind: str
    name: str
    arn: str
    intended_at: datetime
    is_seen: bool
    is_going: bool = False
    is_adopted: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run may remove: not the (kind, name) that are `wanted`, and nothing where the role has no right to.

    `delete_data` was said of a removal, `accept_loss` of a change that loses records. `mends` is what somebody agreed
    to in a repair, `accepted` what somebody takes as it is; a run stops at whatever else was added to the IAM user.
    """

    delete_data: bool = False
    accept_loss: bool = False
    may_delete: bool = True
    wanted: frozenset[tuple[str, str]] = frozenset()
    mends: frozenset[Mend] = frozenset()
    accepted: frozenset[Mend] = frozenset()


class Ledger(Protocol):
    """The rows a step may write. Each call is its own committed transaction, and raises FenceLost to a latecomer."""

    @property
    def attempt(self) -> int:
        """Return the fence under which this worker acts."""

    def intend(self, kind: str, name: str, **notes: Any) -> None:
        """Commit, before the call, that a resource is about to be made, with what has to be known again of it."""

    def intended_at(self, kind: str, name: str) -> datetime | None:
        """Return when this integration intended to make the resource, or None."""

    def present(self, kind: str, name: str, arn: str) -> None:
        """Commit that a resource of ours is there."""

    def removed(self, kind: str, name: str) -> None:
        """Commit that a resource of ours is gone."""

    def inventory(self, kind: str) -> Sequence[Owned]:
        """Return what of this kind was made and is not removed, oldest first."""

    def removing(self, kind: str, name: str) -> None:
        """Commit, before the call, that AWS is asked to delete a resource of ours."""

    def kept(self, kind: str, name: str, reason: str) -> None:
        """Commit why a resource of ours is left where it is."""

    def note(self, kind: str, name: str, **notes: Any) -> None:
        """Commit what has to be known again of a resource of ours, beside what is noted already."""

    def notes(self, kind: str, name: str) -> Mapping[str, Any]:
        """Return what was noted of a resource that is not removed, or nothing."""

    def counted(self, what: str, **details: Any) -> None:
        """Commit that AWS took a change of which it allows only so many in 24 hours ("stream:mode")."""

    def revoke_credentials(self) -> None:
        """Commit that no key of this integration is handed out any more."""

    def credential(self) -> CredentialRecord | None:
        """Return the newest credential that was neither discarded nor revoked."""

    def begin_credential(self, user_name: str) -> None:
        """Commit the intent to make a user of this attempt and a key for it."""

    def seal_credential(self, access_key_id: str, copies: Sequence[SealedMessage]) -> None:
        """Commit the sealed copies of the key."""

    def discard_credential(self) -> None:
        """Commit that the newest credential is gone."""

    def credential_ready(self, receipt: PutReceipt) -> None:
        """Commit that the key has put a record that was seen in the stream."""


class SealerEnded(SealingFailed):
    """The sealing process is gone, and the secret with it. Nothing is wrong with the recipients: make another."""


class Vault(Protocol):
    """The process that holds the secret. It makes the key, seals it, proves it once, and forgets it."""

    @property
    def is_holding(self) -> bool:
        """Tell whether a secret is held right now."""

    def mint(self, aws: AwsSession, plan: Plan, user_name: str) -> tuple[str, tuple[SealedMessage, ...]]:
        """Make an access key and return its id and its sealed copies. Raises AwsFault, SealingFailed."""

    def prove(self, *, data: bytes, partition_key: str) -> PutReceipt:
        """Put one record with the held key. Raises AwsFault."""

    def forget(self) -> None:
        """End the process and the secret with it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a step acts with: the plan, a session in the stream's Region, the ledger and the vault."""

    plan: Plan
    aws: AwsSession
    ledger: Ledger
    vault: Vault
    terms: Terms = Terms()


def is_ours(plan: Plan, tags: dict[str, str]) -> bool:
    """Tell whether a resource carries this integration's tag."""
    return tags.get(INTEGRATION_TAG) == plan.integration_uid


def not_ours(what: str, tags: dict[str, str]) -> Refused:
    """Return the refusal for something that exists and is not this integration's."""
    if INTEGRATION_TAG in tags:
        whose = f"It carries the tag {INTEGRATION_TAG}={tags[INTEGRATION_TAG]}, so another integration made it."
    else:
        whose = "It does not carry Sluice's tag, so somebody else made it."
    return Refused(
        f"{what} exists already and is not this integration's. {whose} Sluice changed nothing about it.",
        "Choose another name, or remove what is there if nobody needs it, and try again.",
    )
