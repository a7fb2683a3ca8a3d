import re
from datetime import UTC, datetime

import pytest

from onboarding.deliveries import s3_prefix

AT = datetime(2026, 3, 7, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("prefix", "becomes"),
    [
        ("sensors/!{timestamp:yyyy/MM/dd/HH}/", "sensors/2026/03/07/04/"),
        ("a/!{timestamp:yyyy}/b/!{timestamp:mm-ss}/", "a/2026/b/05-06/"),
        ("year=!{timestamp:yyyy}/day=!{timestamp:DDD}/", "year=2026/day=066/"),
        ("!{timestamp:'year='yyyy}/", "year=2026/"),
        ("!{timestamp:yyyy''MM}/", "2026'03/"),
        ("!{firehose:random-string}/", "random/"),
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
        ("!{timestamp:}", "no part of a date"),
        ("!{timestamp:jahr}", "no part of a date"),
        ("!{timestamp:yyyy'}", "no part of a date"),
        ("!{date:yyyy}", "no expression"),
        ("!{}", "no expression"),
        ("!{firehose:error-output-type}/", "cannot stand here"),
    ],
)
def test_what_firehose_would_refuse_is_said(prefix: str, word: str) -> None:
    assert word in (s3_prefix.problem_with(prefix) or "")
    with pytest.raises(ValueError, match=re.escape(word)):
        s3_prefix.evaluated(prefix, AT)
