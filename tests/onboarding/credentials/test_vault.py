"""Keys are created a few at a time, and whoever waits for long goes without a turn."""

from contextlib import ExitStack

import pytest

from onboarding.credentials import vault


def test_a_creation_that_hangs_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "LONGEST_WAIT_SECONDS", 0.05)
    with ExitStack() as hanging:
        turns = [hanging.enter_context(vault.turn_to_create()) for _ in range(vault.CREATED_AT_ONCE)]
        assert turns == [True] * vault.CREATED_AT_ONCE
        with vault.turn_to_create() as has_turn:
            assert not has_turn
    with ExitStack() as afterwards:
        turns = [afterwards.enter_context(vault.turn_to_create()) for _ in range(vault.CREATED_AT_ONCE)]
        assert turns == [True] * vault.CREATED_AT_ONCE, "what had no turn gave none back"
