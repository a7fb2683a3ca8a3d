"""A session whose services answer as a test says, at botocore's own door."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.stub import Stubber

from portal.aws.session import AwsSession, portal_session

REGION = "eu-west-1"


@contextmanager
def stubbed(service: str, *, single_attempt: bool = False) -> Iterator[tuple[AwsSession, Stubber]]:
    """The portal's session, and what its client of the service answers; each answer has to be asked for."""
    aws = portal_session(REGION)
    with Stubber(aws.client(service, single_attempt=single_attempt)) as answers:
        yield aws, answers
        answers.assert_no_pending_responses()
