"""What a trust policy decides: as MiniStack's evaluator does for what Sluice writes, and "unknown" beyond it."""

from typing import Any

import pytest

from onboarding.consumers.trust_check import check_trust_policy
from portal.aws.policies.consumers import consumer_trust_policy
from portal.aws.policies.document_evaluation import PolicyDecision
from portal.aws.policies.trust_evaluation import trust_decision

ROLE, USER = "arn:aws:iam::444455556666:role/reader", "arn:aws:iam::444455556666:user/ada"
ROOT = "arn:aws:iam::444455556666:root"
OTHER = "arn:aws:iam::777788889999:role/reader"
ALLOWED, DENIED, UNKNOWN = PolicyDecision.ALLOWED, PolicyDecision.DENIED, PolicyDecision.UNKNOWN
WANTED = {"StringEquals": {"sts:ExternalId": "right"}}


def statement(principal: Any, condition: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    found = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {**found, "Condition": condition} if condition else found


def decide(*statements: dict[str, Any], principal: str = ROLE, external_id: str | None = "right") -> PolicyDecision:
    return trust_decision({"Version": "2012-10-17", "Statement": list(statements)}, principal, external_id)


def test_the_policy_that_sluice_writes_needs_the_external_id() -> None:
    for principals in ([ROLE], [ROLE, USER], [ROOT]):
        found = check_trust_policy(consumer_trust_policy(principals, "right"), principals, "right")
        assert (found.right, found.wrong, found.missing, found.stranger) == (ALLOWED, DENIED, DENIED, DENIED)
        assert found.is_as_it_must_be


@pytest.mark.parametrize(
    ("given", "decision"),
    [
        (statement({"AWS": ROLE}), ALLOWED),
        (statement({"AWS": ROOT}), ALLOWED),
        (statement({"AWS": "444455556666"}), ALLOWED),
        (statement({"AWS": [OTHER, "*"]}), ALLOWED),
        (statement("*"), ALLOWED),
        (statement({"AWS": OTHER}), DENIED),
        (statement({"AWS": "AROAEXAMPLE"}), DENIED),
        (statement({"Service": "lambda.amazonaws.com"}), DENIED),
        (statement({"AWS": ROLE}, Action=["sts:TagSession"]), DENIED),
        (statement({"AWS": ROLE}, Action="sts:*"), ALLOWED),
        (statement({"AWS": ROLE}, {"StringLike": {"sts:ExternalId": "r*"}}), ALLOWED),
        (statement({"AWS": ROLE}, {"StringEquals": {"sts:ExternalId": ["left", "other"]}}), DENIED),
        (statement({"AWS": ROLE}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}), UNKNOWN),
        (statement({"AWS": ROLE}, {**WANTED, "Bool": {"aws:MultiFactorAuthPresent": "true"}}), UNKNOWN),
        (statement({"AWS": ROLE}, {"StringNotEquals": {"sts:ExternalId": "left"}}), UNKNOWN),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}, UNKNOWN),
    ],
)
def test_other_policies_are_evaluated_or_unknown(given: dict[str, Any], decision: PolicyDecision) -> None:
    assert decide(given) == decision


def test_a_missing_external_id_meets_only_what_asks_for_none() -> None:
    assert decide(statement({"AWS": ROLE}, WANTED), external_id=None) == DENIED
    optional = {"StringEqualsIfExists": {"sts:ExternalId": "right"}}
    assert decide(statement({"AWS": ROLE}, optional), external_id=None) == ALLOWED
    assert decide(statement({"AWS": ROLE}, optional), external_id="wrong") == DENIED
    null = {"Null": {"sts:ExternalId": "true"}}
    assert decide(statement({"AWS": ROLE}, null), external_id=None) == ALLOWED
    assert decide(statement({"AWS": ROLE}, null)) == DENIED


def test_a_deny_wins_and_an_unknown_deny_leaves_it_open() -> None:
    allows = statement({"AWS": ROLE}, WANTED)
    assert decide(allows, statement({"AWS": ROLE}, Effect="Deny")) == DENIED
    assert decide(allows, statement({"AWS": OTHER}, Effect="Deny")) == ALLOWED
    elsewhere = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    assert decide(allows, statement({"AWS": ROLE}, elsewhere, Effect="Deny")) == UNKNOWN
    assert trust_decision({"Version": "2012-10-17"}, ROLE, "right") == DENIED


def test_a_policy_that_was_opened_is_seen() -> None:
    everyone = {"Version": "2012-10-17", "Statement": [statement({"AWS": "*"})]}
    found = check_trust_policy(everyone, [ROLE], "right")
    assert (found.right, found.wrong, found.missing, found.stranger) == (ALLOWED, ALLOWED, ALLOWED, ALLOWED)
    assert not found.is_as_it_must_be
    assert not check_trust_policy(consumer_trust_policy([OTHER], "right"), [ROLE], "right").is_as_it_must_be


@pytest.mark.parametrize(
    ("condition", "external_id", "decision"),
    [
        ({"Null": {"sts:ExternalId": True}}, None, ALLOWED),
        ({"Null": {"sts:ExternalId": False}}, None, DENIED),
        ({"StringEquals": {"sts:ExternalId": 12345}}, "12345", ALLOWED),
        ({"StringLike": {"sts:ExternalId": 12345}}, "12345", ALLOWED),
        ({"StringLike": {"sts:ExternalId": "[a]*"}}, "a1", DENIED),
        ({"StringLike": {"sts:ExternalId": "[a]*"}}, "[a]1", ALLOWED),
        ({"StringLike": {"sts:ExternalId": "*a" * 40 + "b"}}, "a" * 100, DENIED),
    ],
)
def test_values_that_someone_wrote_in_the_console_are_read_as_iam_reads_them(
    condition: dict[str, Any], external_id: str | None, decision: PolicyDecision
) -> None:
    assert decide(statement({"AWS": ROLE}, condition), external_id=external_id) is decision


@pytest.mark.parametrize(
    ("added", "stranger"),
    [
        (statement({"AWS": OTHER}, WANTED), ALLOWED),
        (statement({"AWS": "777788889999"}), ALLOWED),
        (statement({"AWS": OTHER}, {"StringEquals": {"sts:ExternalId": "another"}}), DENIED),
        (statement({"AWS": "AROAEXAMPLEEXAMPLEID1"}, WANTED), DENIED),
        (statement({"Service": "ec2.amazonaws.com"}), UNKNOWN),
        (statement({"AWS": OTHER}, WANTED, Effect="Deny"), DENIED),
    ],
)
def test_a_principal_that_was_added_beside_those_of_the_role_is_seen(
    added: dict[str, Any], stranger: PolicyDecision
) -> None:
    trust = consumer_trust_policy([ROLE], "right")
    found = check_trust_policy({**trust, "Statement": [*trust["Statement"], added]}, [ROLE], "right")
    assert found.stranger is stranger
    assert found.is_as_it_must_be == (stranger is DENIED)
