import base64
import gzip
import zlib

import pytest

from monitoring.decode import compressions, containers
from monitoring.decode.budget import LEAST_BYTES, Budget, BudgetExceeded, NotThisFormat


def reason(container, data: object) -> str:
    with pytest.raises(NotThisFormat) as refused:
        container(data, Budget())
    return refused.value.message.code


@pytest.mark.parametrize(
    ("container", "data", "code"),
    [
        (compressions.gzip, b"plain", "decode.wrong_start"),
        (compressions.gzip, gzip.compress(b"abc", mtime=0)[:-3], "decode.truncated"),
        (compressions.gzip, gzip.compress(b"abc", mtime=0)[:10] + b"\xff" * 20, "decode.damaged"),
        (compressions.zlib_stream, b"plain text", "decode.no_zlib_header"),
        (compressions.zlib_stream, zlib.compress(b"abc") + b"more", "decode.trailing_bytes"),
        (containers.log_events, {}, "decode.no_data_message"),
        (containers.log_events, {"logEvents": [], "messageType": "CONTROL_MESSAGE"}, "decode.no_data_message"),
        (containers.log_events, {"logEvents": [], "messageType": "DATA_MESSAGE"}, "decode.no_log_events"),
        (containers.json_lines, b"plain", "decode.no_json_lines"),
        (containers.json_sequence, b"plain", "decode.wrong_start"),
        (containers.concatenated_json, b"{}", "decode.no_json_lines"),
        (containers.hex_digits, b"7b7", "decode.not_hex"),
        (containers.base64_content, b"c2hvcnQ=", "decode.base64_too_short"),
        (containers.base64_content, b"not base64, but longer!", "decode.not_base64"),
    ],
)
def test_each_reason_has_its_code(container, data: object, code: str) -> None:
    assert reason(container, data) == code


def test_several_members_of_gzip_are_joined() -> None:
    (content,) = compressions.gzip(gzip.compress(b"ab") + gzip.compress(b"cd"), Budget())
    assert content.data == b"abcd"


def test_log_events_say_which_of_how_many_they_are() -> None:
    events = [{"message": "a"}, {"id": "no message"}, {"message": "b"}]
    found = containers.log_events({"messageType": "DATA_MESSAGE", "logEvents": events}, Budget())
    assert [(content.data, content.position) for content in found] == [(b"a", ("1 of 2",)), (b"b", ("2 of 2",))]


def test_line_breaks_in_base64_do_not_matter() -> None:
    (content,) = containers.base64_content(base64.encodebytes(b"x" * 100), Budget())
    assert content.data == b"x" * 100


def test_unpacked_bytes_are_counted_over_all_containers() -> None:
    budget = Budget()
    compressions.gzip(gzip.compress(bytes(LEAST_BYTES)), budget)
    assert budget.bytes_left == 0
    with pytest.raises(BudgetExceeded) as exceeded:
        compressions.gzip(gzip.compress(b"a"), budget)
    assert exceeded.value.message.code == "decode.unpacks_too_far"


def test_log_events_say_where_they_are_from() -> None:
    envelope = {"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "g", "logStream": "s"}
    envelope |= {"subscriptionFilters": ["f"], "logEvents": [{"id": "7", "timestamp": 5, "message": "a"}]}
    (content,) = containers.log_events(envelope, Budget())
    assert [(detail.message.params, detail.is_data) for detail in content.details] == [
        ({"value": "111122223333"}, True),
        ({"value": "g"}, True),
        ({"value": "s"}, True),
        ({"value": "f"}, True),
        ({"event": "7", "at": "5"}, True),
    ]


@pytest.mark.parametrize("size", [1, 10, 100])
def test_bytes_behind_compressed_data_are_counted(size: int) -> None:
    (content,) = compressions.gzip(gzip.compress(b"a") + b"\n" * size, Budget())
    assert (content.data, content.details[0].message.params) == (b"a", {"byte_count": size})
