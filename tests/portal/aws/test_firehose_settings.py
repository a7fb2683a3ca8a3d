"""Settings of Firehose streams: compared with AWS's description, and written as an update takes them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.firehose_settings import SettingDiffers, creation_request, differing_settings, update_request

VALUES = st.recursive(
    st.one_of(st.text(max_size=4), st.integers(0, 9), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["Enabled", "Prefix", "Parameters", "S3Configuration"]), inner, max_size=3),
        st.lists(st.text(max_size=3), max_size=3),
    ),
    max_leaves=6,
)
SETTINGS = st.dictionaries(st.sampled_from(["BufferingHints", "Prefix", "RoleARN", "VpcConfiguration"]), VALUES)


@settings(max_examples=40, deadline=None)
@given(SETTINGS)
def test_settings_never_differ_from_themselves(wanted: dict[str, Any]) -> None:
    assert differing_settings(wanted, wanted) == []


@settings(max_examples=40, deadline=None)
@given(SETTINGS, st.dictionaries(st.sampled_from(["Added", "AwsDefault"]), VALUES))
def test_what_aws_adds_is_no_difference(wanted: dict[str, Any], added: dict[str, Any]) -> None:
    assert differing_settings(wanted, {**wanted, **added}) == []


@settings(max_examples=40, deadline=None)
@given(SETTINGS, st.sampled_from(["BufferingHints", "Prefix", "RoleARN"]))
def test_a_setting_that_was_changed_is_the_only_difference(wanted: dict[str, Any], key: str) -> None:
    found = differing_settings({**wanted, key: "as wanted"}, {**wanted, key: "another"})
    assert found == [SettingDiffers(key, "as wanted", "another")]


@pytest.mark.parametrize("empty", ["", [], None, False])
def test_an_empty_setting_may_be_missing_in_a_description(empty: object) -> None:
    assert differing_settings({"Prefix": empty}, {}) == []
    assert differing_settings({"Prefix": empty}, {"Prefix": "x"}) == [SettingDiffers("Prefix", empty, "x")]


@pytest.mark.parametrize(
    ("wanted", "found", "path"),
    [
        ({"BufferingHints": {"SizeInMBs": 5}}, {"BufferingHints": {"SizeInMBs": 9}}, "BufferingHints.SizeInMBs"),
        ({"BufferingHints": {"SizeInMBs": 5}}, {}, "BufferingHints.SizeInMBs"),
        ({"BufferingHints": {"SizeInMBs": 5}}, {"BufferingHints": "odd"}, "BufferingHints.SizeInMBs"),
        ({"SubnetIds": ["a", "b"]}, {"SubnetIds": ["a"]}, "SubnetIds"),
        ({"SubnetIds": ["a"]}, {"SubnetIds": ["a", "b"]}, "SubnetIds"),
        ({"SubnetIds": ["a"]}, {"SubnetIds": None}, "SubnetIds"),
        ({"Enabled": True}, {"Enabled": False}, "Enabled"),
        ({"Size": 0}, {"Size": 1}, "Size"),
        ({"Processors": [{"Type": "Lambda"}]}, {"Processors": ["Lambda"]}, "Processors"),
    ],
)
def test_a_difference_is_named_by_its_path(wanted: dict[str, Any], found: dict[str, Any], path: str) -> None:
    assert [difference.path for difference in differing_settings(wanted, found)] == [path]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"SubnetIds": ["a", "b"]}, {"SubnetIds": ["b", "a"]}),
        ({"S3Configuration": {"Prefix": "x"}}, {"S3DestinationDescription": {"Prefix": "x", "More": 1}}),
        ({"S3BackupConfiguration": {"Prefix": "x"}}, {"S3BackupDescription": {"Prefix": "x"}}),
        ({"VpcConfiguration": {"RoleARN": "r"}}, {"VpcConfigurationDescription": {"RoleARN": "r", "VpcId": "v"}}),
        (
            {"Processors": [{"Type": "Lambda", "Parameters": [{"ParameterName": "a"}]}]},
            {"Processors": [{"Type": "Lambda", "Parameters": [{"ParameterName": "r"}, {"ParameterName": "a"}]}]},
        ),
    ],
)
def test_another_order_or_name_is_no_difference(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    assert differing_settings(wanted, found) == []


def test_an_update_renames_what_updates_call_otherwise_and_leaves_out_what_they_do_not_take() -> None:
    wanted = {
        "RoleARN": "r",
        "S3Configuration": {"Prefix": "x"},
        "VpcConfiguration": {"RoleARN": "r"},
        "IndexName": "i",
    }
    update = update_request("AmazonopensearchserviceDestination", wanted)
    assert update == {
        "AmazonopensearchserviceDestinationUpdate": {"RoleARN": "r", "S3Update": {"Prefix": "x"}, "IndexName": "i"}
    }
    extended = update_request("ExtendedS3Destination", {"S3BackupConfiguration": {"Prefix": "x"}, "Prefix": "y"})
    assert extended == {"ExtendedS3DestinationUpdate": {"S3BackupUpdate": {"Prefix": "x"}, "Prefix": "y"}}


def test_a_request_for_a_delivery_reads_from_the_data_stream_by_the_role() -> None:
    asked = creation_request(
        "n", stream_arn="s", role_arn="r", destination="ExtendedS3Destination", configuration={"a": 1}, tags={"k": "v"}
    )
    assert asked["KinesisStreamSourceConfiguration"] == {"KinesisStreamARN": "s", "RoleARN": "r"}
    assert asked["ExtendedS3DestinationConfiguration"] == {"a": 1}
    assert asked["Tags"] == [{"Key": "k", "Value": "v"}]
