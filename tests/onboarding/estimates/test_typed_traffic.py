"""Traffic as it is typed."""

from decimal import Decimal

import pytest

from onboarding.estimates.traffic import MOST_RECORD_BYTES, MOST_RETENTION_HOURS, Traffic
from onboarding.estimates.typed_traffic import RULES, read_traffic
from onboarding.wizard.forms.stream_fields import StreamFields
from portal.aws.stream_settings import LARGEST_RECORD_LIMIT


def test_only_the_rate_must_be_typed() -> None:
    assert read_traffic({"records_per_second": "1 500,5"}) == (Traffic(Decimal("1500.5")), {})


def test_all_of_it() -> None:
    typed = {
        "records_per_second": "20",
        "record_bytes": "2,048",
        "burst_factor": "1,5",
        "average_percent": "50",
        "shared_consumers": "2",
        "fanout_consumers": "1",
        "devices": "12",
    }
    assert typed.keys() == RULES.keys()
    assert read_traffic(typed)[0] == Traffic(Decimal(20), 2048, Decimal("1.5"), Decimal("0.5"), 2, 1, 12)


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("records_per_second", "", "number.missing"),
        ("records_per_second", "0", "number.too_small"),
        ("records_per_second", "-1", "number.negative"),
        ("records_per_second", "10000001", "number.too_large"),
        ("records_per_second", "1,500", "number.ambiguous"),
        ("record_bytes", "0", "number.too_small"),
        ("record_bytes", "10485761", "number.too_large"),
        ("record_bytes", "0.5", "number.not_whole"),
        ("burst_factor", "0.9", "number.too_small"),
        ("average_percent", "101", "number.too_large"),
        ("shared_consumers", "51", "number.too_large"),
        ("fanout_consumers", "21", "number.too_large"),
        ("fanout_consumers", "many", "number.unreadable"),
        ("devices", "1001", "number.too_large"),
        ("devices", "0.5", "number.not_whole"),
    ],
)
def test_a_problem_is_at_its_field(field: str, text: str, code: str) -> None:
    traffic, problems = read_traffic({"records_per_second": "1", field: text})
    assert traffic is None
    assert {name: message.code for name, message in problems.items()} == {field: code}


def test_every_problem_is_named() -> None:
    assert read_traffic(dict.fromkeys(RULES, "x"))[1].keys() == RULES.keys()


def test_the_bounds_are_those_of_the_wizard() -> None:
    assert LARGEST_RECORD_LIMIT * 1024 == MOST_RECORD_BYTES
    assert StreamFields.base_fields["retention_hours"].max_value == MOST_RETENTION_HOURS  # type: ignore[attr-defined]  # fields of a form class
