"""Each option is in words, its files are valid, and the emulator's evaluator decides its policies as the words say."""

from dataclasses import replace

import pytest

from onboarding.connectors.security.option import SecurityOption
from onboarding.connectors.security.options import security_options
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.statements import Document
from portal.messages.catalogue import text_of
from tests.onboarding.connectors.parsers import read
from tests.onboarding.connectors.streams import ACCOUNT, CONSUMER_ARN, ITSELF, KEY_ARN, NAME, ROLE, STREAM_ARN
from tests.policy_decision import decided

HERE = replace(ITSELF, region="eu-west-1", stream_arn=STREAM_ARN.replace("us-east-1", "eu-west-1"))
OTHER = f"{STREAM_ARN}-other"
THROUGH = {"kms:viaservice": "kinesis.us-east-1.amazonaws.com"}
READ, LIST = "kinesis:GetRecords", "kinesis:ListStreams"


def options(encryption: str = "customer") -> dict[str, SecurityOption]:
    return {option.key: option for option in security_options(ITSELF, encryption=encryption)}


def policy(key: str, position: int = 0) -> Document:
    return options()[key].policies[position].document


def decision(document: Document, action: str, resource: str, *, tls: bool = True, **service: str) -> str:
    return decided(
        document,
        principal_arn=ROLE.arn,
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region="us-east-1",
        source_ip="192.0.2.1",
        secure_transport=tls,
        service_context={key.replace("_", ":", 1).lower(): value for key, value in service.items()},
    )


@pytest.mark.parametrize("encryption", ["none", "aws", "customer"])
def test_every_option_is_in_words_with_its_cost_and_source(encryption: str) -> None:
    found = options(encryption)
    assert list(found) == ["kms", "tls", "fips", "vpc", "client-side"]
    for option in found.values():
        parts = [option.title, option.state, option.cost, *option.what, *(policy.holder for policy in option.policies)]
        assert all(text_of(part) and "%(" not in text_of(part) for part in parts)
        assert option.source.startswith("https://docs.aws.amazon.com/")
        for file in option.files:
            assert read(file.format, file.text)
    assert bool(found["kms"].policies) is (encryption == "customer")


def test_the_key_decrypts_through_kinesis_alone() -> None:
    document = policy("kms")
    assert decision(document, "kms:Decrypt", KEY_ARN, kms_ViaService=THROUGH["kms:viaservice"]) == "Allow"
    assert decision(document, "kms:Decrypt", KEY_ARN) == "ImplicitDeny"
    assert decision(document, "kms:Encrypt", KEY_ARN, kms_ViaService=THROUGH["kms:viaservice"]) == "ImplicitDeny"
    (statement,) = policy("kms", 1)["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:role/YOUR-CONSUMER-ROLE"}


def test_without_tls_everything_on_the_stream_is_denied() -> None:
    document = policy("tls")
    for resource in (STREAM_ARN, CONSUMER_ARN):
        assert decision(document, READ, resource, tls=False) == "Deny"
        assert decision(document, READ, resource) == "ImplicitDeny"


def test_the_endpoint_allows_reading_this_stream_alone_and_by_this_account() -> None:
    document = policy("vpc")
    own = {"aws_PrincipalAccount": ACCOUNT}
    assert decision(document, READ, STREAM_ARN, **own) == "Allow"
    assert decision(document, "kinesis:SubscribeToShard", CONSUMER_ARN, **own) == "Allow"
    for action, resource in ((READ, OTHER), ("kinesis:PutRecord", STREAM_ARN), (LIST, "*")):
        assert decision(document, action, resource, **own) == "ImplicitDeny"
    assert {statement["Principal"]["AWS"] for statement in document["Statement"]} == {"*"}


def test_a_reader_of_the_endpoint_reads_no_other_way() -> None:
    document = policy("vpc", 1)
    assert decision(document, READ, STREAM_ARN) == "Deny"
    assert decision(document, READ, STREAM_ARN, aws_SourceVpce="vpce-0123456789abcdef0") == "Deny"
    assert decision(document, READ, STREAM_ARN, aws_SourceVpce="YOUR-VPC-ENDPOINT-ID") == "ImplicitDeny"
    commands = options()["vpc"].files[0].text
    assert "--service-name com.amazonaws.us-east-1.kinesis-streams " in commands
    assert f"file://{NAME}-endpoint.json" in commands


def test_each_side_of_client_side_encryption_has_one_action_for_this_stream() -> None:
    for position, action in enumerate(("kms:GenerateDataKey", "kms:Decrypt")):
        document = policy("client-side", position)
        (statement,) = document["Statement"]
        key = statement["Resource"]
        context = {"kms_EncryptionContext:stream": NAME}
        assert decision(document, action, key, **context) == "Allow"
        assert decision(document, action, key, **{"kms_EncryptionContext:stream": "other"}) == "ImplicitDeny"
        other = {"kms:GenerateDataKey": "kms:Decrypt", "kms:Decrypt": "kms:GenerateDataKey"}[action]
        assert decision(document, other, key, **context) == "ImplicitDeny"


def test_the_policies_read_as_sentences() -> None:
    assert describe_policy(policy("vpc"))[0].startswith("Everyone may see the state of")
    assert describe_policy(policy("vpc"))[0].endswith(f"as a principal of account {ACCOUNT} only.")
    assert describe_policy(policy("vpc", 1))[0].endswith("by any way but the VPC endpoint YOUR-VPC-ENDPOINT-ID.")
    assert describe_policy(policy("tls"))[0].startswith("May never do anything with the data stream")
    assert f"only for records of the stream {NAME}" in describe_policy(policy("client-side"))[0]


def test_a_region_without_fips_endpoints_says_where_there_are_some() -> None:
    found = {option.key: option for option in security_options(HERE, encryption="none")}["fips"]
    assert (found.state.code, found.files) == ("consumer_security.fips.none", ())
    assert "us-west-2" in text_of(found.state)
    assert "kinesis-fips.us-east-1.amazonaws.com" in text_of(options()["fips"].what[1])
