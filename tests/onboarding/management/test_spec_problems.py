"""What is wrong with a spec, as commands print it: each problem with its place."""

from onboarding.management.spec_problems import problems_failed, spec_failed
from onboarding.spec.problem import Problem, SpecRefused
from portal.messages.message import Message

UNKNOWN = Problem("connection", Message("connection.unknown", connection="prod"), line=2)
NO_STREAM = Problem("stream.name", Message("adoption.no_stream", stream="s", region="eu-west-1"))
REFUSED = SpecRefused([UNKNOWN, NO_STREAM])
LINES = [
    "line 2, connection: This tenant has no connection named “prod”.",
    "stream.name: There is no data stream named s in eu-west-1, so there is none to adopt.",
]


def test_the_text_has_a_line_for_each_problem() -> None:
    assert str(problems_failed(REFUSED)).splitlines() == LINES
    assert str(spec_failed(REFUSED)).splitlines() == ["The spec cannot be used:", *(f"  {line}" for line in LINES)]


def test_each_error_has_its_code_and_place() -> None:
    errors = spec_failed(REFUSED).errors
    assert [(error["code"], error["path"], error["line"]) for error in errors] == [
        ("connection.unknown", "connection", 2),
        ("adoption.no_stream", "stream.name", None),
    ]
    assert errors[0]["params"] == {"connection": "prod"}


def test_what_to_do_is_said_last() -> None:
    failure = spec_failed(REFUSED, Message("command.loss_not_accepted"))
    assert str(failure).endswith("This change needs a confirmation. To confirm the loss, add --accept-loss.")
    assert failure.errors[-1]["code"] == "command.loss_not_accepted"
