"""Consumers' roles in a spec: read and written, checked, and compared."""

from dataclasses import replace
from typing import Any

import pytest

from onboarding.consumers.role import ConsumerRole
from onboarding.spec import diff, integration_spec, validation
from onboarding.spec.change import Verb
from onboarding.spec.problem import SpecRefused

ROLE = "arn:aws:iam::444455556666:role/reader"
PLAIN: dict[str, Any] = {
    "name": "Harbour Tower",
    "connection": "production",
    "stream": {"name": "sluice-harbour", "region": "eu-west-1"},
}


def with_roles(*roles: dict[str, Any]) -> dict[str, Any]:
    return {**PLAIN, "consumer_roles": list(roles)}


def test_a_spec_without_consumers_is_written_as_before() -> None:
    assert "consumer_roles" not in validation.from_dict(PLAIN).as_dict()


def test_roles_are_read_and_written() -> None:
    spec = validation.from_dict(with_roles({"name": "analytics", "principals": [ROLE, "111122223333"]}))
    assert spec.consumer_roles == (ConsumerRole("analytics", (ROLE, "111122223333")),)
    written = spec.as_dict()["consumer_roles"]
    assert written == [{"name": "analytics", "principals": [ROLE, "111122223333"], "session_seconds": 3600}]
    assert integration_spec.from_row(spec.as_dict()) == spec
    own = replace(spec, consumer_roles=(replace(spec.consumer_roles[0], external_id="their-own"),))
    assert integration_spec.from_row(own.as_dict()) == own


def test_every_problem_is_reported_with_its_place() -> None:
    chinese = ROLE.replace(":aws:", ":aws-cn:")
    with pytest.raises(SpecRefused) as refused:
        validation.from_dict(
            with_roles({"name": "A", "principals": ["*", chinese]}, {"name": "b", "principals": [ROLE, ROLE]})
        )
    assert [(problem.path, problem.message.code) for problem in refused.value.problems] == [
        ("consumer_roles.0.name", "consumer.role_name"),
        ("consumer_roles.0.principals.0", "consumer.principal_wildcard"),
        ("consumer_roles.0.principals.1", "consumer.principal_partition"),
        ("consumer_roles.1.principals.1", "consumer.principal_twice"),
    ]


def test_a_trust_policy_fits_into_iam() -> None:
    path = "/".join("p" * 60 for _ in range(4))
    long = [f"arn:aws:iam::444455556666:role/{path}/reader{number}" for number in range(10)]
    with pytest.raises(SpecRefused) as refused:
        validation.from_dict(with_roles({"name": "a", "principals": long}))
    [problem] = refused.value.problems
    assert (problem.path, problem.message.code) == ("consumer_roles.0.principals", "consumer.trust_too_long")


def test_differences_are_listed_field_by_field() -> None:
    before = validation.from_dict(
        with_roles({"name": "kept", "principals": [ROLE]}, {"name": "former", "principals": [ROLE]})
    )
    changed = {"name": "kept", "principals": ["111122223333"], "session_seconds": 7200, "external_id": "their-own"}
    after = validation.from_dict(with_roles(changed, {"name": "new", "principals": [ROLE]}))
    assert [(change.path, change.verb) for change in diff.between(before, after)] == [
        ("consumer_roles.kept.principals", Verb.UPDATE),
        ("consumer_roles.kept.session_seconds", Verb.UPDATE),
        ("consumer_roles.kept.external_id", Verb.UPDATE),
        ("consumer_roles.new", Verb.CREATE),
        ("consumer_roles.former", Verb.REMOVE),
    ]
    assert diff.between(after, after) == []


def test_a_role_can_choose_one_registered_consumer() -> None:
    chosen = {"name": "analytics", "principals": [ROLE], "fan_out": "reporting"}
    spec = validation.from_dict({**with_roles(chosen), "fan_out": [{"name": "reporting"}]})
    assert spec.consumer_roles[0].fan_out == "reporting"
    assert integration_spec.from_row(spec.as_dict()) == spec
    any_consumer = replace(spec, consumer_roles=(replace(spec.consumer_roles[0], fan_out=""),))
    assert "fan_out" not in any_consumer.as_dict()["consumer_roles"][0]
    [change] = diff.between(any_consumer, spec)
    assert (change.path, change.verb) == ("consumer_roles.analytics.fan_out", Verb.UPDATE)
    with pytest.raises(SpecRefused) as refused:
        validation.from_dict(with_roles(chosen))
    [problem] = refused.value.problems
    assert (problem.path, problem.message.code) == ("consumer_roles.0.fan_out", "consumer.fan_out_unknown")
