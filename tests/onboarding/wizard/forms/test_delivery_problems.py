"""What the rules say of a delivery that is being typed: at its own fields, and of the Region that can be known."""

import pytest

from onboarding.models.connection import Connection
from onboarding.wizard.forms.delivery_problems import problems_of, region_in
from tests.onboarding.deliveries_examples import ACCOUNT, REGION, example

OURS = Connection(account_id=ACCOUNT, name="production")


@pytest.mark.parametrize(
    ("values", "region"),
    [
        ({}, "us-east-1"),
        ({"a": "arn:aws:s3:::bucket", "b": "arn:aws:iam::111122223333:role/x"}, "us-east-1"),
        ({"a": "see arn:aws:es:eu-west-1:111122223333:domain/x"}, "eu-west-1"),
        ({"a": "arn:aws-cn:lambda:cn-north-1:1:function:x", "b": "arn:aws:es:eu-west-1:1:domain/x"}, "cn-north-1"),
        ({"a": "arn:aws:lambda:1:2:function"}, "us-east-1"),
        ({"a": None}, "us-east-1"),
    ],
)
def test_the_first_arn_tells_the_region(values: dict[str, object], region: str) -> None:
    assert region_in(values) == region


def found(delivery: dict[str, object], *others: dict[str, object]) -> dict[str, str]:
    return dict(problems_of(delivery, list(others), OURS, REGION))


def test_problems_of_another_delivery_are_its_own() -> None:
    wrong = {**example("s3"), "name": "no prefix"}
    assert found(example("http"), wrong) == {}
    assert set(found(wrong, example("http"))) == {"name"}


def test_two_of_one_name_are_told_at_the_later() -> None:
    again = {**example("http"), "name": example("s3")["name"]}
    assert set(found(again, example("s3"))) == {"name"}


def test_each_missing_setting_has_its_own_field() -> None:
    plain = {**example("snowflake"), "destination": {"kind": "snowflake"}}
    wanted = {"account_url", "database", "schema", "table", "secret_arn"}
    assert found(plain) == {f"destination.{name}": "This field is required." for name in wanted}


def test_without_a_connection_names_begin_as_sluice_would_have_them() -> None:
    theirs = {**example("s3"), "name": "mine"}
    assert dict(problems_of(theirs, [], None, REGION)).keys() == {"name"}
    foreign = example("redshift", account="444455556666")
    assert dict(problems_of(foreign, [], None, REGION)) == {}, "no account is known"
    assert set(found(foreign)) == {"destination.secret_arn"}
