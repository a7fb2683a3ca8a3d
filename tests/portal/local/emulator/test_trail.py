"""CloudTrail in the emulator: management events by access key, and the rules of LookupEvents."""

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from portal.aws.credentials import AwsCredentials
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.aws.session import AwsSession
from portal.aws.trail import GLOBAL_REGION
from portal.local.ministack import MiniStack
from tests.played_address import coming_from
from tests.waiting import wait_for

REGION, USER = "eu-west-1", "producer"
_numbers = itertools.count(470000000000)


@pytest.fixture
def root(ministack_env: MiniStack) -> AwsSession:
    return ministack_env.root(str(next(_numbers)), region=REGION)


@pytest.fixture
def key(root: AwsSession) -> AwsSession:
    """An access key without any permission."""
    create_user(root, USER, path="/", tags={}, boundary_arn=None)
    made = create_access_key(root, USER)
    return AwsSession(region=REGION, credentials=AwsCredentials(made.access_key_id, made.secret_access_key))


def lookup(aws: AwsSession, *, attempts: bool = True, **request: Any) -> dict[str, Any]:
    """The answer of LookupEvents; a call that is throttled is made again, unless only one attempt is wanted."""
    client = aws.client("cloudtrail", single_attempt=True)
    found: list[dict[str, Any]] = []

    def answered() -> bool:
        try:
            found.append(client.lookup_events(**request))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ThrottlingException" or not attempts:
                raise
        return bool(found)

    wait_for(answered)
    return found[0]


def by_key(key: AwsSession) -> list[dict[str, str]]:
    return [{"AttributeKey": "AccessKeyId", "AttributeValue": key.credentials.access_key_id}]


def call(key: AwsSession, address: str) -> None:
    """A call that IAM denies, from an address."""
    with suppress(ClientError):
        coming_from(key, address).client("kinesis").list_streams()


def test_it_records_who_called_what_from_where_and_the_result(root: AwsSession, key: AwsSession) -> None:
    call(key, "8.8.8.8")
    root.client("kinesis").create_stream(StreamName="sensors", ShardCount=1)
    with suppress(ClientError):
        key.client("kinesis").put_record(StreamName="sensors", Data=b"{}", PartitionKey="a")
    [event] = lookup(root, LookupAttributes=by_key(key))["Events"]
    assert (event["EventName"], event["EventSource"], event["Username"]) == (
        "ListStreams",
        "kinesis.amazonaws.com",
        USER,
    )
    detail = json.loads(event["CloudTrailEvent"])
    assert (detail["sourceIPAddress"], detail["errorCode"], detail["awsRegion"], detail["readOnly"]) == (
        "8.8.8.8",
        "AccessDeniedException",
        REGION,
        True,
    )
    assert detail["userIdentity"]["type"] == "IAMUser"
    [created] = lookup(root, LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}])["Events"]
    assert created["EventName"] == "CreateStream"
    assert "errorCode" not in json.loads(created["CloudTrailEvent"])


def test_each_region_has_its_own_events_and_global_services_are_in_one(root: AwsSession, key: AwsSession) -> None:
    with suppress(ClientError):
        key.client("iam").list_users()
    key.client("sts").get_caller_identity()
    names = [
        [event["EventName"] for event in lookup(root.in_region(region), LookupAttributes=by_key(key))["Events"]]
        for region in (REGION, GLOBAL_REGION, "eu-central-1")
    ]
    assert names == [["GetCallerIdentity"], ["ListUsers"], []]


def test_a_request_that_aws_does_not_authenticate_is_in_no_history(root: AwsSession, key: AwsSession) -> None:
    stranger = AwsSession(region=REGION, credentials=AwsCredentials(key.credentials.access_key_id, "nonsense"))
    with pytest.raises(ClientError, match="signature"):
        stranger.client("kinesis").list_streams()
    assert lookup(root, LookupAttributes=by_key(key))["Events"] == []


def test_pages_are_newest_first_and_stay_where_they_are(root: AwsSession, key: AwsSession) -> None:
    for number in range(5):
        call(key, f"8.8.8.{number}")
    request = {"LookupAttributes": by_key(key), "MaxResults": 2}
    first = lookup(root, **request)
    call(key, "8.8.8.9")

    def following() -> Iterator[dict[str, Any]]:
        page = first
        while "NextToken" in page:
            yield (page := lookup(root, **request, NextToken=page["NextToken"]))

    events = [event for page in [first, *following()] for event in page["Events"]]
    assert [json.loads(event["CloudTrailEvent"])["sourceIPAddress"] for event in events] == [
        f"8.8.8.{number}" for number in (4, 3, 2, 1, 0)
    ]
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        lookup(root, LookupAttributes=by_key(key), StartTime=1, NextToken=first["NextToken"])


def test_what_aws_does_not_accept_is_refused(root: AwsSession) -> None:
    two = [{"AttributeKey": "EventName", "AttributeValue": "a"}, {"AttributeKey": "ReadOnly", "AttributeValue": "true"}]
    now = time.time()
    for code, request in (
        ("InvalidLookupAttributesException", {"LookupAttributes": two}),
        ("InvalidTimeRangeException", {"StartTime": now, "EndTime": now - 60}),
    ):
        with pytest.raises(ClientError, match=code):
            lookup(root, **request)
    past = lookup(root, EndTime=now - 3600)["Events"]
    assert past == [], "nothing was recorded an hour ago"


def test_a_third_call_within_a_second_is_throttled(root: AwsSession) -> None:
    calls = (lookup(root, attempts=False) for _ in range(200))
    with pytest.raises(ClientError, match="ThrottlingException"):
        list(calls)
    assert lookup(root.in_region(GLOBAL_REGION), attempts=False)["Events"] == [], "each Region has its own limit"


def test_it_needs_a_permission(key: AwsSession) -> None:
    with pytest.raises(ClientError, match="cloudtrail:LookupEvents"):
        lookup(key)
