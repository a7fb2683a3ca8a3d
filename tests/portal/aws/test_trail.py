"""The history of an access key, page by page, against the emulator, which throttles as AWS does."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from botocore.exceptions import ClientError

from portal.aws.credentials import AwsCredentials
from portal.aws.iam.access_keys import create_access_key
from portal.aws.iam.users import create_user
from portal.aws.session import AwsSession
from portal.aws.trail import KeyHistory, events_of_key, key_history
from portal.local.ministack import MiniStack

ACCOUNT, REGION, USER = "480000000000", "eu-west-1", "producer"
COUNT = 53


def test_every_page_is_read_within_the_bound_and_the_limit_of_calls(ministack_env: MiniStack) -> None:
    root = ministack_env.root(ACCOUNT, region=REGION)
    create_user(root, USER, path="/", tags={}, boundary_arn=None)
    made = create_access_key(root, USER)
    key = AwsSession(region=REGION, credentials=AwsCredentials(made.access_key_id, made.secret_access_key))
    begin, kinesis = datetime.now(UTC), key.client("kinesis")
    for _ in range(COUNT):
        with suppress(ClientError):
            kinesis.list_streams()
    pause = partial(time.sleep, 0.6)

    def read(since: datetime, most_pages: int) -> KeyHistory:
        return key_history(root, made.access_key_id, since=since, most_pages=most_pages, pace=pause)

    whole = read(begin, 3)
    assert (len(whole.events), whole.is_whole) == (COUNT, True)
    assert {event.operation for event in whole.events} == {"ListStreams"}
    assert [event.at for event in whole.events] == sorted((event.at for event in whole.events), reverse=True)
    part = read(begin, 1)
    assert (len(part.events), part.is_whole) == (50, False)
    assert read(begin + timedelta(hours=1), 1).events == ()
    pause()
    assert len(events_of_key(root, made.access_key_id)) == 50
