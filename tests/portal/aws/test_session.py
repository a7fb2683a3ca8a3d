"""Who the portal is to AWS, and what it keeps to itself."""

import itertools
import logging
from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.aws.session import AwsCredentials, AwsSession, assume_role, portal_session
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


def assumed(external_id: str | None = "x-1", region: str = REGION) -> AwsSession:
    return assume_role(role_arn=ROLE, external_id=external_id, session_name="run", region=region)


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


def test_no_external_id_means_none_is_sent(sts: Stubber) -> None:
    asked = {"RoleArn": ROLE, "RoleSessionName": "run", "DurationSeconds": 3600}
    sts.add_response("assume_role", answer("ASIAONEONEONEONEONE1", minutes=60), asked)
    assumed(None)


def test_sts_is_asked_in_the_region() -> None:
    assert portal_session("eu-west-1").client("sts").meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
    assert portal_session("us-east-1").client("sts").meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"


def test_sts_stays_regional_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    assert portal_session("us-east-1").client("sts").meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"


def test_another_environment_is_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    before = portal_session(REGION)
    assert portal_session(REGION) is before
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHEROTHEROTHER1")
    assert portal_session(REGION) is not before


def test_clients_are_made_once_and_as_patient_as_asked() -> None:
    aws = portal_session(REGION)
    usual, once = aws.client("iam"), aws.client("iam", single_attempt=True)
    assert aws.client("iam") is usual
    assert usual.meta.config.retries == {"mode": "standard", "total_max_attempts": 3}
    assert once.meta.config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (usual.meta.config.connect_timeout, usual.meta.config.read_timeout) == (5, 20)
    assert (once.meta.config.connect_timeout, once.meta.config.read_timeout) == (3, 10)


def test_a_session_moves_between_regions_and_back() -> None:
    ireland = portal_session("eu-west-1")
    oregon = ireland.in_region("us-west-2")
    assert oregon.client("kinesis").meta.region_name == "us-west-2"
    assert oregon.in_region("eu-west-1") is ireland


def test_buckets_are_addressed_by_path_behind_an_endpoint_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://localhost:4566")
    assert portal_session(REGION).client("s3").meta.config.s3 == {"addressing_style": "path"}


def test_credentials_never_show_their_secret() -> None:
    credentials = AwsCredentials("AKIASEENSEENSEENSEEN", SECRET, "a-session-token")
    session = AwsSession(region=REGION, credentials=credentials, account_id=CLIENT_ACCOUNT)
    for text in (repr(credentials), str(credentials), repr(session), f"{session.credentials}"):
        assert SECRET not in text
        assert "a-session-token" not in text
    assert "AKIASEENSEENSEENSEEN" in repr(credentials)


@mock_aws
def test_the_new_secret_is_not_in_the_log_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    aws = portal_session(REGION)
    create_user(aws, "sluice-vendor", path="/sluice/", tags={})
    key = create_access_key(aws, "sluice-vendor")
    logging.getLogger("sluice.test").debug("the log is on")
    assert "the log is on" in caplog.text
    assert key.secret_access_key not in caplog.text
    assert key.secret_access_key not in repr(key)


def test_all_sessions_share_one_description_of_each_service(sts: Stubber) -> None:
    loaders = []
    for key in ("AKIAIOSFODNN7SHARED1", "AKIAIOSFODNN7SHARED2"):
        session = AwsSession(region=REGION, credentials=AwsCredentials(key, SECRET))
        loaders.append(session._boto3._session.get_component("data_loader"))
    assert loaders[0] is loaders[1]
    paths = loaders[0].search_paths
    AwsSession(region=REGION, credentials=AwsCredentials("AKIAIOSFODNN7SHARED3", SECRET)).client("kinesis")
    assert loaders[0].search_paths == paths


def test_more_accounts_than_sessions_are_kept_cost_no_further_call(sts: Stubber) -> None:
    count = 40
    for number in range(count):
        sts.add_response("assume_role", answer(f"AKIAIOSFODNN7MANY{number:03}", minutes=60))
    first = [assumed(f"x-{number}") for number in range(count)]
    sts.assert_no_pending_responses()
    again = [assumed(f"x-{number}") for number in range(count)]  # a call would find no answer
    assert [session.credentials for session in again] == [session.credentials for session in first]
    assert again[0] is not first[0]
    assert assumed(f"x-{count - 1}") is again[-1]
