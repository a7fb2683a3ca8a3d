"""Registered consumers of a spec: AWS's names and limits, the declaration as JSON and YAML, and what changes."""

from dataclasses import replace

import pytest

from onboarding.fan_out import form_codec
from onboarding.fan_out.consumer import FanOutConsumer, fan_out_problems
from onboarding.spec import diff, rules, validation, yaml_file
from onboarding.spec.change import Verb
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec

SPEC = IntegrationSpec("n", "c", StreamSpec(name="sluice-sensors", region="eu-west-1", shards=1, retention_hours=24))


def of(*names: str) -> tuple[FanOutConsumer, ...]:
    return tuple(map(FanOutConsumer, names))


@pytest.mark.parametrize("name", ["a", "Reporting_1.live-2", "x" * 128])
def test_a_name_of_awss_alphabet_is_accepted(name: str) -> None:
    assert list(fan_out_problems(of(name), mode="PROVISIONED")) == []


@pytest.mark.parametrize("name", ["", "x" * 129, "a b", "a/b", "a:1", "é", "a\n", "$(b)", "*"])
def test_another_name_is_refused_with_its_place(name: str) -> None:
    [(path, message)] = fan_out_problems(of("ok", name), mode="PROVISIONED")
    assert (path, message.code) == ("1.name", "fan_out.name")


def test_duplicates_and_limits_by_mode() -> None:
    assert [(path, message.code) for path, message in fan_out_problems(of("a", "b", "a"), mode="ON_DEMAND")] == [
        ("2.name", "fan_out.name_twice")
    ]
    for mode, most in (("PROVISIONED", 20), ("ON_DEMAND", 50)):
        names = of(*(f"c{number}" for number in range(most + 1)))
        assert list(fan_out_problems(names[:-1], mode=mode)) == []
        [(path, message)] = fan_out_problems(names, mode=mode)
        assert (path, message.code, message.params["limit_count"]) == ("", "fan_out.too_many", most)


def test_the_rules_of_a_spec_name_the_consumer() -> None:
    found = rules.check(replace(SPEC, fan_out=of("a b")))
    assert [(problem.path, problem.message.code) for problem in found] == [("fan_out.0.name", "fan_out.name")]


def test_the_declaration_round_trips_and_is_left_out_while_empty() -> None:
    assert "fan_out" not in SPEC.as_dict()
    spec = replace(SPEC, fan_out=of("reporting", "alerts"))
    assert spec.as_dict()["fan_out"] == [{"name": "reporting"}, {"name": "alerts"}]
    assert validation.from_dict(spec.as_dict()) == spec
    assert yaml_file.from_yaml(spec.as_yaml()) == spec
    typed = form_codec.typed(spec.fan_out[0])
    assert form_codec.plain({"name": " reporting "}) == typed == {"name": "reporting"}


def test_what_is_registered_and_deregistered_is_a_change_each() -> None:
    before, after = replace(SPEC, fan_out=of("a", "b")), replace(SPEC, fan_out=of("b", "c"))
    found = [(change.path, change.verb) for change in diff.between(before, after)]
    assert found == [("fan_out.c", Verb.CREATE), ("fan_out.a", Verb.REMOVE)]
    assert diff.between(after, after) == []
