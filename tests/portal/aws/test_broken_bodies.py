"""An answer of S3 that breaks off in the middle is a fault like any other, wherever one is read."""

import io
from collections.abc import Callable

import pytest
import urllib3
from botocore.response import StreamingBody

from portal.aws.error_files import start_of_file
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.s3 import object_bytes
from portal.aws.session import AwsSession
from tests.portal.aws.stubbed import stubbed

SENT, PROMISED = 100, 1_000


class Closed:
    """A connection that ends early without a word, as a broken proxy leaves it."""

    def read(self, amt: int | None = None) -> bytes:
        del amt
        return b"x" * SENT


class Hanging:
    def read(self, amt: int | None = None) -> bytes:
        raise urllib3.exceptions.ReadTimeoutError(None, "/", f"read timed out at {amt}")


def reset() -> urllib3.HTTPResponse:
    headers = {"content-length": str(PROMISED)}
    return urllib3.HTTPResponse(
        io.BytesIO(b"x" * SENT), headers, preload_content=False, request_method="GET", enforce_content_length=True
    )


READS: dict[str, Callable[[AwsSession], bytes]] = {
    "start of a file": lambda aws: start_of_file(aws, "bucket-name", "key", most_bytes=5_000),
    "whole object": lambda aws: object_bytes(aws, "bucket-name", "key"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("broken", [reset, Hanging], ids=["reset", "hanging"])
def test_a_body_that_breaks_off_is_a_fault(broken: Callable[[], object], read: Callable[[AwsSession], bytes]) -> None:
    with stubbed("s3") as (aws, answers):
        answers.add_response("get_object", {"Body": StreamingBody(broken(), PROMISED)})
        with pytest.raises(AwsFault) as caught:
            read(aws)
    assert (caught.value.kind, caught.value.retryable) == (FaultKind.UNREACHABLE, True)
    assert caught.value.operation == "s3:GetObject"


def test_a_body_that_is_shorter_than_promised_is_a_fault() -> None:
    with stubbed("s3") as (aws, answers):
        answers.add_response("get_object", {"Body": StreamingBody(Closed(), PROMISED)})
        with pytest.raises(AwsFault) as caught:
            object_bytes(aws, "bucket-name", "key")
    assert (caught.value.code, caught.value.kind) == ("IncompleteReadError", FaultKind.UNREACHABLE)
