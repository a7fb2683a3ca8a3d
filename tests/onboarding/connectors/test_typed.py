"""What a person types about a consumer is checked before anything is generated with it."""

import pytest

from onboarding.connectors.typed import InvalidConsumer, with_typed
from tests.onboarding.connectors.streams import ACCOUNT, CONSUMER_ARN, ITSELF, STREAM_ARN

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/data/reader"


def test_a_role_and_a_consumer_are_described() -> None:
    found = with_typed(ITSELF, role_arn=ROLE_ARN, external_id="x-1", fanout_arn=CONSUMER_ARN)
    assert found.role
    assert (found.role.arn, found.role.external_id, found.role.name) == (ROLE_ARN, "x-1", "reader")
    assert found.fanout_name == "analytics"


def test_an_unknown_role_has_names_to_fill_in() -> None:
    role = with_typed(ITSELF, by_role=True).role
    assert role
    assert role.arn == f"arn:aws:iam::{ACCOUNT}:role/YOUR-CONSUMER-ROLE"
    assert role.external_id == "YOUR-EXTERNAL-ID"
    assert with_typed(ITSELF).role is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role_arn", "reader"),
        ("role_arn", ROLE_ARN.replace("1111", "9999")),
        ("role_arn", f"arn:aws:iam::{ACCOUNT}:user/reader"),
        ("role_arn", f"arn:aws:iam::{ACCOUNT}:role/a|b/reader"),
        ("role_arn", f"arn:aws:iam::{ACCOUNT}:role/$(reboot)"),
        ("role_arn", f"arn:aws:iam::{ACCOUNT}:role/*"),
        ("role_arn", ROLE_ARN + "\n"),
        ("role_arn", ROLE_ARN + "x" * 3000),
        ("fanout_arn", STREAM_ARN),
        ("fanout_arn", f"{STREAM_ARN}-other/consumer/a:1"),
        ("fanout_arn", f"{STREAM_ARN}/consumer/a"),
        ("fanout_arn", f"{STREAM_ARN}/consumer/a'b:1"),
        ("fanout_arn", f"{STREAM_ARN}/consumer/a:1\n"),
    ],
)
def test_another_value_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(InvalidConsumer) as refused:
        with_typed(ITSELF, **{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("external_id", ["x", "with space", "'; rm -rf /", "é" * 3, "x" * 1225])
def test_an_external_id_outside_awss_alphabet_is_refused(external_id: str) -> None:
    with pytest.raises(InvalidConsumer) as refused:
        with_typed(ITSELF, role_arn=ROLE_ARN, external_id=external_id)
    assert refused.value.field == "external_id"


def test_an_external_id_needs_its_role() -> None:
    with pytest.raises(InvalidConsumer) as refused:
        with_typed(ITSELF, external_id="x-1")
    assert refused.value.message.code == "connector.external_id_alone"
