import base64
import gzip
import json
import zlib

import pytest

from monitoring.decode import containers
from monitoring.decode.budget import MAX_BYTES, Budget, BudgetExceeded, NotThisFormat


def reason(container, data: bytes) -> str:
    with pytest.raises(NotThisFormat) as refused:
        container(data, Budget())
    return refused.value.message.code


@pytest.mark.parametrize(
    ("container", "data", "code"),
    [
        (containers.gzip, b"plain", "decode.wrong_start"),
        (containers.gzip, gzip.compress(b"abc", mtime=0)[:-3], "decode.truncated"),
        (containers.gzip, gzip.compress(b"abc", mtime=0)[:10] + b"\xff" * 20, "decode.damaged"),
        (containers.zlib_stream, b"plain text", "decode.no_zlib_header"),
        (containers.zlib_stream, zlib.compress(b"abc") + b"more", "decode.trailing_bytes"),
        (containers.cloudwatch_logs, b"{}", "decode.no_log_events"),
        (containers.cloudwatch_logs, b'{"logEvents": [], "messageType": "CONTROL_MESSAGE"}', "decode.no_data_message"),
        (containers.cloudwatch_logs, b'{"logEvents": [], "messageType": "DATA_MESSAGE"}', "decode.no_log_events"),
        (containers.base64_content, b"c2hvcnQ=", "decode.base64_too_short"),
        (containers.base64_content, b"not base64, but longer!", "decode.not_base64"),
    ],
)
def test_each_reason_has_its_code(container, data: bytes, code: str) -> None:
    assert reason(container, data) == code


def test_several_members_of_gzip_are_joined() -> None:
    (content,) = containers.gzip(gzip.compress(b"ab") + gzip.compress(b"cd"), Budget())
    assert content.data == b"abcd"


def test_log_events_say_which_of_how_many_they_are() -> None:
    events = [{"message": "a"}, {"id": "no message"}, {"message": "b"}]
    envelope = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events}).encode()
    found = containers.cloudwatch_logs(envelope, Budget())
    assert [(content.data, content.position) for content in found] == [(b"a", ("1 of 2",)), (b"b", ("2 of 2",))]


def test_line_breaks_in_base64_do_not_matter() -> None:
    (content,) = containers.base64_content(base64.encodebytes(b"x" * 100), Budget())
    assert content.data == b"x" * 100


def test_unpacked_bytes_are_counted_over_all_containers() -> None:
    budget = Budget()
    containers.gzip(gzip.compress(bytes(MAX_BYTES)), budget)
    assert budget.bytes_left == 0
    with pytest.raises(BudgetExceeded) as exceeded:
        containers.gzip(gzip.compress(b"a"), budget)
    assert exceeded.value.message.code == "decode.unpacks_too_far"
