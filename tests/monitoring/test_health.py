from dataclasses import replace

import pytest

from monitoring.health import DeliveryFigures, Figures, duration, judge, percent, rate

BUSY_AND_WELL = Figures(
    records_per_second=812,
    bytes_per_second=830_000,
    use=0.41,
    binding_limit="1,000 records/s",
    throttled_writes=0,
    throttled_reads=0,
    iterator_age_seconds=1.2,
    deliveries=(DeliveryFigures("lobby-to-s3", "S3", freshness_seconds=58, success=1),),
    silent_for_seconds=60,
    live_for_seconds=90_000,
)


def delivering(**figures: object) -> dict[str, object]:
    well = BUSY_AND_WELL.deliveries[0]
    return {"deliveries": (well, replace(well, name="lobby-to-splunk", title="Splunk", **figures))}


def verdict(**figures: object) -> tuple[str, str]:
    found = judge(replace(BUSY_AND_WELL, **figures))
    return found.state, found.sentence


def test_a_stream_that_is_well_says_how_much_arrives() -> None:
    assert verdict() == ("healthy", "812 records/s arrive, 41% of the write limit.")


@pytest.mark.parametrize(
    ("figures", "state", "words"),
    [
        ({"refusal": "the external ID changed."}, "failing", "the external ID changed"),
        (delivering(success=0.5), "failing", "lobby-to-splunk could deliver only 50% of what it tried to Splunk"),
        ({"silent_for_seconds": 600}, "failing", "No record has arrived for 10 minutes"),
        ({"throttled_writes": 120}, "attention", "refused 120 records"),
        ({"throttled_writes": 120_000}, "failing", "refused 120,000 records"),
        ({"iterator_age_seconds": 4 * 3600}, "attention", "4 hours behind"),
        ({"iterator_age_seconds": 13 * 3600}, "failing", "after 24 hours records are gone"),
        ({"use": 0.81}, "attention", "81% of its write limit (1,000 records/s)"),
        (delivering(freshness_seconds=901), "attention", "has not delivered to Splunk is 15 minutes old"),
        ({"throttled_reads": 3}, "attention", "refused 3 reads"),
    ],
)
def test_each_trouble_is_named_in_one_sentence(figures: dict[str, object], state: str, words: str) -> None:
    found = judge(replace(BUSY_AND_WELL, **figures))
    assert found.state == state
    assert words in found.sentence
    assert found.advice or figures.get("refusal")


@pytest.mark.parametrize(
    "figures",
    [
        {"use": 0.8},
        {"silent_for_seconds": 599},
        {"iterator_age_seconds": 599},
        delivering(freshness_seconds=900),
        {"throttled_writes": None},
        {"iterator_age_seconds": None},
        delivering(freshness_seconds=None, success=None),
    ],
)
def test_at_the_threshold_and_without_a_figure_nothing_is_claimed(figures: dict[str, object]) -> None:
    assert verdict(**figures)[0] == "healthy"


def test_a_long_buffering_interval_makes_delivery_patient() -> None:
    assert verdict(**delivering(freshness_seconds=1_700, buffering_seconds=900))[0] == "healthy"
    assert verdict(**delivering(freshness_seconds=1_900, buffering_seconds=900))[0] == "attention"


def test_the_worst_trouble_is_the_one_that_is_told() -> None:
    assert verdict(use=0.95, throttled_writes=90_000, refusal="it was deleted.")[1].endswith("it was deleted.")
    assert "refused 90,000" in verdict(use=0.95, throttled_writes=90_000)[1]


def test_no_data_yet_is_unknown_and_says_when_to_expect_it() -> None:
    found = judge(Figures(live_for_seconds=30))
    assert found.state == "unknown"
    assert "two minutes after the first record" in found.advice


def test_a_credential_that_nobody_uses_needs_attention_after_a_day() -> None:
    assert judge(Figures(credential_unused_for_seconds=3600)).state == "unknown"
    found = judge(Figures(credential_unused_for_seconds=3 * 86400))
    assert (found.state, found.sentence) == (
        "attention",
        "The credential has been ready for 3 days and was never used.",
    )


def test_a_stream_in_use_does_not_complain_about_its_credential() -> None:
    assert verdict(credential_unused_for_seconds=3 * 86400)[0] == "healthy"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (58, "58 s"), (100, "2 minutes"), (7_199, "120 minutes"), (7_200, "2 hours"), (200_000, "2 days")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("per_second", "words"), [(0, "0"), (0.03, "0.03"), (0.5, "0.5"), (9.96, "10.0"), (2314, "2,314")]
)
def test_rates_keep_the_digits_that_matter(per_second: float, words: str) -> None:
    assert rate(per_second) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0"), (0.0004, "<0.1"), (0.003, "0.3"), (0.0996, "10"), (0.41, "41"), (1.2, "120")]
)
def test_shares_are_said_in_per_cent(share: float, words: str) -> None:
    assert percent(share) == words
