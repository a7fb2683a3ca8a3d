"""The page of the four policies: in words, as files, and as commands for a principal of the client's own."""

import json

import pytest
from django.test import Client

from onboarding.integrations import policies
from onboarding.spec import integration_spec
from tests.architecture.population import Population, populate


@pytest.fixture
def people(db) -> Population:
    return populate()


@pytest.fixture
def page(people: Population, client: Client) -> str:
    client.force_login(people.person("admin"))
    return f"/t/{people.ours.tenant.slug}/integrations/{people.ours.live.uid}/policies/"


def test_each_of_the_four_is_shown_in_words_and_as_json(page: str, client: Client) -> None:
    shown = client.get(page).content.decode()
    for title in ("Producer", "Consumer", "Resharding", "Administrator"):
        assert f">{title}</h2>" in shown
    assert "May put records into the data stream" in shown
    assert "kinesis:PutRecords" in shown


def test_a_document_is_a_file(page: str, client: Client) -> None:
    answer = client.get(f"{page}producer.json")
    assert answer["Content-Disposition"].endswith('-producer.json"')
    assert json.loads(answer.content)["Statement"][0]["Action"] == ["kinesis:PutRecord", "kinesis:PutRecords"]
    assert client.get(f"{page}owner.json").status_code == 404


def test_a_principal_gets_its_commands(page: str, people: Population, client: Client) -> None:
    account_id = people.ours.live.connection.account_id
    shown = client.get(page, {"principal": f"arn:aws:iam::{account_id}:role/data/team-a"}).content.decode()
    assert "aws iam attach-role-policy --role-name team-a" in shown
    shown = client.get(page, {"principal": f"arn:aws:iam::{account_id}:user/bob"}).content.decode()
    assert "aws iam attach-user-policy --user-name bob" in shown


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("data-team", "Enter the ARN of an IAM user or role"),
        ("arn:aws:iam::999999999999:role/x", "This principal is in account 999999999999"),
        ("arn:aws:iam::ACCOUNT:group/x", "Enter the ARN of an IAM user or role"),
        ("arn:aws:iam::ACCOUNT:role/x; rm -rf /", "Enter the ARN of an IAM user or role"),
        ("<script>alert(1)</script>", "Enter the ARN of an IAM user or role"),
    ],
)
def test_what_is_no_principal_is_said_and_kept(
    page: str, people: Population, client: Client, typed: str, expected: str
) -> None:
    typed = typed.replace("ACCOUNT", people.ours.live.connection.account_id)
    answer = client.get(page, {"principal": typed})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert expected in shown
    assert "<script>alert" not in shown
    assert "NAME-OF-YOUR-ROLE" in shown


def test_the_producers_policy_is_not_made_twice(people: Population) -> None:
    spec = integration_spec.from_row(people.ours.live.spec)
    found = {policy.key: policy for policy in policies.stream_policies(people.ours.live, spec)}
    assert "create-policy" not in policies.commands(found["producer"], account_id="111122223333")
    assert "create-policy" in policies.commands(found["consumer"], account_id="111122223333")
