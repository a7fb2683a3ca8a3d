"""What changed shares do, and shares in a file and in the row of a run."""

from dataclasses import replace

import pytest
import yaml

from onboarding.sharing.share import Share
from onboarding.spec import diff
from onboarding.spec.integration_spec import IntegrationSpec, from_row
from onboarding.spec.problem import SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from onboarding.spec.yaml_file import from_yaml
from portal.messages.catalogue import text_of

STREAM = StreamSpec(name="sluice-sensors", region="eu-west-1", shards=2, kms_key="none")
SPEC = IntegrationSpec("sensors", "production", STREAM)
READER = Share("analytics", "arn:aws:iam::444455556666:role/reader")
OTHER = Share("analytics", "777788889999")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-0000-4000-8000-000000000000"


def changes(before: IntegrationSpec, after: IntegrationSpec) -> list[tuple[str, str, str]]:
    return [(found.path, str(found.verb), text_of(found.effect)) for found in diff.between(before, after)]


def test_a_share_is_added_changed_and_removed_in_words() -> None:
    shared, changed = replace(SPEC, shares=(READER,)), replace(SPEC, shares=(OTHER,))
    [(path, verb, effect)] = changes(SPEC, shared)
    assert (path, verb) == ("shares.analytics", "create")
    assert "calls Kinesis in eu-west-1" in effect
    assert [verb for _, verb, _ in changes(shared, changed)] == ["update"]
    [(_, verb, effect)] = changes(shared, SPEC)
    assert (verb, "444455556666 can no longer read" in effect) == ("remove", True)
    assert changes(shared, shared) == []
    own = replace(STREAM, kms_key=KEY)
    [(_, _, effect)] = changes(replace(SPEC, stream=own), replace(shared, stream=own))
    assert f"{KEY} must allow the principal kms:Decrypt" in effect


def test_shares_are_in_the_file_only_where_there_are_any() -> None:
    assert "shares" not in SPEC.as_dict()
    shared = replace(SPEC, shares=(READER, replace(OTHER, label="tools")))
    assert from_yaml(shared.as_yaml()) == from_row(shared.as_dict()) == shared


@pytest.mark.parametrize(
    ("shares", "path"),
    [
        ([{"label": "a", "principal": "*"}], "shares.0.principal"),
        ([{"label": "a"}], "shares.0"),
        ([{"label": "a", "principal": "444455556666", "actions": ["*"]}], "shares.0"),
        ("444455556666", "shares"),
        ([{"label": f"a{place}", "principal": f"{place:012d}"} for place in range(21)], "shares"),
    ],
)
def test_what_is_wrong_with_shares_is_reported_at_its_place(shares: object, path: str) -> None:
    whole = {**SPEC.as_dict(), "shares": shares}
    with pytest.raises(SpecRefused) as refused:
        from_yaml(yaml.safe_dump(whole))
    assert [found.path for found in refused.value.problems] == [path]
