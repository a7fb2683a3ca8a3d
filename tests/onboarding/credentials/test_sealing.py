import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from onboarding.credentials import sealer_client, sealing_server_client
from onboarding.credentials.contents import read_bundle
from onboarding.credentials.sealer_client import Minted, Recipient, Sealer, SealingFailed
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.iam.access_keys import access_key_ids
from portal.aws.iam.managed_policies import create_policy
from portal.aws.iam.users import attach_user_policy, create_user
from portal.aws.kinesis import create_stream
from portal.aws.policies.producer import producer_policy
from portal.aws.records import get_records
from portal.aws.session import AwsSession
from portal.aws.shards import list_shards, shard_iterator
from portal.local.ministack import MiniStack
from portal.openpgp import homes
from portal.openpgp.decrypt import decrypt
from portal.openpgp.homes import temporary_home
from tests.onboarding.credentials.conftest import STREAM, STREAM_ARN, Owner, client_session

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
ANSWER = (
    "<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><UserName>sluice-1-1</UserName>"
    f"<AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>"
)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Where this test's homes are made: none may be left.
    with temporary_home() as folder:
        monkeypatch.setattr(homes, "_MEMORY", folder)
        yield folder
        assert list(folder.iterdir()) == []


def mint(sealer: Sealer, aws: AwsSession, recipients: list[Recipient], user_name: str = "sluice-1-1") -> Minted:
    return sealer.mint(aws, user_name=user_name, stream_name=STREAM, stream_arn=STREAM_ARN, recipients=recipients)


def test_each_recipient_opens_a_copy_and_the_key_puts_a_record(
    aws: AwsSession, owners: list[Owner], base: Path
) -> None:
    with Sealer.start() as sealer:
        minted = mint(sealer, aws, [owner.recipient for owner in owners])
        receipt = sealer.prove(b'{"test": true}', "sluice")
    assert [key.id for key in access_key_ids(aws, "sluice-1-1")] == [minted.access_key_id]
    for owner, copy in zip(owners, minted.copies, strict=True):
        assert copy.fingerprint == owner.recipient.fingerprint
        files = read_bundle(decrypt(copy.ciphertext, private_key=owner.private_key))
        assert minted.access_key_id.encode() in files["credentials.csv"]
        assert f"[{STREAM}]".encode() in files["profile"]
    (shard,) = list_shards(aws, STREAM)
    iterator = shard_iterator(aws, STREAM, shard.shard_id, kind="TRIM_HORIZON")
    (record,) = get_records(aws, iterator, shard.shard_id).records
    assert (record.data, record.sequence_number) == (b'{"test": true}', receipt.sequence_number)


def test_where_iam_is_enforced_the_new_key_may_do_nothing_until_it_is_granted(
    ministack_env: MiniStack, owners: list[Owner]
) -> None:
    client = ministack_env.root("111122223333", region="eu-west-1")
    stream_arn = f"arn:aws:kinesis:eu-west-1:111122223333:stream/{STREAM}"
    create_stream(client, STREAM, mode="PROVISIONED", shard_count=1, tags={})
    create_user(client, "sluice-sealing", path="/sluice/", tags={}, boundary_arn=None)
    policy = create_policy(client, "sluice-sealing", path="/sluice/", document=producer_policy(stream_arn), tags={})
    with Sealer.start() as sealer:
        sealer.mint(
            client,
            user_name="sluice-sealing",
            stream_name=STREAM,
            stream_arn=stream_arn,
            recipients=[owners[0].recipient],
        )
        with pytest.raises(AwsFault) as fault:
            sealer.prove(b"x", "sluice")
        assert fault.value.kind is FaultKind.DENIED
        attach_user_policy(client, "sluice-sealing", policy)
        assert sealer.prove(b"x", "sluice").shard_id.startswith("shardId-")


@pytest.mark.parametrize("certificate", ["", "words"])
def test_a_recipient_that_cannot_receive_costs_no_access_key(
    aws: AwsSession, owners: list[Owner], certificate: str, base: Path
) -> None:
    broken = Recipient(owners[1].recipient.fingerprint, certificate)
    with Sealer.start() as sealer, pytest.raises(SealingFailed, match="recipient_unreadable"):
        mint(sealer, aws, [owners[0].recipient, broken])
    assert access_key_ids(aws, "sluice-1-1") == []


def test_without_recipients_nothing_is_made(aws: AwsSession) -> None:
    with Sealer.start() as sealer, pytest.raises(SealingFailed, match="no_recipient"):
        mint(sealer, aws, [])
    assert access_key_ids(aws, "sluice-1-1") == []


def test_a_key_that_could_not_be_sealed_is_deleted(
    aws: AwsSession, owners: list[Owner], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: Path
) -> None:
    # A gpg that encrypts once, for the rehearsal, and then no more.
    genuine, used = shutil.which("gpg"), tmp_path / "used"
    program = tmp_path / "gpg"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *--encrypt*) [ -e {used} ] && exit 2; touch {used};; esac\nexec {genuine} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with Sealer.start() as sealer:
        with pytest.raises(SealingFailed, match="encryption_failed"):
            mint(sealer, aws, [owners[0].recipient])
        with pytest.raises(SealingFailed, match="no_key"):
            sealer.prove(b"x", "sluice")
    assert used.exists()
    assert access_key_ids(aws, "sluice-1-1") == []


def test_awss_refusal_comes_back_in_awss_words(aws: AwsSession, owners: list[Owner], base: Path) -> None:
    with Sealer.start() as sealer, pytest.raises(AwsFault) as fault:
        mint(sealer, aws, [owners[0].recipient], user_name="sluice-absent")
    assert (fault.value.kind, fault.value.operation) == (FaultKind.NOT_FOUND, "iam:CreateAccessKey")
    assert "sluice-absent" in fault.value.aws_text


def test_one_process_makes_one_key(aws: AwsSession, owners: list[Owner]) -> None:
    with Sealer.start() as sealer:
        mint(sealer, aws, [owners[0].recipient])
        with pytest.raises(SealingFailed, match="key_exists"):
            mint(sealer, aws, [owners[0].recipient])
    assert len(access_key_ids(aws, "sluice-1-1")) == 1


def test_an_answer_cut_short_shows_the_secret_to_nobody(
    owners: list[Owner], monkeypatch: pytest.MonkeyPatch, base: Path
) -> None:
    # botocore quotes what it could not parse; that is the secret.
    with _endpoint(monkeypatch, status=200, body=ANSWER) as seen, Sealer.start() as sealer:
        with pytest.raises(AwsFault) as fault:
            mint(sealer, client_session(), [owners[0].recipient])
        assert seen == ["POST"]
    assert fault.value.kind is FaultKind.INTERNAL
    assert SECRET not in repr(fault.value) + str(fault.value) + fault.value.aws_text


@pytest.mark.parametrize("status", [500, 503, 0])
def test_create_access_key_is_sent_once_whatever_happens(
    owners: list[Owner], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with _endpoint(monkeypatch, status=status, body="") as seen, Sealer.start() as sealer:
        with pytest.raises(AwsFault):
            mint(sealer, client_session(), [owners[0].recipient])
        assert seen == ["POST"]


def test_a_process_that_hangs_is_ended_with_all_it_started(
    owners: list[Owner], monkeypatch: pytest.MonkeyPatch, base: Path
) -> None:
    monkeypatch.setattr(sealer_client, "MINT_SECONDS", 1.5)
    started = time.monotonic()
    with _endpoint(monkeypatch, status=-1, body=""), Sealer.start() as sealer:
        with pytest.raises(SealingFailed, match=r"sealing\.ended"):
            mint(sealer, client_session(), [owners[0].recipient])
        with pytest.raises(SealingFailed, match=r"sealing\.ended"):
            sealer.prove(b"x", "sluice")
    assert time.monotonic() - started < 15


def test_closing_twice_is_fine_and_leaves_nothing(base: Path) -> None:
    sealer = Sealer.start()
    sealer.close()
    sealer.close()
    with pytest.raises(SealingFailed, match=r"sealing\.ended"):
        sealer.prove(b"x", "sluice")


def test_a_killed_worker_leaves_neither_process_nor_directory(base: Path) -> None:
    code = (
        "import os; from pathlib import Path; from portal.openpgp import homes;"
        f"homes._MEMORY = Path({str(base)!r}); from onboarding.credentials.sealer_client import Sealer;"
        "sealer = Sealer.start(); os.kill(os.getpid(), 9)"
    )
    root = Path(__file__).resolve().parents[3]
    killed = subprocess.run(
        [sys.executable, "-c", code], check=False, env=os.environ | {"PYTHONPATH": str(root)}, timeout=120
    )
    assert killed.returncode == -9
    deadline = time.monotonic() + 10
    while list(base.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(base.iterdir()) == []


def test_the_process_gets_what_it_needs_and_no_secret_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [
        *("SLUICE_SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "HOME"),
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"),
        *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "BOTO_CONFIG"),
    ]
    needed = ["AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "HTTPS_PROXY", "SSL_CERT_FILE", "PATH"]
    passed = sealing_server_client.environment({name: f"value of {name}" for name in (*secrets, *needed)})
    assert not {f"value of {name}" for name in secrets} & set(passed.values())
    assert [passed[name] for name in needed] == [f"value of {name}" for name in needed]


def test_botocore_finds_no_credentials_in_that_environment(tmp_path: Path) -> None:
    own = tmp_path / "credentials"
    own.write_text("[default]\naws_access_key_id = AKIAPORTAL\naws_secret_access_key = s3cret\n")
    environment = sealing_server_client.environment(
        {**os.environ, "AWS_SHARED_CREDENTIALS_FILE": str(own), "AWS_ACCESS_KEY_ID": "AKIAPORTAL"}
    )
    code = "import botocore.session; print(botocore.session.Session().get_credentials())"
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout == "None\n"


@contextmanager
def _endpoint(monkeypatch: pytest.MonkeyPatch, *, status: int, body: str) -> Iterator[list[str]]:
    # An AWS that misbehaves: status 0 drops the connection, -1 never answers.
    seen: list[str] = []
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append("POST")
            if status == -1:
                done.wait(20)
            if status > 0:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    try:
        yield seen
    finally:
        done.set()
        server.shutdown()
        thread.join(20)
        server.server_close()
