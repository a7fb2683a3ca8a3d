"""What commands print of a change and a setting: codes with their text, and the lines made of them."""

from datetime import UTC, datetime

from onboarding.account_state.values import Setting, UnknownSince
from onboarding.management.integrations.settings import change_as_json, change_line, setting_as_json, unapplied_line
from onboarding.spec import diff
from portal.messages.message import from_json
from tests.onboarding.spec.test_diff import SPEC, of_stream

AT = datetime(2026, 11, 21, 7, tzinfo=UTC)


def test_a_change_is_printed_with_codes_and_text() -> None:
    [change] = diff.between(SPEC, of_stream(retention_hours=24))
    printed = change_as_json(change)
    assert (printed["path"], printed["verb"], printed["loses"]) == ("stream.retention_hours", "update", True)
    assert printed["was"]["text"] == "48 hours"
    assert [from_json(printed[part]) for part in ("label", "was", "becomes", "effect")] == [
        change.label,
        change.was,
        change.becomes,
        change.effect,
    ]
    assert change_line(printed) == (
        "update   stream.retention_hours: 48 hours → 24 hours — Records older than 24 hours are deleted immediately. "
        "This cannot be undone."
    )


def test_a_setting_is_printed_with_codes_and_text() -> None:
    [change] = diff.between(SPEC, of_stream(shard_level_metrics=False))
    setting = Setting(change.label, change.becomes, change.was, AT, UnknownSince(AT))
    printed = setting_as_json(setting)
    assert (printed["requested"]["code"], printed["in_aws"]["text"]) == ("value.off", "on")
    assert (printed["seen_at"], printed["unknown_since"]) == (AT, AT)
    assert unapplied_line(printed) == "not applied: Shard-level metrics: requested off, in AWS on"


def test_a_setting_that_aws_was_never_asked_about_has_no_value_in_aws() -> None:
    [change] = diff.between(SPEC, of_stream(shard_level_metrics=False))
    printed = setting_as_json(Setting(change.label, change.was))
    assert (printed["in_aws"], printed["seen_at"], printed["unknown_since"]) == (None, None, None)
