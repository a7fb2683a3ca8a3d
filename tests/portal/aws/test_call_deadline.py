"""After its deadline a task begins no call to AWS."""

import threading

import pytest
from moto import mock_aws

from portal.aws import call_deadline
from portal.aws.call_deadline import DeadlinePassed, calls_begin_within
from portal.aws.credentials import AwsCredentials
from portal.aws.session import AwsSession


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return AwsSession(region="eu-west-1", credentials=AwsCredentials("a", "b"), account_id="123456789012")


def test_a_call_begins_before_the_deadline_and_none_after_it(session: AwsSession) -> None:
    with mock_aws():
        client = session.client("kinesis")
        with calls_begin_within(30):
            client.list_streams()
        with calls_begin_within(-1), pytest.raises(DeadlinePassed):
            client.list_streams()
        client.list_streams()


def test_a_deadline_is_of_its_block_and_its_thread() -> None:
    found: list[float | None] = []
    with calls_begin_within(30):
        thread = threading.Thread(target=lambda: found.append(call_deadline.seconds_left()))
        thread.start()
        thread.join(10)
        with calls_begin_within(-1), pytest.raises(DeadlinePassed):
            call_deadline.check()
        call_deadline.check()
    assert found == [None]
    assert call_deadline.seconds_left() is None
