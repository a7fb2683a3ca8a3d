"""Every certificate of Debian's keyring packages, as `make audit` installs them: real keys of a thousand people."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pysequoia
import pytest

from onboarding.offline_keys.key_files import InspectsKeys
from portal.openpgp.certificates import inspect
from portal.openpgp.check_slots import SLOTS
from portal.openpgp.encrypt import encrypt
from portal.openpgp.packets import Tag, packets
from tests.architecture.tree import ROOT

KEYRINGS = ROOT / "var" / "debian-keyrings"
NAMES = ("debian-keyring", "debian-maintainers", "debian-nonupload", "debian-role-keys", "debian-archive-keyring")
SLOWEST_SECONDS = 3.0
pytestmark = pytest.mark.audit


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("keys")
    found = []
    for number, certificate in enumerate(_certificates()):
        found.append(folder / f"{number}.pgp")
        found[-1].write_bytes(certificate)
    return found


def _certificates() -> Iterator[bytes]:
    for name in NAMES:
        whole = list(packets((KEYRINGS / f"{name}.gpg").read_bytes(), most=10_000_000))
        starts = [number for number, packet in enumerate(whole) if packet.tag == Tag.PUBLIC_KEY]
        for start, end in zip(starts, [*starts[1:], len(whole)], strict=True):
            yield b"".join(packet.raw for packet in whole[start:end])


def _timed(file: Path) -> tuple[float, dict]:
    started = time.monotonic()
    [entry] = InspectsKeys().do_inspect({"files": [str(file)]})["files"]
    return time.monotonic() - started, entry


def test_each_gets_a_verdict_in_time_and_both_programs_encrypt_to_what_is_accepted(files: list[Path]) -> None:
    with ThreadPoolExecutor(SLOTS) as pool:
        timed = list(pool.map(_timed, files))
    reasons = Counter(entry["reason"]["code"] if entry["reason"] else "accepted" for _, entry in timed)
    print(json.dumps(dict(reasons.most_common())), f"slowest {max(seconds for seconds, _ in timed):.2f} s")
    assert len(files) > 1_000
    assert reasons["accepted"] > 100, "of the keys of 2022 fewer are valid each year"
    assert {entry["verdict"] for _, entry in timed} == {"accepted", "refused"}
    assert not {"openpgp.unreadable", "openpgp.private_key", "openpgp.private_stub"} & reasons.keys()
    assert [(entry["file"], seconds) for seconds, entry in timed if seconds > SLOWEST_SECONDS] == []
    accepted = [Path(entry["file"]) for _, entry in timed if entry["verdict"] == "accepted"]
    with ThreadPoolExecutor(SLOTS) as pool:
        assert [file for file, is_fine in pool.map(_both_encrypt, accepted) if not is_fine] == []


def _both_encrypt(file: Path) -> tuple[Path, bool]:
    certificate = inspect(file.read_bytes())
    sealed = encrypt(b"audit", certificate=certificate.armored, fingerprint=certificate.fingerprint)
    message = pysequoia.encrypt(b"audit", [pysequoia.Cert.from_bytes(certificate.armored.encode())])
    return file, sealed.key_id == certificate.encryption_key_id and bool(message)
