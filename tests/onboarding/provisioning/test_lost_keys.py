"""The search for a key whose answer was lost: a page of the account's keys in each turn, continued in the next."""

import pytest

from onboarding.provisioning import lost_keys
from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.plan import KEY_KIND
from tests.onboarding.provisioning.steps.account import PLAN, Account, Answers, account, answers
from tests.onboarding.provisioning.steps.test_key import made
from tests.portal.aws.conftest import aws, portal_key

__all__ = ["account", "answers", "aws", "portal_key"]


def test_a_search_over_pages_describes_each_key_once_and_begins_anew(
    account: Account, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_keys, "PAGE", 2)
    account.rows.listed(KEY_KIND, PLAN.key_alias)
    ours = {made(account), made(account)}
    for _ in range(3):
        made(account, description="another")
    answers.asked.clear()
    turns = [lost_keys.lost_keys(account.context()) for _ in range(3)]
    assert [isinstance(turn, Waiting) for turn in turns] == [True, True, False]
    assert set(turns[-1] if isinstance(turns[-1], list) else []) == ours
    assert answers.asked.count("DescribeKey") == 5
    assert isinstance(lost_keys.lost_keys(account.context()), Waiting)
