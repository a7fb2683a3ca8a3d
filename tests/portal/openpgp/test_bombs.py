"""A bomb is answered at a bounded cost, with its own refusal, by a worker that goes on with the next upload."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from portal.openpgp.private_keys import private_key_refusal
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.uploaded_certificates import certificates_in
from tests.portal.openpgp.bombs import BOMBS
from tests.portal.openpgp.corpus import ACCEPTED, REFUSED, Corpus
from tests.portal.openpgp.test_cases import RIGHT
from tests.portal.openpgp.test_foreign_cases import MANIFEST
from tests.portal.openpgp.workshop import binary

MOST_CPU_SECONDS, MOST_KIB = 3.0, 256 * 1024
Check = Callable[[bytes], dict[str, float | str]]


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    """Check an upload by a worker, which is the same for every test."""
    command = [sys.executable, "-m", "tests.portal.openpgp.bomb_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin
        assert worker.stdout

        def answered(blob: bytes) -> dict[str, float | str]:
            worker.stdin.write(base64.b64encode(blob) + b"\n")
            worker.stdin.flush()
            return json.loads(worker.stdout.readline())

        yield answered
        worker.stdin.close()


@pytest.mark.sampled(10, rest="audit")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_the_worker_lives(check: Check, corpus: Corpus, name: str) -> None:
    good = binary(str(corpus.blobs["ed25519"]))
    make, code = BOMBS[name]
    answer = check(make(good))
    assert answer["found"] == (f"openpgp.{code}" if code else corpus.fingerprints["ed25519"])
    assert answer["cpu"] <= MOST_CPU_SECONDS
    assert answer["memory"] <= MOST_KIB
    if name == next(iter(BOMBS)):
        assert check(good)["found"] == corpus.fingerprints["ed25519"]


LONG = {
    "blank lines before a key": lambda size: b"\n" * size + b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
    "a line of dashes": lambda size: b"-" * size,
    "escaped dashes": lambda size: b"%2d" * (size // 3),
}


@pytest.mark.parametrize("name", LONG)
def test_twice_the_text_takes_no_four_times_as_long(name: str) -> None:
    """Read in the web process, before any limit: 20 KB of blank lines took 5 s, and 400 KB half an hour."""
    before = time.process_time()
    blob = LONG[name](400_000)
    private_key_refusal(blob)
    with pytest.raises(CertificateRefused):
        certificates_in(blob)
    assert time.process_time() - before < MOST_CPU_SECONDS


def test_the_corpus_has_every_program_and_at_least_eighty_uploads() -> None:
    programs = {name.partition("-")[0] for name in MANIFEST}
    assert programs == {"sq", "sqop", "gosop", "rnp", "js", "pgpy"}
    assert len(BOMBS) + len(ACCEPTED) + len(REFUSED) + len(RIGHT) + len(MANIFEST) >= 80
