"""ARNs that a client lists: exact, in the connection's account and partition, and nothing that is hidden in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.aws.policies.listed_arns import InvalidListedArn, listable_arn, listed_resources, listed_statement
from portal.messages.catalogue import entries, text_of

ACCOUNT, PLACE = "111122223333", "eu-west-1:111122223333"
LISTED = {
    f"arn:aws:kinesis:{PLACE}:stream/telemetry": "OtherStreams",
    f"arn:aws:secretsmanager:{PLACE}:secret:splunk/token-a1B2c3": "OtherSecrets",
    f"arn:aws:es:{PLACE}:domain/search": "OtherDomains",
    f"arn:aws:aoss:{PLACE}:collection/0123456789": "Collections",
    f"arn:aws:glue:{PLACE}:database/lake": "OtherTables",
    f"arn:aws:glue:{PLACE}:catalog/s3tablescatalog/lake": "OtherTables",
    "arn:aws:s3:::warehouse": "OtherBuckets",
    f"arn:aws:lambda:{PLACE}:function:reshape": "OtherFunctions",
    f"arn:aws:dynamodb:{PLACE}:table/dashboard": "LeaseTables",
}


def refusal(arn: str, partition: str = "aws") -> str:
    with pytest.raises(InvalidListedArn) as caught:
        listed_statement(arn, ACCOUNT, partition)
    assert arn in text_of(caught.value.message)
    return caught.value.message.code.removeprefix("listed_arn.")


@pytest.mark.parametrize(("arn", "sid"), LISTED.items())
def test_an_exact_arn_belongs_to_its_statement(arn: str, sid: str) -> None:
    assert listed_statement(arn, ACCOUNT) == sid
    assert listable_arn(arn) == arn
    assert set(listed_resources([arn])) == {sid}
    assert listed_resources([arn])[sid][0] == arn


@pytest.mark.parametrize("arn", LISTED)
def test_an_arn_of_another_partition_is_refused(arn: str) -> None:
    elsewhere = arn.replace("arn:aws:", "arn:aws-cn:")
    assert refusal(elsewhere) == "partition"
    assert refusal(arn, "aws-cn") == "partition"
    assert listed_statement(elsewhere, ACCOUNT, "aws-cn") == LISTED[arn]


@pytest.mark.parametrize("arn", [arn for arn in LISTED if PLACE in arn])
def test_the_account_and_the_region_are_the_connections_own_and_exact(arn: str) -> None:
    assert refusal(arn.replace(ACCOUNT, "444455556666")) == "account"
    assert refusal(arn.replace(ACCOUNT, "")) == "account"
    for region in ("", "*", "eu-west-*", "eu-west", "EU-WEST-1", "eu-west-\u0661", "eu-west-1\n", "$(id)"):
        assert refusal(arn.replace("eu-west-1", region)) == "region"


@pytest.mark.parametrize("place", ["eu-west-1:", f":{ACCOUNT}", PLACE, "$(id):", ":'; rm -rf /'"])
def test_a_bucket_has_neither_region_nor_account(place: str) -> None:
    assert refusal(f"arn:aws:s3:{place}:warehouse") == "not_exact"


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("", "not_an_arn"),
        ("telemetry", "not_an_arn"),
        ("urn:aws:s3:::warehouse", "not_an_arn"),
        ("arn:aws:s3::warehouse", "not_an_arn"),
        ("${OtherStreams}", "not_an_arn"),
        (f"arn:aws:sqs:{PLACE}:queue", "service"),
        (f"arn:aws:iam::{ACCOUNT}:role/Admin", "service"),
        (f"arn:aws:kinesis:{PLACE}:stream/*", "not_exact"),
        (f"arn:aws:kinesis:{PLACE}:stream/", "not_exact"),
        (f"arn:aws:kinesis:{PLACE}:stream/a\n", "not_exact"),
        (f"arn:aws:kinesis:{PLACE}:stream/a/consumer/b:1", "not_exact"),
        (f"arn:aws:secretsmanager:{PLACE}:secret:token", "not_exact"),
        (f"arn:aws:es:{PLACE}:domain/search/_bulk", "not_exact"),
        (f"arn:aws:glue:{PLACE}:table/lake/readings", "not_exact"),
        ("arn:aws:s3:::warehouse/2026", "not_exact"),
        ("arn:aws:s3:::*", "not_exact"),
        (f"arn:aws:lambda:{PLACE}:function:reshape:live", "not_exact"),
        (f"arn:aws:lambda:{PLACE}:function:${{aws:username}}", "not_exact"),
    ],
)
def test_what_is_not_exact_is_refused_with_its_form(arn: str, code: str) -> None:
    assert refusal(arn) == code


@pytest.mark.parametrize(
    ("resource", "listed"),
    [
        (f"arn:aws:es:{PLACE}:domain/search/_bulk", f"arn:aws:es:{PLACE}:domain/search"),
        (f"arn:aws:glue:{PLACE}:table/lake/readings", f"arn:aws:glue:{PLACE}:database/lake"),
        ("arn:aws:s3:::warehouse/2026/*", "arn:aws:s3:::warehouse"),
        (f"arn:aws:lambda:{PLACE}:function:reshape:*", f"arn:aws:lambda:{PLACE}:function:reshape"),
        (f"arn:aws:kinesis:{PLACE}:stream/sluice-*", None),
        ("arn:aws:s3:::*/x", None),
        (f"arn:aws:sqs:{PLACE}:queue", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_resource_names_the_arn_to_list(resource: str, listed: str | None) -> None:
    assert listable_arn(resource) == listed


def test_a_listed_arn_includes_what_is_in_it() -> None:
    found = listed_resources([f"arn:aws:glue:{PLACE}:database/lake", f"arn:aws:glue:{PLACE}:database/pond"])
    assert found == {
        "OtherTables": [
            f"arn:aws:glue:{PLACE}:database/lake",
            f"arn:aws:glue:{PLACE}:table/lake/*",
            f"arn:aws:glue:{PLACE}:database/pond",
            f"arn:aws:glue:{PLACE}:table/pond/*",
        ]
    }
    assert listed_resources(["${OtherBuckets}"]) == {"OtherBuckets": "${OtherBuckets}"}
    assert listed_resources([]) == {}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(LISTED)), st.integers(0, 60), st.text("*?:/$'\" {}\n\\\u00e9;`", min_size=1, max_size=2))
def test_no_letter_that_a_shell_or_a_policy_would_read_gets_in(arn: str, at: int, hostile: str) -> None:
    changed = arn[:at] + hostile + arn[at:]
    try:
        listed_statement(changed, ACCOUNT)
    except InvalidListedArn as invalid:
        assert invalid.message.code in entries()  # noqa: PT017  (it may be accepted too, see below)
    else:
        # A secret's name may contain a slash, and a Glue database's name a letter with an accent.
        assert set(changed) - set(arn) <= {"/", "\u00e9"}
