import pytest

from monitoring.records.tap_status import TapStatus, store_status, tap_status
from portal.messages.message import Message

pytestmark = pytest.mark.usefixtures("clean_redis")


@pytest.mark.parametrize(
    "status",
    [
        TapStatus(shards=3, interval_seconds=2.0),
        TapStatus(error=Message("stream.samples_disabled")),
        TapStatus(error=Message("aws.access_denied", operation="kinesis:GetRecords")),
    ],
)
def test_a_status_is_the_same_after_redis(status: TapStatus) -> None:
    store_status("abc", status)
    assert tap_status("abc") == status


def test_no_tap_is_no_status() -> None:
    assert tap_status("abc") is None


def test_a_slowed_tap_uses_fewer_calls() -> None:
    assert (TapStatus().calls_per_second, TapStatus().is_slowed) == ("1", False)
    slowed = TapStatus(interval_seconds=16.0)
    assert (slowed.calls_per_second, slowed.is_slowed) == ("0.062", True)
