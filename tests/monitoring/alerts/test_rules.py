"""docs/alerts.md shows the rules as they are."""

from monitoring.alerts.rules import BY_KIND, RULES, Rule, number
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from tests.architecture.tree import ROOT


def row(rule: Rule) -> str:
    cells = (
        str(rule.kind.label),
        text_of(rule.measures),
        text_of(rule.threshold_text(rule.default)),
        f"{number(rule.least)} to {number(rule.most)}",
        f"{rule.opens_minutes} minutes" if rule.opens_minutes else "the first reading",
        f"{rule.closes_minutes} minutes" if rule.closes_minutes else "the first reading",
    )
    return f"| {' | '.join(cells)} |"


def test_the_table_of_the_rules_is_that_of_the_code() -> None:
    text = (ROOT / "docs" / "alerts.md").read_text()
    shown = text.split("\n## Rules\n")[1].split("\n* ")[0]
    assert [line for line in shown.splitlines() if line.startswith("| ")][1:] == [row(rule) for rule in RULES]


def test_each_rule_says_what_is_wrong_and_what_to_do() -> None:
    for rule in RULES:
        message = rule.message("sluice-sensors", rule.default, rule.default)
        assert isinstance(message, Message)
        assert "sluice-sensors" in text_of(message)
        assert "%(" not in text_of(message)
        assert text_of(rule.title("sluice-sensors")) == f"{rule.kind.label}: sluice-sensors"


def test_values_compare_as_the_rule_says() -> None:
    over, least, under = BY_KIND["write_usage"], BY_KIND["silence"], BY_KIND["delivery_failing"]
    assert [over.holds(value, 80) for value in (79, 80, 81)] == [False, False, True]
    assert [least.holds(value, 10) for value in (9, 10, 11)] == [False, True, True]
    assert [under.holds(value, 99) for value in (98, 99, 100)] == [True, False, False]
