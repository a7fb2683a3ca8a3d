import base64
import json
import os
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from onboarding.credentials.contents import read_bundle
from portal.openpgp.decrypt import decrypt
from tests.onboarding.credentials.conftest import REGION, STREAM, STREAM_ARN, Owner

ROOT = Path(__file__).resolve().parents[3]
SERVE = (
    "import logging, sys; from onboarding.credentials import sealer; sealer.harden();"
    "logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True); {extra};"
    "sealer.serve(sys.stdin.buffer, sys.stdout.buffer)"
)


def request(owners: list[Owner]) -> bytes:
    asked = {
        "op": "mint",
        "kind": "access_key",
        "credentials": {"access_key_id": "AKIAMAKER", "secret_access_key": "maker", "session_token": "token"},
        "region": REGION,
        "account_id": "123456789012",
        "user_name": "sluice-1-1",
        "stream_name": STREAM,
        "stream_arn": STREAM_ARN,
        "recipients": [
            {"fingerprint": owner.recipient.fingerprint, "certificate": owner.recipient.certificate} for owner in owners
        ],
    }
    proof = {"op": "prove", "data": base64.b64encode(b"x").decode(), "partition_key": "sluice"}
    return json.dumps(asked).encode() + b"\n" + json.dumps(proof).encode() + b"\n" + b'{"op": "forget"}\n'


def run(code: str, data: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [sys.executable, "-c", code], input=data, capture_output=True, check=False, env=env, timeout=120
    )


def secret_of(output: bytes, owner: Owner) -> str:
    answer = json.loads(output.splitlines()[0])
    assert answer["ok"], answer
    files = read_bundle(decrypt(answer["copies"][0]["ciphertext"], private_key=owner.private_key))
    return files["credentials.csv"].decode().split(",")[-1].strip()


def forms(secret: str) -> list[bytes]:
    shown = secret.encode()
    return [shown, base64.b64encode(shown), shown.hex().encode(), urllib.parse.quote(secret, safe="").encode()]


@pytest.mark.usefixtures("aws")
def test_with_everything_at_debug_the_secret_is_in_no_output_and_no_file(owners: list[Owner], tmp_path: Path) -> None:
    done = run(SERVE.format(extra="pass"), request(owners), TMPDIR=str(tmp_path))
    secret = secret_of(done.stdout, owners[0])
    assert len(secret) == 40
    assert json.loads(done.stdout.splitlines()[1])["ok"]
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [form for form in forms(secret) if form in done.stdout + done.stderr + written]


@pytest.mark.usefixtures("aws")
def test_without_the_pins_that_search_would_find_it(owners: list[Owner]) -> None:
    opened = "logging.getLogger('botocore').setLevel(logging.DEBUG)"
    done = run(SERVE.format(extra=opened), request(owners))
    assert secret_of(done.stdout, owners[0]).encode() in done.stderr


def test_neither_django_nor_celery_is_in_the_process() -> None:
    done = run("import sys, onboarding.credentials.sealer; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    modules = {name.split(".")[0] for name in done.stdout.decode().split()}
    assert {"boto3", "gnupg"} <= modules
    assert not {"django", "celery", "kombu", "psycopg", "redis"} & modules


def test_the_process_leaves_no_core_and_talks_to_no_debugger() -> None:
    done = run(
        "import ctypes, resource; from onboarding.credentials.sealer import harden; harden();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert done.stdout.split() == [b"(0,", b"0)", b"0"], done.stderr


def test_a_request_that_makes_no_sense_is_answered_without_its_contents() -> None:
    done = run(SERVE.format(extra="pass"), b'{"op": "mint", "kind": "access_key", "credentials": "wJalrXUtnFEMI"}\n')
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["kind"]) == (False, "INTERNAL")
    assert "wJalr" not in answer["message"]
