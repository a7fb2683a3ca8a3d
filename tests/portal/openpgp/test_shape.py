import random
from contextlib import suppress
from pathlib import Path

import pytest

from portal.openpgp.refusals import REASONS
from portal.openpgp.shape import Unfit, shape
from tests.portal.openpgp.workshop import binary


def test_the_fingerprint_and_key_ids_are_those_of_gnupg(keypair: tuple[str, str, str]) -> None:
    found = shape(keypair[1].encode())
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
        with suppress(Unfit):
            shape(bytes(changed[: dice.randint(1, len(changed))]))
            continue
        refused.add(len(changed))
    assert refused, "not one of 500 changed certificates was refused"


def test_every_reason_says_what_to_do() -> None:
    for reason in REASONS.values():
        words = reason.words.format(detail="Something")
        assert words[0].isupper()
        assert any(
            verb in words for verb in ("xport", "ake a", "ive us", "dd one", "Paste", "try again", "What we need")
        )


def test_every_code_has_its_row_in_the_documentation() -> None:
    described = (Path(__file__).resolve().parents[3] / "docs" / "credentials.md").read_text()
    missing = {reason.code for reason in REASONS.values() if f"| `{reason.code}` |" not in described}
    assert not missing
