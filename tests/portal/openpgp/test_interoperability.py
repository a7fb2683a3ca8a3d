"""What Sluice encrypts is opened, byte for byte, by every program that a recipient may have."""

from functools import cache

import pytest

from onboarding.credentials.contents import bundle
from onboarding.credentials.key_files import KeyFacts
from onboarding.credentials.mail_entity import mail_entity
from portal.openpgp.certificates import inspect
from portal.openpgp.encrypt import encrypt
from tests.portal.openpgp.corpus import NIST, RSA
from tests.portal.openpgp.other_programs import IN_THE_ENVIRONMENT, OPENS
from tests.portal.openpgp.workshop import ED25519, Workshop

ALGORITHMS = {"Ed25519": ED25519, "P-256": NIST.format("nistp256"), "RSA 4096": RSA.format(4096)}
# An archive of an access key, its mail, and every byte once: no program may change a line ending or an encoding.
ARCHIVE = bundle(
    KeyFacts(
        access_key_id="AKIAEXAMPLE",
        secret="s/+=",
        user_name="sluice-u",
        stream_name="sluice",
        stream_arn="arn:aws:x",
        region="eu-west-1",
    )
)
CONTENTS = {
    "an archive": ARCHIVE,
    "a mail": mail_entity(ARCHIVE, file_name="sluice-access-key.zip"),
    "every byte": bytes(range(256)) * 40 + b"\r\n\n\r",
}
BY_OTHERS = [name for name in OPENS if name not in IN_THE_ENVIRONMENT]


class Recipients:
    """A key pair of each algorithm, and one message for it of each content."""

    def __init__(self, workshop: Workshop) -> None:
        self.private_key = cache(lambda name: workshop.private(self._fingerprint(name)))
        self._fingerprint = cache(lambda name: workshop.make(ALGORITHMS[name], name=name))
        self._workshop = workshop
        self.message = cache(self._message)

    def _message(self, name: str, content: str) -> str:
        found = inspect(self._workshop.public(self._fingerprint(name)))
        return encrypt(CONTENTS[content], certificate=found.armored, fingerprint=found.fingerprint).ciphertext


@pytest.fixture(scope="module")
def recipients(workshop: Workshop) -> Recipients:
    return Recipients(workshop)


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
@pytest.mark.parametrize("program", IN_THE_ENVIRONMENT)
def test_the_programs_of_the_tests_open_it(recipients: Recipients, program: str, algorithm: str) -> None:
    opened = OPENS[program](recipients.message(algorithm, "every byte"), recipients.private_key(algorithm))
    assert opened == CONTENTS["every byte"]


@pytest.mark.audit
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("program", OPENS)
def test_every_program_opens_it(recipients: Recipients, program: str, algorithm: str, content: str) -> None:
    opened = OPENS[program](recipients.message(algorithm, content), recipients.private_key(algorithm))
    assert opened == CONTENTS[content]


@pytest.mark.audit
@pytest.mark.parametrize("program", OPENS)
def test_no_program_opens_what_is_for_another(recipients: Recipients, program: str) -> None:
    with pytest.raises(Exception, match=r"."):
        OPENS[program](recipients.message("Ed25519", "an archive"), recipients.private_key("P-256"))
