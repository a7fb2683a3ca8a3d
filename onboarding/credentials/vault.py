"""The vault of one engine pass: starts the sealer to create a key, and keeps it until it has proved the key."""

from onboarding.credentials.key_places import PLACES, Holder
from onboarding.credentials.sealer_client import Minted, Sealer
from onboarding.credentials.sealer_client import Recipient as SealingRecipient
from onboarding.credentials.turns import Turns
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.vault_protocol import SealerEnded
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.openpgp.encrypt import SealedMessage

# The two operations that need CPU and memory: with GnuPG 0.15 s and 20 MB to create a key, 0.05 s and 8 MB to prove it.
# More of them at once are no faster. The process of a key that waits for its creation does not exist yet. The waits and
# what they wait for fit the task's time limit (onboarding/tasks.py).
CREATIONS, PROOFS = Turns(4), Turns(4, longest=5.0)


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
        with CREATIONS.taken():
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
                with PROOFS.taken():
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
