"""S3's own setting of what ends a record: on for new deliveries of text, unchanged for older ones."""

from typing import Any

import pytest

from onboarding.deliveries import form_codec
from onboarding.deliveries.delivery import Delivery
from onboarding.problem_texts import sentence_of
from onboarding.spec import diff, validation
from onboarding.spec.change import Verb
from onboarding.spec.integration_spec import IntegrationSpec, from_row
from onboarding.spec.problem import SpecRefused
from onboarding.wizard.forms.delivery import DeliveryForm
from tests.onboarding.deliveries.test_deliveries import PARQUET, PARTED, PARTED_PREFIX, PLACE, spec_with
from tests.onboarding.deliveries_examples import example

PARTITIONED = {"prefix": PARTED_PREFIX, "buffering_mb": 64}
CONVERTED = {"buffering_mb": 64, "compression": "UNCOMPRESSED"}


def declared(settings: dict[str, Any] | None = None, **more: Any) -> IntegrationSpec:
    plain = {**example("s3"), **more}
    plain["destination"] = {"kind": "s3", **(settings or {})}
    return validation.from_dict(spec_with(plain))


def processors(delivery: Delivery) -> list[str]:
    configured = delivery.configuration(PLACE)["ProcessingConfiguration"]
    return [processor["Type"] for processor in configured.get("Processors", ())]


def test_each_record_of_a_new_delivery_ends_with_a_newline() -> None:
    [delivery] = declared().deliveries
    configured = delivery.configuration(PLACE)["ProcessingConfiguration"]
    newline = {
        "Type": "AppendDelimiterToRecord",
        "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
    }
    assert configured == {"Enabled": True, "Processors": [newline]}
    assert processors(declared({"delimiter": False}).deliveries[0]) == []
    [without_destination] = validation.from_dict(spec_with({"name": "sluice-a", "bucket": "sluice-a"})).deliveries
    assert processors(without_destination) == ["AppendDelimiterToRecord"]


def test_partitioned_and_converted_records_have_no_second_delimiter() -> None:
    [parted] = declared({"partitioning": PARTED}, **PARTITIONED).deliveries
    assert processors(parted) == ["MetadataExtraction", "AppendDelimiterToRecord"]
    [converted] = declared({"conversion": PARQUET}, **CONVERTED).deliveries
    assert processors(converted) == []


@pytest.mark.parametrize(
    ("settings", "more", "text"),
    [
        ({"partitioning": PARTED}, PARTITIONED, "Dynamic partitioning has its own setting for the newline."),
        ({"conversion": PARQUET}, CONVERTED, "Parquet and ORC files have no newlines between records."),
    ],
)
def test_a_delimiter_that_would_count_twice_or_break_files_is_refused(
    settings: dict[str, Any], more: dict[str, Any], text: str
) -> None:
    with pytest.raises(SpecRefused) as refused:
        declared({**settings, "delimiter": True}, **more)
    assert [(problem.path, sentence_of(problem).startswith(text)) for problem in refused.value.problems] == [
        ("deliveries.0.destination.delimiter", True)
    ]


def test_a_delivery_from_before_keeps_joining_records_and_is_offered_the_change() -> None:
    new = declared()
    row = new.as_dict()
    del row["deliveries"][0]["destination"]["delimiter"]
    old = from_row(row)
    assert processors(old.deliveries[0]) == []
    assert old.deliveries[0].destination.joins_records
    [change] = diff.between(old, new)
    assert (change.path.rpartition(".")[2], change.verb) == ("delimiter", Verb.UPDATE)
    assert change.effect.code == "change.lines_in_files"


def test_the_wizard_suggests_it_and_reads_it_only_where_it_counts() -> None:
    suggested = DeliveryForm({"kind": "s3"}, submitted=False).suggested("sluice-sensors", taken=set())
    assert form_codec.plain(suggested)["destination"]["delimiter"] is True
    cleared = {**suggested, "delimiter": ""}
    assert form_codec.plain(cleared)["destination"]["delimiter"] is False
    for other in ({"conversion__format": "parquet"}, {"partitioning__keys": "building: .building"}):
        assert "delimiter" not in form_codec.plain({**suggested, **other})["destination"]
