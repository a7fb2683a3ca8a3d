"""The first version of the grant is what roles of that time have: read from the template that was in use then."""

import json
from pathlib import Path

import pytest

from portal.aws.policies.first_version import first_version

# As the code of the first demo wrote them (commit b33b21f), for this account.
RECORDED = Path(__file__).parent.parent / "earlier" / "first-version.json"


def test_it_is_as_it_was_recorded() -> None:
    assert first_version("111122223333", "sluice-") == json.loads(RECORDED.read_text())


@pytest.mark.parametrize(("partition", "dns"), [("aws", "amazonaws.com"), ("aws-cn", "amazonaws.com.cn")])
def test_names_are_those_of_the_connection(partition: str, dns: str) -> None:
    text = json.dumps(first_version("444455556666", "acme-", partition, suffix="-5f0c2d"))
    assert f"arn:{partition}:kinesis:*:444455556666:stream/acme-*" in text
    assert f"arn:{partition}:iam::444455556666:policy/SluiceBoundary-5f0c2d" in text
    assert f'"kinesis.*.{dns}"' in text
    assert "$" not in text
