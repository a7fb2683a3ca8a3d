"""Changes and denials of one stream, from the history of all of Kinesis, against the emulator."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.aws import trail_stream
from portal.aws.calls import call
from portal.aws.credentials import AwsCredentials
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.aws.kinesis import create_stream
from portal.aws.permissions.denials import DenialCause, cause_in
from portal.aws.session import AwsSession
from portal.aws.trail_stream import StreamHistory, stream_history
from portal.local.ministack import MiniStack

ACCOUNT, REGION, NAME, OTHER = "480000000071", "eu-west-1", "sluice-trail", "sluice-trail-other"
ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{NAME}"


def test_changes_and_denials_of_this_stream_are_read_page_by_page(ministack_env: MiniStack) -> None:
    root = ministack_env.root(ACCOUNT, region=REGION)
    begin = datetime.now(UTC)
    for name in (NAME, OTHER):
        create_stream(root, name, mode="PROVISIONED", shard_count=1, tags={})
    user = create_user(root, "reader", path="/", tags={}, boundary_arn=None)
    made = create_access_key(root, user.name)
    key = AwsSession(region=REGION, credentials=AwsCredentials(made.access_key_id, made.secret_access_key))
    kinesis = key.client("kinesis")
    for name in (NAME, OTHER):
        with suppress(ClientError):
            kinesis.describe_stream_summary(StreamName=name)
    for _ in range(51):
        call(root, "kinesis", "DescribeStreamSummary", StreamName=NAME)
    call(root, "kinesis", "IncreaseStreamRetentionPeriod", StreamName=NAME, RetentionPeriodHours=48)

    def read(since: datetime, most_pages: int) -> StreamHistory:
        pause = partial(time.sleep, 0.6)
        return stream_history(root, NAME, ARN, since=since, most_pages=most_pages, pace=pause)

    whole = read(begin, 5)
    assert whole.is_whole
    operations = [event.operation for event in whole.events]
    assert operations[0] == "IncreaseStreamRetentionPeriod"
    assert set(operations) == {"IncreaseStreamRetentionPeriod", "DescribeStreamSummary", "CreateStream"}
    (denied,) = (event for event in whole.events if event.is_denied)
    assert (denied.operation, denied.who, denied.arn) == ("DescribeStreamSummary", "reader", user.arn)
    assert cause_in(denied.aws_text) is DenialCause.IDENTITY_POLICY
    part = read(begin, 1)
    assert (part.is_whole, [event.operation for event in part.events]) == (False, ["IncreaseStreamRetentionPeriod"])
    assert part.read_to
    assert part.read_to >= begin - timedelta(seconds=1)


def raw(**detail: Any) -> dict[str, Any]:
    given = {"userIdentity": {"arn": "arn:aws:sts::1:assumed-role/Reader/session"}, **detail}
    event = {"EventTime": datetime.now(UTC), "EventName": "PutResourcePolicy", "EventId": "e", "ReadOnly": "false"}
    return {**event, "Username": "session", "CloudTrailEvent": trail_stream.json.dumps(given)}


@pytest.mark.parametrize(
    ("detail", "is_about"),
    [
        ({"requestParameters": {"streamARN": ARN}}, True),
        ({"requestParameters": {"resourceARN": f"{ARN}/consumer/a:1"}}, True),
        ({"requestParameters": {"streamName": f"{NAME}-other"}}, False),
        ({"requestParameters": {"resourceARN": f"{ARN}-other"}}, False),
        (
            {"requestParameters": None, "errorCode": "AccessDenied", "errorMessage": f"not allowed on resource: {ARN}"},
            True,
        ),
        ({"requestParameters": None, "errorCode": "AccessDenied", "errorMessage": f"on resource: {ARN}-other."}, False),
        ({"requestParameters": "text", "userIdentity": "text"}, False),
    ],
)
def test_an_event_is_about_the_stream_that_it_names(detail: dict[str, Any], is_about: bool) -> None:
    found = trail_stream._event(raw(**detail), NAME, ARN)
    assert (found is not None) is is_about
    if found:
        assert found.who == "Reader/session"


def test_an_event_that_is_no_json_is_passed_over() -> None:
    assert trail_stream._event({**raw(), "CloudTrailEvent": "{"}, NAME, ARN) is None
