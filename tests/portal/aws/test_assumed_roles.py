"""Sessions of roles: assumed once while they last."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from portal.aws import assumed_roles
from portal.aws.assumed_roles import assume_role
from portal.aws.botocore_sessions import aws_environment
from portal.aws.session import AwsSession, portal_session
from tests.portal.aws.conftest import CLIENT_ACCOUNT, REGION

ROLE = f"arn:aws:iam::{CLIENT_ACCOUNT}:role/SluiceAccess"


SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"


_turns = itertools.count()


def answer(key: str, *, minutes: int) -> dict[str, object]:
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": SECRET,
            "SessionToken": "token",
            "Expiration": datetime.now(UTC) + timedelta(minutes=minutes),
        },
        "AssumedRoleUser": {"AssumedRoleId": f"{key}:run", "Arn": f"arn:aws:sts::{CLIENT_ACCOUNT}:assumed-role/S/run"},
    }


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    monkeypatch.setenv("AWS_PROFILE_OF_THIS_TEST", str(next(_turns)))  # a new environment keeps no session
    stub = Stubber(portal_session(REGION).client("sts"))
    stub.activate()
    return stub


def assumed(external_id: str | None = "x-1", region: str = REGION, *, name: str = "run", **more: Any) -> AwsSession:
    return assume_role(role_arn=ROLE, external_id=external_id, session_name=name, region=region, **more)


def test_a_session_is_kept_while_it_lasts(sts: Stubber) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "run", "DurationSeconds": 3600, "ExternalId": "x-1"}
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60), asked)
    first = assumed()
    assert assumed() is first
    assert first.account_id == CLIENT_ACCOUNT
    sts.assert_no_pending_responses()


def test_a_session_is_renewed_ten_minutes_before_it_ends(sts: Stubber) -> None:
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=9))
    sts.add_response("assume_role", answer("ASIATWOTWOTWOTWOTWO2", minutes=60))
    assert assumed().credentials != assumed().credentials
    sts.assert_no_pending_responses()


def test_sessions_of_different_external_ids_are_different(sts: Stubber) -> None:
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60))
    sts.add_response("assume_role", answer("ASIATWOTWOTWOTWOTWO2", minutes=60))
    assert assumed("x-1") is not assumed("x-2")


def test_a_session_is_not_used_under_another_name(sts: Stubber) -> None:
    asked = {"RoleArn": ROLE, "DurationSeconds": 3600, "ExternalId": "x-1"}
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60), asked | {"RoleSessionName": "metrics"})
    sts.add_response("assume_role", answer("ASIATWOTWOTWOTWOTWO2", minutes=60), asked | {"RoleSessionName": "run-1"})
    assert assumed(name="metrics").credentials != assumed(name="run-1").credentials
    sts.assert_no_pending_responses()


def test_a_session_is_not_used_with_another_session_policy(sts: Stubber) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "run", "DurationSeconds": 3600, "ExternalId": "x-1"}
    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    text = json.dumps(narrow, separators=(",", ":"))
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60), asked)
    sts.add_response("assume_role", answer("ASIATWOTWOTWOTWOTWO2", minutes=60), asked | {"Policy": text})
    assert assumed().credentials != assumed(policy=narrow).credentials
    assert assumed(policy=narrow) is assumed(policy=dict(narrow))
    sts.assert_no_pending_responses()


def test_identities_that_have_expired_are_not_kept(sts: Stubber) -> None:
    for number in range(3):
        sts.add_response("assume_role", answer(f"AKIAIOSFODNN7RUN{number:04}", minutes=9))
    for number in range(3):
        assumed(name=f"run-{number}")
    assert len(assumed_roles._assumed(aws_environment())) == 1, "the one of the last run, which is not replaced yet"


def test_no_external_id_means_none_is_sent(sts: Stubber) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "run", "DurationSeconds": 3600}
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60), asked)
    assumed(None)


def test_more_accounts_than_sessions_are_kept_cost_no_further_call(sts: Stubber) -> None:
    count = 100
    for number in range(count):
        sts.add_response("assume_role", answer(f"AKIAIOSFODNN7MANY{number:03}", minutes=60))
    first = [assumed(f"x-{number}") for number in range(count)]
    sts.assert_no_pending_responses()
    again = [assumed(f"x-{number}") for number in range(count)]  # a call would find no answer
    assert [session.credentials for session in again] == [session.credentials for session in first]
    assert again[0] is not first[0]
    assert assumed(f"x-{count - 1}") is again[-1]
