"""What the sealing process answers, request by request. Here it runs in this process; test_sealer.py has the child."""

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from onboarding.credentials import new_access_key, sealer
from onboarding.credentials.contents import read_bundle
from onboarding.credentials.new_access_key import NewAccessKey
from portal.aws.iam.access_keys import access_key_ids
from portal.aws.iam.users import create_user
from portal.aws.kinesis import create_stream
from portal.aws.session import AwsSession
from portal.openpgp.decrypt import decrypt
from tests.onboarding.credentials.conftest import STREAM, Owner, client_session
from tests.onboarding.credentials.test_sealer import request as requests_of

USER = "sluice-1-1"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    """Moto's AWS in this process, with the user and the stream."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with mock_aws():
        session = client_session()
        create_user(session, USER, path="/sluice/", tags={}, boundary_arn=None)
        create_stream(session, STREAM, mode="PROVISIONED", shard_count=1, tags={})
        yield session


def parts(owners: list[Owner], **changed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two requests of a run: mint, with some members changed, and prove."""
    mint, prove, _ = (json.loads(line) for line in requests_of(owners).splitlines())
    return {**mint, **changed}, prove


def served(*requests: dict[str, Any], scratch: Path | None = None) -> list[dict[str, Any]]:
    answers = io.BytesIO()
    lines = b"".join(json.dumps(request).encode() + b"\n" for request in requests)
    sealer.serve(io.BytesIO(lines), answers, scratch=scratch)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def ids(session: AwsSession) -> list[str]:
    return [key.id for key in access_key_ids(session, USER)]


def refused(answer: dict[str, Any]) -> tuple[str, str]:
    """Kind and code of a refusal."""
    assert not answer["ok"]
    return answer["kind"], answer["message"]["code"] if answer["kind"] == "SEALING" else answer["code"]


def test_a_key_is_encrypted_to_each_recipient_and_proved(here: AwsSession, owners: list[Owner], tmp_path: Path) -> None:
    minted, proved = served(*parts(owners), scratch=tmp_path)
    assert ids(here) == [minted["public"]["access_key_id"]]
    opened = [
        read_bundle(decrypt(copy["ciphertext"], private_key=owner.private_key))["credentials.csv"]
        for owner, copy in zip(owners, minted["copies"], strict=True)
    ]
    assert opened[0] == opened[1]
    secret = opened[0].decode().split(",")[-1].strip()
    assert (len(secret), secret in json.dumps([minted, proved])) == (40, False)
    assert proved["proof"]["shard_id"].startswith("shardId-")
    assert list(tmp_path.iterdir()) == [], "GnuPG's homes"


def test_after_forget_nothing_is_answered(here: AwsSession, owners: list[Owner]) -> None:
    assert served({"op": "forget"}, *parts(owners)) == []
    assert ids(here) == []


def test_one_process_creates_one_key(here: AwsSession, owners: list[Owner]) -> None:
    mint, _ = parts(owners[:1])
    first, second = served(mint, mint)
    assert (first["ok"], refused(second)) == (True, ("SEALING", "sealing.key_exists"))
    assert ids(here) == [first["public"]["access_key_id"]]


def test_without_recipients_or_a_key_there_is_nothing_to_do(here: AwsSession, owners: list[Owner]) -> None:
    mint, prove = parts([])
    assert [refused(answer)[1] for answer in served(mint, prove)] == ["sealing.no_recipient", "sealing.no_key"]
    assert ids(here) == []


def test_an_unknown_operation_is_answered_by_the_errors_name_alone() -> None:
    (answer,) = served({"op": "wJalrXUtnFEMI"})
    assert refused(answer) == ("INTERNAL", "KeyError")
    assert "wJalr" not in answer["message"]


def test_a_user_that_iam_does_not_know_yet_is_asked_for_again(
    here: AwsSession, owners: list[Owner], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def appears(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            create_user(here, "sluice-1-2", path="/sluice/", tags={}, boundary_arn=None)

    monkeypatch.setattr(new_access_key.time, "sleep", appears)
    (minted,) = served(parts(owners[:1], user_name="sluice-1-2")[0])
    assert (minted["ok"], pauses) == (True, [0.5, 1.5])
    assert [key.id for key in access_key_ids(here, "sluice-1-2")] == [minted["public"]["access_key_id"]]


def test_a_user_that_never_appears_is_awss_refusal(
    here: AwsSession, owners: list[Owner], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(new_access_key.time, "sleep", pauses.append)
    (answer,) = served(parts(owners[:1], user_name="sluice-absent")[0])
    assert refused(answer) == ("NOT_FOUND", "NoSuchEntity")
    assert (answer["operation"], pauses) == ("iam:CreateAccessKey", [0.5, 1.5, 3, 6])


def test_another_refusal_is_not_asked_again(
    here: AwsSession, owners: list[Owner], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):  # all that a user may have
        here.client("iam").create_access_key(UserName=USER)
    before = ids(here)
    pauses: list[float] = []
    monkeypatch.setattr(new_access_key.time, "sleep", pauses.append)
    (answer,) = served(parts(owners[:1])[0])
    assert (answer["kind"], answer["operation"], pauses) == ("QUOTA", "iam:CreateAccessKey", [])
    assert ids(here) == before


def broken_gpg(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It encrypts once, for the rehearsal, and then no more.
    program, used = folder / "gpg", folder / "used"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *--encrypt*) [ -e {used} ] && exit 2; touch {used};; esac\n'
        f'exec {shutil.which("gpg")} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_key_that_could_not_be_encrypted_is_deleted_and_another_may_follow(
    here: AwsSession, owners: list[Owner], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_gpg(tmp_path, monkeypatch)
    mint, prove = parts(owners[:1])
    failed, unproved = served(mint, prove)
    assert [refused(failed)[1], refused(unproved)[1]] == ["openpgp.encryption_failed", "sealing.no_key"]
    assert ids(here) == []


def test_a_key_of_which_no_one_hears_is_deleted(here: AwsSession, owners: list[Owner]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    line = json.dumps(parts(owners[:1])[0]).encode() + b"\n"
    with os.fdopen(writer, "wb", buffering=0) as gone:
        sealer.serve(io.BytesIO(line + line), gone)
    assert ids(here) == []


def test_before_there_is_a_key_giving_up_deletes_nothing(here: AwsSession) -> None:
    there = here.client("iam").create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as gone:
        sealer.serve(io.BytesIO(b'{"op": "prove"}\n'), gone)
    assert ids(here) == [there]


@pytest.mark.parametrize("fips", [True, False])
@pytest.mark.parametrize("has_credentials", [True, False])
def test_a_session_is_that_of_the_request(
    owners: list[Owner], has_credentials: bool, fips: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPORTAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "portal")
    given = {} if has_credentials else {"credentials": None}
    session = new_access_key.session_of({**parts(owners)[0], **given, "fips": fips})
    assert (session.region, session.fips) == ("eu-west-1", fips)
    assert (session.credentials is not None) is has_credentials


@pytest.mark.parametrize("text", ["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a" * 60])
def test_what_looks_like_a_secret_is_blotted_out_of_awss_text(text: str) -> None:
    operation = sealer.Operation({}, None, None)
    answer = operation._refused("INVALID", "ValidationError", "iam:CreateAccessKey", f"<Key>{text}</Key>")
    assert answer["message"] == "<Key>…</Key>"


def test_the_held_secret_is_blotted_out_whatever_its_form() -> None:
    operation = sealer.Operation({}, None, None)
    operation._secret = NewAccessKey({**parts([])[0], "credentials": None})
    operation._secret.restore(["AKIA", "short-secret"])
    answer = operation._refused("DENIED", "AccessDenied", "kinesis:PutRecord", "with short-secret it is denied")
    assert answer["message"] == "with … it is denied"
