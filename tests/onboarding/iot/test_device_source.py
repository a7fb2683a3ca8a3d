"""A declaration of devices: names and topics by AWS's rules, the rule that follows from it, and differences."""

from dataclasses import replace

import pytest

from onboarding.iot.device_source import BY_DEVICE, DeviceSource
from onboarding.iot.topics import matches
from onboarding.spec import validation
from onboarding.spec.change import Verb
from onboarding.spec.diff import between
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
from onboarding.spec.rules import check
from onboarding.spec.stream_spec import StreamSpec
from onboarding.spec.yaml_file import from_yaml

SOURCE = DeviceSource("sluice-sensor", "sluice-lobby", "sluice-lobby/air")
SPEC = IntegrationSpec("s", "c", StreamSpec("sluice-sensors", "eu-west-1"), devices=SOURCE)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"thing_type": "sensor"}, [("devices.thing_type", "name.outside_prefix")]),
        ({"thing_type": "sluice sensor"}, [("devices.thing_type", "name.thing_characters")]),
        ({"thing_group": "sluice-" + "x" * 128}, [("devices.thing_group", "name.thing_characters")]),
        ({"topic_prefix": "lobby"}, [("devices.topic_prefix", "name.outside_prefix")]),
        ({"topic_prefix": "sluice-lobby/"}, [("devices.topic_prefix", "topic.prefix_characters")]),
        ({"topic_prefix": "sluice-lobby/+"}, [("devices.topic_prefix", "topic.prefix_characters")]),
        ({"topic_prefix": "sluice-a/b/c/d/e"}, [("devices.topic_prefix", "topic.prefix_too_long")]),
        ({"sql": "SELECT *"}, [("devices.sql", "sql.expected")]),
        ({"sql": "SELECT * FROM 'sluice-lobby/#'"}, [("devices.sql", "sql.outside_prefix")]),
        ({"sql": "SELECT * FROM 'sluice-lobby/air/#'"}, []),
        ({"log_retention_days": 2}, [("devices.log_retention_days", "spec.log_days")]),
    ],
)
def test_what_aws_would_refuse_is_refused(changed: dict[str, object], found: list[tuple[str, str]]) -> None:
    spec = replace(SPEC, devices=replace(SOURCE, **changed))
    problems = check(spec, name_prefix="sluice-", account_id="111122223333")
    assert [(problem.path, problem.message.code) for problem in problems] == found


def test_a_declaration_is_left_out_while_empty_and_read_back() -> None:
    assert "devices" not in replace(SPEC, devices=None).as_dict()
    assert validation.from_dict(SPEC.as_dict()) == SPEC
    assert from_yaml(SPEC.as_yaml()) == SPEC
    short = {**SPEC.as_dict(), "devices": {"thing_type": "a", "thing_group": "b", "topic_prefix": "c"}}
    assert validation.of_schema(short).devices == DeviceSource("a", "b", "c")
    for wrong in ({"thing_type": "a"}, {**short["devices"], "more": 1}, {**short["devices"], "partition_key": "x"}):
        with pytest.raises(SpecRefused):
            validation.of_schema({**short, "devices": wrong})


def test_the_partition_key_is_the_level_at_which_devices_have_their_name() -> None:
    for prefix, level in (("sluice-a", 2), ("sluice-a/b", 3), ("sluice-a/b/c/d", 5)):
        source = replace(SOURCE, topic_prefix=prefix, partition_key=BY_DEVICE)
        assert source.key_template == f"${{topic({level})}}"
        assert source.topic_of("lamp").split("/")[level - 1] == "lamp"
        assert matches(f"{prefix}/+/#", source.topic_of("lamp"))
    assert SOURCE.key_template == "${newuuid()}"


@pytest.mark.parametrize(
    ("topic_filter", "topic", "is_among"),
    [
        ("a/+/#", "a/b/c/d", True),
        ("a/+/#", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/b", "a/b", True),
        ("#", "x", True),
    ],
)
def test_a_filter_means_what_mqtt_says(topic_filter: str, topic: str, is_among: bool) -> None:
    assert matches(topic_filter, topic) is is_among


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (None, [("devices", Verb.REMOVE)]),
        (replace(SOURCE, thing_group="sluice-hall"), [("devices.thing_group", Verb.REFUSE)]),
        (replace(SOURCE, topic_prefix="sluice-hall"), [("devices.topic_prefix", Verb.UPDATE)]),
        (replace(SOURCE, sql="SELECT a FROM 'sluice-lobby/air/#'"), [("devices.sql", Verb.UPDATE)]),
        (replace(SOURCE, partition_key=BY_DEVICE), [("devices.partition_key", Verb.UPDATE)]),
        (replace(SOURCE, log_retention_days=30), [("devices.log_retention_days", Verb.UPDATE)]),
    ],
)
def test_what_a_changed_declaration_does(after: DeviceSource | None, changes: list[tuple[str, Verb]]) -> None:
    found = between(SPEC, replace(SPEC, devices=after))
    assert [(change.path, change.verb) for change in found] == changes
    assert [change.verb for change in between(replace(SPEC, devices=None), SPEC)] == [Verb.CREATE]
