"""A vendor's sender for many integrations: puts a record with the newest key that was delivered of each, all the time.

A key is delivered once its copy was downloaded and opened; from then on no record may be rejected.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connections

from onboarding.credentials.contents import read_key
from onboarding.credentials.download import record_download
from onboarding.models.credential import Credential, SealedCopy
from onboarding.models.integration import Integration
from onboarding.models.states import CredentialState
from portal import database_scope
from portal.aws.credentials import AwsCredentials
from portal.aws.errors import AwsFault
from portal.aws.records import put_record
from portal.aws.session import AwsSession
from portal.openpgp.decrypt import decrypt
from tests.bench import estate

THREADS, LISTED_SECONDS = 16, 0.5
USABLE = [CredentialState.READY, CredentialState.IN_USE]


@dataclass
class Sent:
    """What became of the records of one integration: when each was accepted, and the code of each rejection."""

    accepted: list[float] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)

    @property
    def longest_gap(self) -> float:
        """Return the seconds between two accepted records, at most."""
        return max((after - before for before, after in zip(self.accepted, self.accepted[1:], strict=False)), default=0)


class Prober:
    """Sends until it is stopped."""

    def __init__(self, integrations: Sequence[Integration], private_key: str, stream: str) -> None:
        self.sent = {integration.pk: Sent() for integration in integrations}
        self._private_key, self._stream = private_key, stream
        self._delivered: dict[int, tuple[int, AwsSession]] = {}
        self._stopped = threading.Event()
        shares = [list(self.sent)[number::THREADS] for number in range(THREADS)]
        self._threads = [self._thread(self._follow)]
        self._threads += [self._thread(lambda share=share: self._send(share)) for share in shares]

    def start(self) -> None:
        """Open the keys that are there, then send, and follow which keys come."""
        self._deliver()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop sending."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=database_scope.carried(work))

    def _follow(self) -> None:
        try:
            while not self._stopped.wait(LISTED_SECONDS):
                self._deliver()
        finally:
            connections.close_all()

    def _deliver(self) -> None:
        rows = Credential.objects.filter(integration__in=list(self.sent), state__in=USABLE)
        for credential in rows.order_by("pk"):
            known = self._delivered.get(credential.integration_id)
            if known is None or known[0] < credential.pk:
                self._delivered[credential.integration_id] = (credential.pk, self._opened(credential))

    def _opened(self, credential: Credential) -> AwsSession:
        copy = credential.copies.get(audience=SealedCopy.Audience.CLIENT)
        key = AwsCredentials(*read_key(decrypt(copy.ciphertext, private_key=self._private_key)))
        record_download(copy=copy, actor=estate.ACTOR)
        session = AwsSession(region=estate.REGION, credentials=key)
        session.client("kinesis")
        return session

    def _send(self, share: Sequence[int]) -> None:
        while not self._stopped.is_set():
            for pk in share:
                self._put(self._delivered[pk][1], self.sent[pk])

    def _put(self, session: AwsSession, sent: Sent) -> None:
        try:
            put_record(session, self._stream, data=b"{}", partition_key="probe")
        except AwsFault as fault:
            sent.rejected.append(fault.code)
        else:
            sent.accepted.append(time.monotonic())
