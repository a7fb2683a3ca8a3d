"""Who the portal is to AWS, and what it keeps to itself."""

import logging
from concurrent.futures import ThreadPoolExecutor

import botocore.session
import pytest
from moto import mock_aws

from portal.aws.credentials import AwsCredentials
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.aws.session import AwsSession, portal_session
from tests.portal.aws.conftest import CLIENT_ACCOUNT, REGION

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"


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


def signed_url(aws: AwsSession) -> str:
    """A URL that shows whose credentials it was signed with."""
    return str(aws.client("sts").generate_presigned_url("get_caller_identity"))


def test_identities_share_one_session_of_botocore_and_keep_their_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = botocore.session.Session.__init__
    monkeypatch.setattr(botocore.session.Session, "__init__", lambda *args: made.append(original(*args)))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://nowhere.example")  # another environment than of any other test
    names = [f"AKIAIOSFODNN7SHARED{number}" for number in range(8)]
    sessions = [AwsSession(region=REGION, credentials=AwsCredentials(name, SECRET, f"token-{name}")) for name in names]
    with ThreadPoolExecutor(len(names)) as threads:
        signed = list(
            threads.map(lambda aws: aws.client("sts").generate_presigned_url("get_caller_identity"), sessions)
        )
    for name, url in zip(names, signed, strict=True):
        assert [other for other in names if other in url] == [name]
        assert f"X-Amz-Security-Token=token-{name}" in url
    assert len(made) == 1


def test_an_identity_without_a_token_is_not_signed_with_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00001")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-environment")
    user = AwsSession(region=REGION, credentials=AwsCredentials("AKIAIOSFODNN7EXAMPLE", SECRET))
    url = signed_url(user)
    assert "AKIAIOSFODNN7EXAMPLE" in url
    assert "AKIAENVIRONMENT00001" not in url
    assert "X-Amz-Security-Token" not in url
    assert "AKIAENVIRONMENT00001" in signed_url(portal_session(REGION))
