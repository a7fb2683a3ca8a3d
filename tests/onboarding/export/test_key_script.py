"""The script that makes the access key: run with real gpg against an AWS that enforces IAM."""

import json
import subprocess
from pathlib import Path

import pytest

from onboarding.export.key_script import key_script
from portal.aws.iam.access_keys import access_key_ids
from portal.local.ministack import MiniStack
from portal.openpgp.certificates import inspect
from portal.openpgp.decrypt import decrypt
from portal.openpgp.generate import generate_keypair
from tests.onboarding.export.conftest import REAL_CLI, STAND_IN

USER = "sluice-sensors-5f0c2d-1"


@pytest.fixture(scope="module")
def vendor() -> tuple[str, str]:
    return generate_keypair("Sensor network delivery <delivery@vendor.example>")


def run(certificate: str, shell: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    script = key_script(USER, inspect(certificate), account_id=shell["AWS_ACCESS_KEY_ID"])
    return subprocess.run(
        ["bash", "-c", script], env=shell, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("shell", [STAND_IN, pytest.param(REAL_CLI, marks=pytest.mark.audit)], indirect=True)
def test_the_key_reaches_the_vendor_and_nothing_else(
    ministack_env: MiniStack, shell: dict[str, str], account: str, tmp_path: Path, vendor: tuple[str, str]
) -> None:
    root = ministack_env.root(account)
    root.client("iam").create_user(UserName=USER, Path="/sluice/")
    done = run(vendor[0], shell, tmp_path)
    assert done.returncode == 0, done.stderr
    message = (tmp_path / f"{USER}-key.json.asc").read_text()
    key = json.loads(decrypt(message, private_key=vendor[1]))["AccessKey"]
    assert [active.id for active in access_key_ids(root, USER)] == [key["AccessKeyId"]]
    secret = key["SecretAccessKey"]
    assert secret not in done.stdout + done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []
    assert list((tmp_path / "tmp").iterdir()) == [], "the folder of the vendor's key is gone"

    again = run(vendor[0], shell, tmp_path)
    assert (again.returncode, "already exists" in again.stderr) == (1, True)
    (tmp_path / f"{USER}-key.json.asc").unlink()
    again = run(vendor[0], shell, tmp_path)
    assert (again.returncode, "already has 1 access key(s)" in again.stderr) == (1, True)
    assert len(access_key_ids(root, USER)) == 1


def test_without_a_user_no_file_is_left(shell: dict[str, str], tmp_path: Path, vendor: tuple[str, str]) -> None:
    done = run(vendor[0], shell, tmp_path)
    assert done.returncode != 0
    assert not (tmp_path / f"{USER}-key.json.asc").exists()


def test_a_key_that_cannot_be_encrypted_to_is_noticed_before_a_key_is_made(
    ministack_env: MiniStack, shell: dict[str, str], account: str, tmp_path: Path, vendor: tuple[str, str]
) -> None:
    ministack_env.root(account).client("iam").create_user(UserName=USER, Path="/sluice/")
    certificate = inspect(vendor[0])
    script = key_script(USER, certificate, account_id=account).replace(
        f"vendor={certificate.fingerprint}", "vendor=" + "0" * 40
    )
    done = subprocess.run(
        ["bash", "-c", script], env=shell, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, "No key was created" in done.stderr) == (1, True)
    assert access_key_ids(ministack_env.root(account), USER) == []


def test_nothing_is_made_in_another_account(shell: dict[str, str], tmp_path: Path, vendor: tuple[str, str]) -> None:
    script = key_script(USER, inspect(vendor[0]), account_id="111122223333")
    done = subprocess.run(
        ["bash", "-c", script], env=shell, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, "not 111122223333. Nothing was changed." in done.stderr) == (1, True)
    assert not (tmp_path / f"{USER}-key.json.asc").exists()
