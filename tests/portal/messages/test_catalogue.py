from collections.abc import Iterator

import pytest

from portal.messages.catalogue import advice_of, cause_of, described, entries, explanation_of, text_of, todo_of
from portal.messages.message import Message

EXAMPLE = "tests.portal.messages.catalogue_example"
DENIED = Message("example.denied", stream="sensors", action="kinesis:UpdateShardCount")


@pytest.fixture(autouse=True)
def _example_catalogue(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.MESSAGE_CATALOGUES = [EXAMPLE]
    entries.cache_clear()
    yield
    entries.cache_clear()


def test_a_code_becomes_a_sentence_with_its_parameters() -> None:
    assert text_of(DENIED) == "Couldn't update data stream sensors: AWS denied kinesis:UpdateShardCount."
    assert todo_of(DENIED) == "Allow kinesis:UpdateShardCount in the role, then try again."


def test_the_cause_is_named_before_what_to_do() -> None:
    assert cause_of(DENIED) == "your AWS account"
    assert advice_of(DENIED) == ("Cause: your AWS account. Allow kinesis:UpdateShardCount in the role, then try again.")


def test_an_explanation_is_what_happened_then_the_cause_then_what_to_do() -> None:
    assert explanation_of(DENIED) == f"{text_of(DENIED)} {advice_of(DENIED)}"
    assert explanation_of(None) == ""


def test_a_message_may_hold_another() -> None:
    outer = Message("example.late", reason=DENIED)
    assert text_of(outer) == f"Stopped after ten minutes. {text_of(DENIED)}"


def test_a_message_without_advice_of_its_own_passes_on_the_advice_of_the_one_in_it() -> None:
    outer = Message("example.late", reason=DENIED)
    assert advice_of(outer) == advice_of(DENIED) != ""
    assert advice_of(Message("example.late", reason="no message")) == ""


@pytest.mark.parametrize(
    ("records", "sentence"), [(1, "1 record is 12 minutes old."), (1200, "1,200 records are 12 minutes old.")]
)
def test_numbers_are_written_by_the_end_of_their_name(records: int, sentence: str) -> None:
    assert text_of(Message("example.behind", record_count=records, age_seconds=720)) == sentence


def test_numbers_choose_singular_or_plural() -> None:
    assert [text_of(Message("example.shards", count=count)) for count in (1, 2)] == ["1 shard", "2 shards"]


def test_lists_are_joined_and_percent_signs_stay() -> None:
    listed = Message("example.listed", actions=["a:B", "c:D"])
    assert text_of(listed) == "Missing: a:B, c:D. That is 100% of them."


def test_messages_in_a_list_are_joined() -> None:
    listed = Message("example.listed", actions=[Message("example.shards", count=1), Message("example.shards", count=2)])
    assert text_of(listed) == "Missing: 1 shard, 2 shards. That is 100% of them."


def test_advice_comes_from_whichever_message_has_some() -> None:
    outer = Message("example.late", reason=Message("example.shards", count=1), then=DENIED)
    assert advice_of(outer) == advice_of(DENIED)


def test_a_json_answer_has_code_parameters_and_sentences() -> None:
    assert described(Message("example.shards", count=2)) == {
        "code": "example.shards", "params": {"count": 2}, "text": "2 shards", "todo": "",
    }  # fmt: skip
    assert described(None) is None


def test_no_message_is_no_text() -> None:
    assert text_of(None) == todo_of(None) == cause_of(None) == advice_of(None) == ""


def test_a_code_without_an_entry_is_shown_as_a_code() -> None:
    # A row of an older version may hold a code that is gone.
    assert text_of(Message("example.gone", stream="x")) == "Sluice has no text for this message: example.gone."
    assert todo_of(Message("example.gone")) == ""


def test_a_code_of_two_catalogues_is_an_error(settings: pytest.FixtureRequest) -> None:
    settings.MESSAGE_CATALOGUES = [EXAMPLE, EXAMPLE]
    with pytest.raises(ValueError, match=r"example\.denied"):
        entries()
