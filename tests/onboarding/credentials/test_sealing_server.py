"""The preloaded process and its children: who is left when one of them dies, and many secrets at once.

The secret here is a device's private key (device_key.py), which needs no AWS and is no special case anywhere.
"""

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from onboarding.credentials import sealer_client, sealing_server_client
from onboarding.credentials.sealer_client import Created, Recipient, Sealer
from onboarding.credentials.sealing_server_client import SealingServerProcess
from onboarding.provisioning.vault_protocol import SealerEnded
from portal.openpgp import homes
from portal.openpgp.certificates import inspect
from portal.openpgp.decrypt import decrypt
from portal.openpgp.generate import generate_keypair
from portal.openpgp.homes import temporary_home
from tests.onboarding.credentials.conftest import Owner
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingServerProcess]:
    monkeypatch.setattr(sealing_server_client, "MODULE", "tests.onboarding.credentials.device_key")
    found = SealingServerProcess()
    monkeypatch.setattr(sealer_client, "SERVER", found)
    yield found
    found.close()


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's homes are created: none may be left."""
    with temporary_home() as folder:
        monkeypatch.setattr(homes, "_MEMORY", folder)
        yield folder
        # The slots of checks of certificates are shared with other processes, and stay.
        assert [found.name for found in folder.iterdir() if not found.name.startswith("sluice-checks")] == []


def created(sealer: Sealer, *recipients: Recipient, device: str = "meter-1") -> Created:
    return sealer.create("device_key", {"device": device}, recipients)


def opened(copy: sealer_client.SealedMessage, owner: Owner) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(decrypt(copy.ciphertext, private_key=owner.private_key), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def below(pid: int) -> list[int]:
    """Every process below another, zombies included."""
    own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*own, *(deeper for child in own for deeper in below(child))]


def test_another_kind_of_secret_is_created_encrypted_and_proved(
    server: SealingServerProcess, owners: list[Owner], base: Path
) -> None:
    with Sealer.start() as sealer:
        found = created(sealer, *(owner.recipient for owner in owners))
        proof = sealer.use({"data": base64.b64encode(b"challenge").decode()})
    request = x509.load_pem_x509_csr(found.public["certificate_request"].encode())
    assert request.is_signature_valid
    for owner, copy in zip(owners, found.copies, strict=True):
        assert opened(copy, owner).public_key() == request.public_key()
    signature = base64.b64decode(proof["signature"])
    request.public_key().verify(signature, b"challenge", ec.ECDSA(hashes.SHA256()))
    assert set(found.public) == {"certificate_request"}


def test_each_secret_has_a_process_of_its_own_in_a_group_of_its_own(server: SealingServerProcess, base: Path) -> None:
    with Sealer.start() as sealer, Sealer.start() as other:
        pids = {sealer._child.pid, other._child.pid}
        assert len(pids) == 2
        assert {os.getpgid(pid) for pid in pids} == pids
        assert set(below(server.pid)) == pids
    assert below(server.pid) == []


def test_an_encrypting_process_leaves_no_core(server: SealingServerProcess, base: Path) -> None:
    with Sealer.start() as sealer:
        for pid in (sealer._child.pid, server.pid):
            limits = Path(f"/proc/{pid}/limits").read_text()
            assert re.search(r"Max core file size\s+0\s+0\s", limits)


def test_it_knows_neither_the_portals_secrets_nor_a_way_to_them(
    server: SealingServerProcess, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_SECRET_KEY", "of-the-portal")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-portal")
    with Sealer.start() as sealer:
        for pid in (sealer._child.pid, server.pid):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"PATH=" in environment
            assert b"of-the-portal" not in environment


def test_when_the_preloaded_process_is_killed_what_it_forked_ends_and_the_next_secret_starts_another(
    server: SealingServerProcess, owners: list[Owner], base: Path
) -> None:
    with Sealer.start() as sealer:
        created(sealer, owners[0].recipient)
        lost, before = sealer._child.pid, server.pid
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: not is_running(lost), 10, "the end of the encrypting process")
        with pytest.raises(SealerEnded):
            sealer.use({"data": ""})
    with Sealer.start() as another:
        assert created(another, owners[0].recipient).copies
        assert server.pid != before


def test_when_an_encrypting_process_is_killed_the_others_go_on(
    server: SealingServerProcess, owners: list[Owner], base: Path
) -> None:
    with Sealer.start() as sealer, Sealer.start() as other:
        os.kill(sealer._child.pid, signal.SIGKILL)
        with pytest.raises(SealerEnded):
            created(sealer, owners[0].recipient)
        assert created(other, owners[0].recipient).copies


def test_a_stopped_one_is_ended_after_its_time(
    server: SealingServerProcess, owners: list[Owner], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer_client, "MINT_SECONDS", 0.2)
    with Sealer.start() as sealer:
        os.kill(sealer._child.pid, signal.SIGSTOP)
        with pytest.raises(SealerEnded):
            created(sealer, owners[0].recipient)
        assert below(server.pid) == []


def test_a_forked_process_of_the_portal_has_a_server_of_its_own(server: SealingServerProcess, base: Path) -> None:
    with Sealer.start() as sealer:
        child = os.fork()
        if child == 0:
            server.leave()
            os._exit(0 if server.pid == 0 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert is_running(sealer._child.pid)
        assert below(server.pid) == [sealer._child.pid]


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)", "sys.exit()"])
def test_with_its_worker_everything_ends(base: Path, how: str) -> None:
    code = (
        "import os, sys; from pathlib import Path; from portal.openpgp import homes;"
        f"homes._MEMORY = Path({str(base)!r}); from onboarding.credentials.sealer_client import SERVER, Sealer;"
        f"sealer = Sealer.start(); print(SERVER.pid, sealer._child.pid, flush=True); {how}"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, env=environment, timeout=60)
    pids = [int(pid) for pid in ended.stdout.split()]
    assert len(pids) == 2, ended.stderr
    wait_for(lambda: not any(is_running(pid) for pid in pids), 10, "their end")
    wait_for(lambda: not list(base.iterdir()), 10, "the end of the homes")


@pytest.mark.parametrize(
    ("secrets", "tenants"), [(6, 3), pytest.param(200, 20, marks=pytest.mark.audit)], ids=["6", "200"]
)
def test_many_secrets_on_sixteen_threads_reach_their_own_recipients_alone(
    server: SealingServerProcess, base: Path, secrets: int, tenants: int
) -> None:
    clients = [_owner(f"Tenant {number} <keys@tenant-{number}.example>") for number in range(tenants)]

    def one_secret(number: int) -> tuple[int, Created]:
        with Sealer.start() as sealer:
            return number, created(sealer, clients[number % tenants].recipient, device=f"meter-{number}")

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(one_secret, range(secrets)))
    assert below(server.pid) == [], "neither a process nor a zombie, an agent of GnuPG included"
    for number, secret in found:
        (own,) = secret.copies
        assert (own.fingerprint, own.key_id) == _addressed(clients[number % tenants])
    keys = [opened(secret.copies[0], clients[number % tenants]) for number, secret in found[:: max(1, secrets // 20)]]
    assert len({key.private_numbers().private_value for key in keys}) == len(keys)


def _owner(user_id: str) -> Owner:
    certificate, private_key = generate_keypair(user_id)
    found = inspect(certificate)
    return Owner(Recipient(found.fingerprint, found.armored), private_key)


def _addressed(owner: Owner) -> tuple[str, str]:
    found = inspect(owner.recipient.certificate)
    return found.fingerprint, found.encryption_key_id
