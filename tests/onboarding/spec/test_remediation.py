"""What a repair does to an IAM user: its list travels through rows and forms and comes back the same."""

import itertools

import pytest

from onboarding.spec.remediation import Remediation, RemediationAction, digest, from_dicts
from portal.messages.catalogue import text_of

LISTED = [Remediation(action, "sluice-user", f"name-{action}") for action in RemediationAction]


def test_a_row_gives_back_what_was_put_into_it() -> None:
    assert from_dicts(remediation.as_dict() for remediation in LISTED) == LISTED
    with pytest.raises(ValueError, match="forget everything"):
        from_dicts([{"action": "forget everything", "user": "u", "name": "n"}])


@pytest.mark.parametrize("remediation", LISTED, ids=lambda remediation: str(remediation.action))
def test_each_is_read_before_it_is_confirmed(remediation: Remediation) -> None:
    expected = text_of(remediation.message)
    assert remediation.name in expected
    assert remediation.is_delete is (remediation.action not in {"activate access key", "set permissions boundary"})


def test_a_reader_confirms_the_list_that_was_seen_in_any_order() -> None:
    digests = {digest(order) for order in itertools.permutations(LISTED[:3])}
    assert len(digests) == 1
    assert digest([*LISTED[:3], LISTED[0]]) in digests, "twice the same is the same"


def test_no_other_list_passes_for_it() -> None:
    moved = [Remediation(listed.action, "another-user", listed.name) for listed in LISTED]
    renamed = [Remediation(listed.action, listed.user, f"{listed.name}x") for listed in LISTED]
    lists = [[], LISTED, LISTED[:-1], moved, renamed]
    assert len({digest(remediations) for remediations in lists}) == len(lists)
    assert digest([]) == "", "a page that lists nothing confirms nothing"
