import random
from contextlib import suppress
from pathlib import Path

import pytest

from portal.messages.openpgp import ENTRIES
from portal.openpgp.certificate_structure import read_structure
from portal.openpgp.refusals import CertificateRefused
from tests.portal.openpgp.workshop import binary

NOT_A_REFUSAL = (
    *(f"openpgp.{name}" for name in ("brainpool", "expires_soon", "fingerprint_", "recipient_", "encryption_failed")),
    *(f"openpgp.{name}" for name in ("wrong_recipient", "ciphertext_unreadable", "wrongly_addressed", "gnupg_missing")),
)


def test_the_fingerprint_and_key_ids_are_those_of_gnupg(keypair: tuple[str, str, str]) -> None:
    found = read_structure(keypair[1].encode())
    assert found.primary.fingerprint == keypair[0]
    assert found.primary.key_id == keypair[0][-16:]
    assert len(found.keys) == 2


@pytest.mark.parametrize("seed", range(5))
def test_changed_bytes_never_cause_anything_but_a_reasoned_refusal(keypair: tuple[str, str, str], seed: int) -> None:
    dice = random.Random(seed)
    good = binary(keypair[1])
    refused = set()
    for _ in range(500):
        changed = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        with suppress(CertificateRefused):
            read_structure(bytes(changed[: dice.randint(1, len(changed))]))
            continue
        refused.add(len(changed))
    assert refused, "not one of 500 changed certificates was refused"


def test_every_refusal_is_described() -> None:
    described = (Path(__file__).resolve().parents[3] / "docs" / "credentials.md").read_text()
    codes = [code for code, entry in ENTRIES.items() if entry.todo and not code.startswith(NOT_A_REFUSAL)]
    assert [code for code in codes if f"| `{code}` |" not in described] == []
