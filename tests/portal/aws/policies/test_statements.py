"""The grammar of IAM documents."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS, ChosenPermissions, chosen_permissions
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS, PERMISSION_BY_KEY
from portal.aws.policies.statements import Arn, allow, deny, document, statements_of, via_service

PARTS = st.text("abc-*/", max_size=6)


@settings(max_examples=60, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS, st.text("abc:/*", max_size=12))
def test_an_arn_is_read_as_it_is_written(partition: str, service: str, region: str, account: str, name: str) -> None:
    found = Arn.parse(f"arn:{partition}:{service}:{region}:{account}:{name}")
    assert found == Arn(partition, service, region, account, name)


@pytest.mark.parametrize("text", ["", "arn:aws:s3::x", "s3:::bucket", "urn:aws:s3:::x", "ARN:aws:s3:::x"])
def test_other_text_is_no_arn(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (which of its parts is missing is not said)
        Arn.parse(text)


@pytest.mark.parametrize(
    ("partition", "name"), [("aws", "kinesis.x.amazonaws.com"), ("aws-cn", "kinesis.x.amazonaws.com.cn")]
)
def test_kms_knows_a_service_by_a_name_of_its_partition(partition: str, name: str) -> None:
    assert via_service("kinesis", "x", partition=partition) == name


def test_statements_are_found_however_the_document_is_written() -> None:
    lone = allow("A", ["s3:GetObject"], "*")
    assert statements_of({"Statement": lone}) == statements_of(document(lone)) == [lone]
    assert statements_of(None) == statements_of({}) == statements_of(document()) == []


def test_a_statement_does_not_share_its_lists_with_its_caller() -> None:
    actions, resources, condition = ["s3:GetObject"], ["arn:a"], {"Bool": {"aws:SecureTransport": "false"}}
    built = deny("A", actions, resources, condition=condition)
    actions.append("s3:*")
    resources.append("*")
    condition["Bool"]["aws:SecureTransport"] = "true"
    assert built == {
        "Sid": "A", "Effect": "Deny", "Action": ["s3:GetObject"], "Resource": ["arn:a"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip


KEYS = st.sets(st.sampled_from(sorted(PERMISSION_BY_KEY)))


@settings(max_examples=40, deadline=None)
@given(KEYS)
def test_a_choice_keeps_the_statements_of_what_was_chosen_and_all_that_are_not_optional(keys: set[str]) -> None:
    chosen = chosen_permissions(keys, ["arn:a"])
    optional = {sid for permission in OPTIONAL_PERMISSIONS for sid in permission.statements | permission.denials}
    statements = [allow(sid, ["s3:GetObject"], "*") for sid in ("Always", *sorted(optional))]
    kept = {statement["Sid"] for statement in chosen.keep(statements)}
    excluded = {sid for key in PERMISSION_BY_KEY.keys() - keys for sid in PERMISSION_BY_KEY[key].statements}
    excluded |= {sid for key in keys for sid in PERMISSION_BY_KEY[key].denials}
    assert (kept, set(chosen.chosen)) == ({"Always", *optional} - excluded, keys)
    assert chosen_permissions(chosen.chosen, chosen.others) == chosen


@settings(max_examples=40, deadline=None)
@given(KEYS, st.sampled_from(sorted(PERMISSION_BY_KEY)))
def test_choosing_one_more_never_takes_a_statement_away(keys: set[str], more: str) -> None:
    fewer, wider = chosen_permissions(keys), chosen_permissions(keys | {more})
    assert wider.excluded_statements - PERMISSION_BY_KEY[more].denials <= fewer.excluded_statements


def test_the_default_is_that_of_each_permission() -> None:
    assert set(ChosenPermissions().chosen) == {perm.key for perm in OPTIONAL_PERMISSIONS if perm.is_default}
    denials = frozenset().union(*(permission.denials for permission in OPTIONAL_PERMISSIONS))
    assert ALL_PERMISSIONS.excluded_statements == denials


def test_a_description_takes_a_statement_alone_and_words_it_does_not_know() -> None:
    lone = {"Effect": "Deny", "Action": "new:Thing", "Resource": "arn:aws:new:::thing/x", "Condition": {}}
    assert describe_policy({"Statement": lone}) == ["May never use new:Thing on arn:aws:new:::thing/x."]
    condition = {"StringNotEquals": {"aws:a": "b"}, "StringLike": {"aws:c": ["d", "e"]}}
    [sentence] = describe_policy(document(allow("A", ["s3:GetObject"], "arn:aws:s3:::b/*", condition=condition)))
    assert "only where aws:a is not b" in sentence
    assert "only where aws:c is d or e" in sentence
    assert sentence.endswith(". Nothing else.")


def test_only_the_last_allow_of_a_policy_without_principals_ends_it() -> None:
    first, last = allow("A", ["s3:GetObject"], "arn:aws:s3:::b/*"), allow("B", ["s3:PutObject"], "arn:aws:s3:::b/*")
    endings = [
        sentence.endswith("Nothing else.")
        for sentence in describe_policy(document(first, last, deny("C", ["s3:*"], "*")))
    ]
    assert endings == [False, True, False]
    assert "Nothing else" not in " ".join(describe_policy(document({**last, "Principal": "*"})))
    assert describe_policy(document({**last, "Principal": "*"}))[0].startswith("Everyone may write ")


@pytest.mark.parametrize(
    ("effect", "action", "resource", "sentence"),
    [
        (
            "Allow",
            ["kinesis:SubscribeToShard", "kinesis:DescribeStreamConsumer"],
            "arn:aws:kinesis:eu-west-1:111122223333:stream/sensors/consumer/*",
            "May subscribe as and see the registered consumers of the data stream sensors in eu-west-1. Nothing else.",
        ),
        (
            "Deny",
            "kinesis:SubscribeToShard",
            "arn:aws:kinesis:*:*:stream/sensors/consumer/*",
            "May never subscribe as the registered consumers of the data stream sensors in every Region.",
        ),
        (
            "Allow",
            "kinesis:SubscribeToShard",
            "arn:aws:kinesis:eu-west-1:111122223333:stream/sensors/consumer/reporting:*",
            "May subscribe as the registered consumer reporting of the data stream sensors in eu-west-1. Nothing else.",
        ),
        (
            "Allow",
            "kinesis:DeregisterStreamConsumer",
            "arn:aws:kinesis:*:111122223333:stream/sluice-*/consumer/*",
            "May deregister the registered consumers of data streams whose names begin with “sluice-” in every Region. "
            "Nothing else.",
        ),
        ("Allow", "cloudwatch:PutMetricData", "*", "May publish metrics in the account. Nothing else."),
    ],
)
def test_what_fan_out_and_metrics_allow_is_a_sentence(
    effect: str, action: str | list[str], resource: str, sentence: str
) -> None:
    assert describe_policy({"Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}) == [sentence]
