"""What a consumer's role may look like in a spec, and which principals can assume one."""

import pytest

from onboarding.consumers.principals import account_of, is_role, principal_arn, principal_problem
from onboarding.consumers.role import ConsumerRole, conflicts
from portal.messages.catalogue import explanation_of

ROLE = "arn:aws:iam::444455556666:role/team/reader"
USER = "arn:aws:iam::444455556666:user/ada"


@pytest.mark.parametrize("principal", [ROLE, USER, "444455556666", "arn:aws:iam::111122223333:role/a_b+c=d,e.f@g-h"])
def test_roles_users_and_accounts_can_assume_a_role(principal: str) -> None:
    assert principal_problem(principal, "aws") is None


@pytest.mark.parametrize(
    ("principal", "code"),
    [
        ("*", "consumer.principal_wildcard"),
        ("arn:aws:iam::444455556666:role/*", "consumer.principal_wildcard"),
        ("arn:aws:iam::444455556666:role/reade?", "consumer.principal_wildcard"),
        ("lambda.amazonaws.com", "consumer.principal_service"),
        ("ec2.amazonaws.com.cn", "consumer.principal_service"),
        ("4444-5555-6666", "consumer.principal_separated"),
        ("arn:aws:iam::444455556666:root", "consumer.principal_root"),
        ("arn:aws:sts::444455556666:assumed-role/reader/session", "consumer.principal_session"),
        ("arn:aws:iam::444455556666:group/readers", "consumer.principal_kind"),
        ("arn:aws:iam::444455556666:saml-provider/corp", "consumer.principal_kind"),
        ("arn:aws:lambda:eu-west-1:444455556666:function:reader", "consumer.principal_unknown"),
        ("44445555666", "consumer.principal_unknown"),
        ("", "consumer.principal_unknown"),
        (f"{ROLE}\n", "consumer.principal_unknown"),
        ("arn:aws:iam::444455556666:role/a b", "consumer.principal_unknown"),
        ("arn:aws:iam::444455556666:role/" + "a" * 65, "consumer.principal_unknown"),
    ],
)
def test_other_principals_are_rejected_with_their_reason(principal: str, code: str) -> None:
    found = principal_problem(principal, "aws")
    assert found is not None
    assert found.code == code
    assert explanation_of(found)


def test_a_principal_is_of_the_streams_partition() -> None:
    assert principal_problem(ROLE.replace(":aws:", ":aws-cn:"), "aws").code == "consumer.principal_partition"
    assert principal_problem(ROLE.replace(":aws:", ":aws-cn:"), "aws-cn") is None
    assert principal_problem(ROLE, "") is None


def test_an_account_is_its_root_principal() -> None:
    assert principal_arn("444455556666", "aws-cn") == "arn:aws-cn:iam::444455556666:root"
    assert principal_arn(ROLE, "aws") == ROLE
    assert [account_of(found) for found in (ROLE, USER, "444455556666")] == ["444455556666"] * 3
    assert [is_role(found) for found in (ROLE, USER, "444455556666")] == [True, False, False]


def problems(**changed: object) -> list[tuple[str, str]]:
    role = ConsumerRole(**{"name": "analytics", "principals": (ROLE,), **changed})
    return [(path, message.code) for path, message in role.problems("aws")]


@pytest.mark.parametrize("name", ["a", "9", "team-a", "a" * 20])
def test_a_short_name_is_accepted(name: str) -> None:
    assert problems(name=name) == []


@pytest.mark.parametrize("name", ["", "A", "a" * 21, "-a", "a-", "a b", "a\n", "ä"])
def test_another_name_is_rejected(name: str) -> None:
    assert problems(name=name) == [("name", "consumer.role_name")]


@pytest.mark.parametrize(("seconds", "is_fine"), [(3599, False), (3600, True), (43200, True), (43201, False)])
def test_a_session_lasts_one_to_twelve_hours(seconds: int, is_fine: bool) -> None:
    assert problems(session_seconds=seconds) == ([] if is_fine else [("session_seconds", "consumer.session_seconds")])


@pytest.mark.parametrize("external_id", ["ab", "a_b+c=d,e.f@g:h/i-j", "x" * 100])
def test_an_external_id_of_awss_alphabet_is_accepted(external_id: str) -> None:
    assert problems(external_id=external_id) == []


@pytest.mark.parametrize("external_id", ["a", "a b", "a\n", "ä1", "a#b", "x" * 1225])
def test_another_external_id_is_rejected(external_id: str) -> None:
    assert problems(external_id=external_id) == [("external_id", "consumer.external_id_characters")]


def test_principals_are_some_and_different() -> None:
    assert problems(principals=()) == [("principals", "consumer.principals_missing")]
    assert problems(principals=(ROLE, USER, ROLE)) == [("principals.2", "consumer.principal_twice")]
    many = tuple(f"{number:012d}" for number in range(11))
    assert problems(principals=many) == [("principals", "consumer.too_many_principals")]
    assert problems(external_id="x" * 101) == [("external_id", "consumer.external_id_too_long")]


def test_roles_differ_in_name_and_external_id() -> None:
    first = ConsumerRole("a", (ROLE,), external_id="shared")
    found = list(conflicts((first, ConsumerRole("a", (USER,)), ConsumerRole("b", (USER,), external_id="shared"))))
    assert [(path, message.code) for path, message in found] == [
        ("1.name", "consumer.role_name_twice"),
        ("2.external_id", "consumer.external_id_twice"),
    ]
    many = tuple(ConsumerRole(f"r{number}", (ROLE,)) for number in range(11))
    assert [(path, message.code) for path, message in conflicts(many)] == [("", "consumer.too_many_roles")]
