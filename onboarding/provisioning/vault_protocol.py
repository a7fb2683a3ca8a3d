"""The process that holds the producer's secret, as a step sees it."""

from typing import Protocol

from onboarding.provisioning.plan import Plan
from portal.aws.records import PutReceipt
from portal.aws.session import AwsSession
from portal.openpgp.encrypt import SealedMessage, SealingFailed


class SealerEnded(SealingFailed):
    """The sealing process ended, and the secret with it. The recipients are fine: another key can be created."""


class Vault(Protocol):
    """The process that holds the secret. It creates the key, encrypts it, proves it once, and forgets it."""

    @property
    def is_holding(self) -> bool:
        """Return whether a secret is held right now, or is about to be created for the user of this attempt."""

    def wait_for_place(self) -> float:
        """Take one of the worker's places for new keys, and return 0; or return in how many seconds to ask again."""

    def mint(self, aws: AwsSession, plan: Plan, user_name: str) -> tuple[str, tuple[SealedMessage, ...]]:
        """Create an access key and return its id and its encrypted copies. Raises AwsFault, SealingFailed.

        After a denial it still holds: the same user's key is created as soon as IAM knows the user everywhere.
        """

    def prove(self, *, data: bytes, partition_key: str) -> PutReceipt:
        """Put one record with the held key. Raises AwsFault."""

    def forget(self) -> None:
        """End the process and the secret with it, and give the place back."""
