import re
import time
from datetime import UTC, datetime

import pytest

from onboarding.deliveries import s3_prefix
from portal.messages.catalogue import text_of

AT = datetime(2026, 3, 7, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("prefix", "becomes"),
    [
        ("sensors/!{timestamp:yyyy/MM/dd/HH}/", "sensors/2026/03/07/04/"),
        ("a/!{timestamp:yyyy}/b/!{timestamp:mm-ss}/", "a/2026/b/05-06/"),
        ("year=!{timestamp:yyyy}/day=!{timestamp:DDD}/", "year=2026/day=066/"),
        ("!{timestamp:'year='yyyy}/", "year=2026/"),
        ("!{timestamp:yyyy''MM}/", "2026'03/"),
        ("!{firehose:random-string}/", "random/2026/03/07/04/"),
        ("b/!{partitionKeyFromQuery:building}/", "b/<building>/"),
        ("!{partitionKeyFromLambda:floor}/!{timestamp:HH}/", "<floor>/04/"),
        ("plain/", "plain/2026/03/07/04/"),
        ("", "2026/03/07/04/"),
    ],
)
def test_a_prefix_is_evaluated_as_firehose_does(prefix: str, becomes: str) -> None:
    assert s3_prefix.evaluated(prefix, AT) == becomes


@pytest.mark.parametrize(
    ("prefix", "word"),
    [
        ("a/!{timestamp:yyyy", "must end with }"),
        ("!{timestamp:}", "not a valid date pattern"),
        ("!{timestamp:jahr}", "not a valid date pattern"),
        ("!{timestamp:yyyy'}", "not a valid date pattern"),
        ("!{date:yyyy}", "no expression"),
        ("!{}", "no expression"),
        ("!{firehose:error-output-type}/", "is not supported here"),
        ("!{partitionKeyFromQuery:}/", "Name the partition key"),
        ("x" * 505 + "!{timestamp:MMMM}", "at most 512 characters"),
    ],
)
def test_what_firehose_would_refuse_is_said(prefix: str, word: str) -> None:
    problem = s3_prefix.problem_with(prefix)
    assert problem is not None
    assert word in text_of(problem)
    with pytest.raises(ValueError, match=re.escape(problem.code)):
        s3_prefix.evaluated(prefix, AT)


@pytest.mark.parametrize(
    ("zone", "becomes"),
    [("UTC", "2026/03/07/04"), ("Asia/Tokyo", "2026/03/07/13"), ("America/New_York", "2026/03/06/23")],
)
def test_a_prefix_is_evaluated_in_its_time_zone(zone: str, becomes: str) -> None:
    assert s3_prefix.evaluated("a/!{timestamp:yyyy/MM/dd/HH}/", AT, zone) == f"a/{becomes}/"
    assert s3_prefix.evaluated("a/", AT, zone) == f"a/{becomes}/"


@pytest.mark.parametrize(
    ("zone", "is_one"),
    [
        ("UTC", True),
        ("Europe/Berlin", True),
        ("Berlin", False),
        ("Etc/GMT+1", False),
        ("America/Port-au-Prince", False),
    ],
)
def test_a_time_zone_is_one_that_firehose_takes(zone: str, is_one: bool) -> None:
    assert s3_prefix.is_time_zone(zone) is is_one


def test_what_may_stand_in_a_prefix_of_errors() -> None:
    assert s3_prefix.problem_with(s3_prefix.DEFAULT_ERROR_PREFIX, errors=True) is None
    for source in (s3_prefix.FROM_QUERY, s3_prefix.FROM_LAMBDA):
        assert "failed" in text_of(s3_prefix.problem_with(f"e/!{{{source}:a}}/", errors=True))


def test_openings_without_an_end_are_searched_once() -> None:
    started = time.process_time()
    assert s3_prefix.problem_with("!{" * 40_000) is not None
    assert time.process_time() - started < 2  # searching each to the end of the text took 6 s
