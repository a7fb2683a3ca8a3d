"""The page of connector settings: one tab for each tool, the consumer from the address, every file to download."""

import pytest
from django.test import Client

from onboarding.connectors.catalogue import TOOLS
from tests.architecture.population import Population, populate


@pytest.fixture
def people(db) -> Population:
    return populate()


@pytest.fixture
def page(people: Population, client: Client) -> str:
    client.force_login(people.person("viewer"))
    return f"/t/{people.ours.tenant.slug}/integrations/{people.ours.live.uid}/connectors/"


def test_each_tool_has_its_tab_with_its_files(page: str, client: Client, people: Population) -> None:
    for tool in TOOLS:
        shown = client.get(f"{page}{tool}/")
        text = shown.content.decode()
        assert shown.status_code == 200
        for other in TOOLS.values():
            assert f'href="{page}{other.key}/"' in text
        for file in shown.context["connector"].files:
            answer = client.get(f"{page}{tool}/{file.name}")
            assert answer.content.decode() == file.text
            assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
        assert people.ours.live.stream_name in text
    assert client.get(page).context["connector"].key == next(iter(TOOLS))


def test_the_consumer_of_the_address_is_in_page_links_and_files(page: str, people: Population, client: Client) -> None:
    account = people.ours.live.connection.account_id
    given = {"sign_in": "role", "role_arn": f"arn:aws:iam::{account}:role/reader", "external_id": "abc-1", "x": "y"}
    shown = client.get(f"{page}sas-esp/", given)
    text = shown.content.decode()
    assert "stsassumeroleexternalid" in text
    assert "sign_in=role" in shown.context["query"]
    assert "x=y" not in shown.context["query"]
    assert "abc-1" in client.get(f"{page}sas-esp/kinesis-connector.xml{shown.context['query']}").content.decode()


def test_a_role_of_a_consumer_is_a_choice(page: str, people: Population, client: Client) -> None:
    live = people.ours.live
    role = {"name": "analytics", "principals": ["222233334444"], "external_id": "their-own-1"}
    type(live).objects.filter(pk=live.pk).update(spec={**live.spec, "consumer_roles": [role]})
    text = client.get(f"{page}sas-esp/", {"sign_in": "consumer-analytics"}).content.decode()
    assert "their-own-1" in text
    assert "By the role of the consumer analytics" in text


def test_by_a_role_without_its_arn_there_is_one_to_fill_in(page: str, client: Client) -> None:
    assert "YOUR-CONSUMER-ROLE" in client.get(f"{page}sas-esp/", {"sign_in": "role"}).content.decode()


NOT_VALID = [
    ("role_arn", "arn:aws:iam::999999999999:role/x", "is not the ARN of an IAM role in account"),
    ("role_arn", "<script>alert(1)</script>", "is not the ARN of an IAM role in account"),
    ("external_id", "a b", "2 to 1,224"),
    ("fanout_arn", "arn:aws:kinesis:eu-west-1:1:stream/x", "is not the ARN of a consumer"),
    ("sign_in", "password", "Select a valid choice"),
]


def test_each_of_several_bad_entries_is_said_at_its_own_field(page: str, client: Client) -> None:
    given = {"sign_in": "role", **{field: value for field, value, _ in NOT_VALID[1:4]}}
    shown = client.get(f"{page}sas-esp/", given)
    assert shown.status_code == 422
    assert list(shown.context["form"].errors) == ["role_arn", "external_id", "fanout_arn"]


def test_what_is_not_valid_is_said_at_its_field(page: str, people: Population, client: Client) -> None:
    account = people.ours.live.connection.account_id
    for field, value, expected in NOT_VALID:
        given = {"sign_in": "role", "role_arn": f"arn:aws:iam::{account}:role/reader", field: value}
        shown = client.get(f"{page}sas-esp/", given)
        assert shown.status_code == 422
        assert expected in shown.content.decode()
        assert "<script>alert" not in shown.content.decode()
        assert client.get(f"{page}sas-esp/kinesis-connector.xml", given).status_code == 404


def test_another_tool_or_file_is_not_found(page: str, client: Client) -> None:
    for path in ("nothing/", "sas-esp/nothing.xml", "sas-esp/..", "nothing/kinesis-connector.xml"):
        assert client.get(page + path).status_code == 404
