"""The vault of one engine pass: starts the sealer to create a key, and keeps it until it has proved the key."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from onboarding.credentials.key_places import PLACES, Holder
from onboarding.credentials.sealer_client import Minted, Sealer
from onboarding.credentials.sealer_client import Recipient as SealingRecipient
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.vault_protocol import SealerEnded
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.openpgp.encrypt import SealedMessage

# Creation is the one operation that needs CPU and memory, 0.15 s and 20 MB with GnuPG: more at once are no faster. The
# process of one that waits for its turn does not exist yet. It goes without a turn rather than wait for longer: an AWS
# that does not answer some tenants must not stop the others.
CREATED_AT_ONCE = 4
LONGEST_WAIT_SECONDS = 5
_creating = threading.BoundedSemaphore(CREATED_AT_ONCE)


@contextmanager
def turn_to_create() -> Iterator[bool]:
    """Wait for a turn to create a secret, for at most five seconds; yield whether there was one."""
    has_turn = _creating.acquire(timeout=LONGEST_WAIT_SECONDS)
    try:
        yield has_turn
    finally:
        if has_turn:
            _creating.release()


class SealerVault:
    """onboarding.provisioning.vault_protocol.Vault, around a process of its own. The secret never enters this one.

    Without a `holder` it creates no key.
    """

    def __init__(self, holder: Holder | None = None) -> None:
        self._holder = holder
        self._sealer: Sealer | None = None
        self._receipt: PutReceipt | None = None

    @property
    def is_holding(self) -> bool:
        """Return whether a secret is held right now, or is about to be created for the user of this attempt."""
        return self._sealer is not None

    def wait_for_place(self) -> float:
        """Take one of the worker's places for new keys, and return 0; or return in how many seconds to ask again."""
        if self._holder is None:
            raise RuntimeError("no holder")
        return PLACES.take(self._holder)

    def mint(self, aws: AwsSession, plan: Plan, user_name: str) -> tuple[str, tuple[SealedMessage, ...]]:
        """Create an access key and return its id and its encrypted copies. Raises AwsFault, SealingFailed.

        After a denial it still holds: the same user's key is created as soon as IAM knows the user everywhere.
        """
        self._end()
        with turn_to_create():
            self._sealer = sealer = Sealer.start(region=aws.region)
            try:
                minted = _minted_by(sealer, aws, plan, user_name)
            except BaseException as error:
                if not (isinstance(error, AwsFault) and error.kind is FaultKind.DENIED):
                    self.forget()
                raise
        return minted.access_key_id, minted.copies

    def prove(self, *, data: bytes, partition_key: str) -> PutReceipt:
        """Put one record with the held key, once however often this is called. Raises AwsFault, SealerEnded."""
        if self._sealer is None:
            raise RuntimeError("The vault holds no key.")
        if self._receipt is None:
            try:
                self._receipt = self._sealer.prove(data, partition_key)
            except SealerEnded:
                self.forget()
                raise
        return self._receipt

    def forget(self) -> None:
        """End the process and the secret with it, and give the place back."""
        self._end()
        if self._holder is not None:
            PLACES.leave(self._holder)

    def _end(self) -> None:
        if self._sealer is not None:
            self._sealer.close()
        self._sealer, self._receipt = None, None


def _minted_by(sealer: Sealer, aws: AwsSession, plan: Plan, user_name: str) -> Minted:
    return sealer.mint(
        aws,
        user_name=user_name,
        stream_name=plan.spec.stream.name,
        stream_arn=plan.stream_arn,
        endpoint=plan.spec.stream.endpoint.profile,
        recipients=[SealingRecipient(to.fingerprint, to.certificate, to.wants_mail) for to in plan.recipients],
    )
