"""Every IAM document: as written down (golden files), as small as IAM wants it, and what each means to an evaluator."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.aws.policies.action_verbs import VERBS
from portal.aws.policies.boundary import boundary_policy, producer_boundary_policy
from portal.aws.policies.boundary_check import outside_boundary
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS, DEFAULT_PERMISSIONS, chosen_permissions
from portal.aws.policies.consumers import consumer_boundary_policy, consumer_trust_policy
from portal.aws.policies.delivery import firehose_role_policy, firehose_trust_policy, tls_only_bucket_policy
from portal.aws.policies.descriptions import describe_policy
from portal.aws.policies.destination_boundary import SEE_NETWORK
from portal.aws.policies.devices import device_policy, rule_role_policy, rule_trust_policy
from portal.aws.policies.grant import portal_policies, portal_trust_policy
from portal.aws.policies.keys import stream_key_policy
from portal.aws.policies.networks import Origin, SenderNetworks
from portal.aws.policies.producer import (
    administrator_policy,
    consumer_policy,
    producer_policy,
    producer_trust_policy,
    resharding_policy,
)
from portal.aws.policies.shares import key_share_statement, share_statement
from portal.aws.policies.statements import document as document_of
from portal.aws.role_grant import boundary_arn, consumer_boundary_arn, producer_boundary_arn
from portal.vendor_settings import MOST_NETWORKS
from tests.policy_decision import decided

GOLDEN = Path(__file__).parent / "golden"
ACCOUNT, REGION = "111122223333", "eu-west-1"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/sluice-harbour"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET = "arn:aws:s3:::sluice-harbour-records"
GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/kinesisfirehose/sluice-harbour-to-s3"
RULE = f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/sluice_harbour_5f0c2d"
ERRORS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/sluice/devices/sluice-harbour"
BOUNDARY = boundary_arn(ACCOUNT)
PRODUCER_BOUNDARY = producer_boundary_arn(ACCOUNT)
USER = f"arn:aws:iam::{ACCOUNT}:user/sluice/sluice-vendor"
PORTAL = "arn:aws:iam::999900001111:user/sluice-portal"
OTHERS = (
    f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/telemetry",
    f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:splunk/token-a1B2c3",
    f"arn:aws:es:{REGION}:{ACCOUNT}:domain/search",
    f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/0123456789abcdefghij",
    f"arn:aws:glue:{REGION}:{ACCOUNT}:database/lake",
    "arn:aws:s3:::warehouse",
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reshape",
)

ENDPOINT = Origin(vpc_endpoint_id="vpce-0123456789abcdef0", only=True)
SHORT = Origin(vpc_endpoint_id="vpce-0123", only=True)
NETWORKS = SenderNetworks(("198.51.100.0/24", "2600:1f00::/40"), ("10.20.0.0/16",))
FROM_NETWORKS = Origin(NETWORKS)

SHARING = chosen_permissions(["adoption", "sharing"], OTHERS[:1])
DOCUMENTS: dict[str, Mapping[str, Any]] = {
    "producer": producer_policy(STREAM),
    "producer-customer-managed-key": producer_policy(STREAM, KEY),
    "producer-vpc-endpoint": producer_policy(STREAM, KEY, origin=ENDPOINT),
    "producer-vpc-endpoint-proving": producer_policy(
        STREAM, KEY, origin=ENDPOINT, proving_user="sluice-harbour-5f0c2d-1"
    ),
    "producer-networks": producer_policy(STREAM, KEY, origin=FROM_NETWORKS),
    "producer-networks-proving": producer_policy(
        STREAM, KEY, origin=FROM_NETWORKS, proving_user="sluice-harbour-5f0c2d-1"
    ),
    "producer-networks-or-endpoint": producer_policy(
        STREAM, KEY, origin=replace(FROM_NETWORKS, vpc_endpoint_id=ENDPOINT.vpc_endpoint_id)
    ),
    "producer-networks-in-endpoint": producer_policy(STREAM, KEY, origin=replace(ENDPOINT, networks=NETWORKS)),
    "producer-trust": producer_trust_policy(
        "arn:aws:iam::999900001111:role/pusher", "4f6c2a5e-0d1b-4a7c-9e3f-8b2d6c5a4f3e"
    ),
    "consumer": consumer_policy(STREAM),
    "consumer-customer-managed-key": consumer_policy(STREAM, KEY),
    "consumer-registered": consumer_policy(STREAM, consumer="reporting"),
    "consumer-trust": consumer_trust_policy(["arn:aws:iam::444455556666:role/reader"], "sluice-5f1d9c"),
    "consumer-trust-several": consumer_trust_policy(
        ["arn:aws:iam::444455556666:role/reader", "arn:aws:iam::777788889999:root"], "sluice-5f1d9c"
    ),
    "consumer-boundary": consumer_boundary_policy(ACCOUNT, "sluice-"),
    "consumer-boundary-adopting": consumer_boundary_policy(
        ACCOUNT, "sluice-", optional=replace(DEFAULT_PERMISSIONS, adoption=True, others=OTHERS[:1])
    ),
    "resharding": resharding_policy(STREAM),
    "administrator": administrator_policy(STREAM),
    "administrator-customer-managed-key": administrator_policy(STREAM, KEY),
    "firehose-trust": firehose_trust_policy(ACCOUNT),
    "firehose-s3-role": firehose_role_policy(STREAM, BUCKET, "sensors/!{timestamp:yyyy/MM/dd}/", GROUP),
    "firehose-s3-role-customer-managed-key": firehose_role_policy(STREAM, BUCKET, "sensors/", GROUP, KEY),
    "tls-only-bucket": tls_only_bucket_policy(BUCKET),
    "portal-trust": portal_trust_policy(PORTAL, "sluice-5f1d9c"),
    "stream-key": stream_key_policy(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/SluiceAccess", REGION),
    "boundary": boundary_policy(ACCOUNT, "sluice-"),
    "boundary-every-destination": boundary_policy(ACCOUNT, "sluice-", optional=replace(ALL_PERMISSIONS, others=OTHERS)),
    "producer-boundary": producer_boundary_policy(ACCOUNT, "sluice-"),
    "producer-boundary-adopting": producer_boundary_policy(
        ACCOUNT, "sluice-", optional=replace(DEFAULT_PERMISSIONS, adoption=True, others=OTHERS[:1])
    ),
    "portal-permissions-without-samples": portal_policies(
        ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY, optional=replace(DEFAULT_PERMISSIONS, sampling=False)
    )["SluiceStreams"],
    "portal-permissions-adopting": portal_policies(
        ACCOUNT,
        "sluice-",
        BOUNDARY,
        PRODUCER_BOUNDARY,
        optional=replace(DEFAULT_PERMISSIONS, adoption=True, others=OTHERS[:1]),
    )["SluiceStreams"],
    **{
        f"portal-permissions-{name}": document
        for name, document in portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY).items()
    },
    "share-role": document_of(share_statement("SluiceShare5f0c", "arn:aws:iam::444455556666:role/reader", STREAM)),
    "share-account": document_of(share_statement("SluiceShare5f0c", "444455556666", STREAM)),
    "share-key": document_of(key_share_statement("SluiceShare5f0c", "444455556666", REGION, "aws")),
    "portal-permissions-fan-out": portal_policies(
        ACCOUNT,
        "sluice-",
        BOUNDARY,
        PRODUCER_BOUNDARY,
        optional=chosen_permissions(["adoption", "fanout"], OTHERS[:1]),
    )["SluiceConsumers"],
    "portal-permissions-sharing": portal_policies(
        ACCOUNT,
        "sluice-",
        BOUNDARY,
        PRODUCER_BOUNDARY,
        optional=chosen_permissions(["adoption", "sharing"], OTHERS[:1]),
    )["SluiceConsumers"],
    "portal-permissions-SluiceConsumers": portal_policies(
        ACCOUNT,
        "sluice-",
        BOUNDARY,
        PRODUCER_BOUNDARY,
        optional=replace(DEFAULT_PERMISSIONS, consumers=True),
        consumer_boundary_arn=consumer_boundary_arn(ACCOUNT),
    )["SluiceConsumers"],
    "portal-permissions-SluiceDevices": portal_policies(
        ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY, optional=replace(DEFAULT_PERMISSIONS, devices=True)
    )["SluiceDevices"],
    "device": device_policy(REGION, ACCOUNT, "sluice-harbour/sensors"),
    "rule-trust": rule_trust_policy(ACCOUNT, RULE),
    "rule-role": rule_role_policy(STREAM, ERRORS),
    "rule-role-customer-managed-key": rule_role_policy(STREAM, ERRORS, KEY),
}


# Whose principals are named in them.
RESOURCE_POLICIES = {
    "consumer-trust",
    "consumer-trust-several",
    "firehose-trust",
    "portal-trust",
    "producer-trust",
    "rule-trust",
    "tls-only-bucket",
    "stream-key",
}


def decision(
    document: Mapping[str, Any], action: str, resource: str, *, source_ip: str = "192.0.2.1", **context: str
) -> str:
    return decided(
        document,
        principal_arn=USER,
        principal_type="User",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=REGION,
        source_ip=source_ip,
        secure_transport=True,
        service_context={key.replace("_", ":", 1).lower(): value for key, value in context.items()},
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_as_written_down(name: str) -> None:
    written = json.loads((GOLDEN / f"{name}.json").read_text())
    assert DOCUMENTS[name] == written


def test_nothing_written_down_is_forgotten() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(DOCUMENTS)


@pytest.mark.parametrize("prefix", ["sluice-", "p" * 40])
def test_a_managed_policy_is_small_enough_for_iam(prefix: str) -> None:
    every = replace(ALL_PERMISSIONS, keeps_every_statement=True)
    granted = portal_policies(ACCOUNT, prefix, BOUNDARY, PRODUCER_BOUNDARY, "aws-us-gov", optional=every)
    boundary = boundary_policy(ACCOUNT, prefix, "aws-us-gov", optional=every)
    producers = producer_boundary_policy(ACCOUNT, prefix, "aws-us-gov", optional=every)
    for document in [*granted.values(), boundary, producers]:
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144
    # IAM takes one document as a boundary: what is left is for what a client lists.
    assert len(json.dumps(boundary, separators=(",", ":"))) <= 3400


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in RESOURCE_POLICIES])
def test_no_document_allows_a_wildcard_action(name: str) -> None:
    for statement in DOCUMENTS[name]["Statement"]:
        assert statement["Effect"] == "Deny" or not any("*" in action for action in statement["Action"])


def test_only_what_cannot_be_named_is_allowed_on_everything() -> None:
    on_everything = {
        action
        for name, document in DOCUMENTS.items()
        if name not in {"stream-key", "share-key"}  # a key's policy says "*" for the key itself
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" and statement.get("Resource") == "*"
        for action in statement["Action"]
    }
    assert on_everything == {
        "cloudwatch:GetMetricData",
        "kinesis:ListStreams",
        "kinesis:DescribeLimits",
        "logs:DescribeLogGroups",
        "kms:CreateKey",
        "kms:ListKeys",
        # Certificates have no names, and the endpoint is the account's.
        "iot:CreateCertificateFromCsr",
        "iot:ListCertificates",
        "iot:DescribeEndpoint",
        # Of the boundary, and only where the client chose it.
        *SEE_NETWORK,
    }


def test_the_producer_is_two_actions_on_one_stream() -> None:
    assert producer_policy(STREAM)["Statement"] == [
        {
            "Sid": "PutRecords",
            "Effect": "Allow",
            "Action": ["kinesis:PutRecord", "kinesis:PutRecords"],
            "Resource": STREAM,
        }
    ]


def test_the_producers_key_serves_through_kinesis_of_its_region_only() -> None:
    document = producer_policy(STREAM, KEY)
    through = "kinesis.eu-west-1.amazonaws.com"
    assert decision(document, "kms:GenerateDataKey", KEY, kms_ViaService=through) == "Allow"
    assert decision(document, "kms:GenerateDataKey", KEY, kms_ViaService="s3.eu-west-1.amazonaws.com") != "Allow"
    assert decision(document, "kms:GenerateDataKey", KEY) != "Allow"
    assert decision(document, "kms:Decrypt", KEY, kms_ViaService=through) != "Allow"


def test_in_china_services_have_another_name() -> None:
    stream, key = STREAM.replace("arn:aws:", "arn:aws-cn:"), KEY.replace("arn:aws:", "arn:aws-cn:")
    [_, use] = producer_policy(stream.replace(REGION, "cn-north-1"), key)["Statement"]
    assert use["Condition"] == {"StringEquals": {"kms:ViaService": "kinesis.cn-north-1.amazonaws.com.cn"}}


def test_the_portal_samples_encrypted_records_through_kinesis_only() -> None:
    document = portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceStreams"]
    assert decision(document, "kms:Decrypt", KEY, kms_ViaService="kinesis.eu-west-1.amazonaws.com") == "Allow"
    assert decision(document, "kms:Decrypt", KEY) != "Allow"
    assert decision(document, "kms:DescribeKey", KEY) == "Allow"
    assert decision(document, "kinesis:StartStreamEncryption", KEY) == "Allow"


def test_roles_are_handed_to_firehose_only() -> None:
    document = portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceIdentity"]
    role = f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-firehose"
    assert decision(document, "iam:PassRole", role, iam_PassedToService="firehose.amazonaws.com") == "Allow"
    assert decision(document, "iam:PassRole", role, iam_PassedToService="lambda.amazonaws.com") != "Allow"
    payroll = f"arn:aws:iam::{ACCOUNT}:role/payroll"
    assert decision(document, "iam:PassRole", payroll, iam_PassedToService="firehose.amazonaws.com") != "Allow"
    producer = f"arn:aws:iam::{ACCOUNT}:role/sluice/producers/sluice-harbour"
    assert decision(document, "iam:PassRole", producer, iam_PassedToService="firehose.amazonaws.com") == "Deny"


def test_nobody_is_made_without_the_boundary() -> None:
    document = portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceIdentity"]

    def under(action: str, boundary: str, resource: str = USER) -> str:
        return decision(document, f"iam:{action}", resource, iam_PermissionsBoundary=boundary)

    role = f"arn:aws:iam::{ACCOUNT}:role/sluice/firehose"
    assert under("CreateUser", PRODUCER_BOUNDARY) == "Allow"
    assert under("CreateUser", BOUNDARY) != "Allow", "under that of roles it could read records"
    assert under("CreateUser", PRODUCER_BOUNDARY + "2") != "Allow"
    assert decision(document, "iam:CreateUser", USER) != "Allow"
    assert (under("CreateRole", BOUNDARY, role), under("CreateRole", PRODUCER_BOUNDARY, role)) == (
        "Allow",
        "ImplicitDeny",
    )
    assert under("DeleteUserPermissionsBoundary", PRODUCER_BOUNDARY) == "Deny"
    assert under("PutUserPermissionsBoundary", PRODUCER_BOUNDARY) == "Allow"
    assert (under("PutUserPermissionsBoundary", BOUNDARY), under("PutUserPermissionsBoundary", "")) == ("Deny", "Deny")
    elsewhere = f"arn:aws:iam::{ACCOUNT}:user/payroll"
    assert under("PutUserPermissionsBoundary", PRODUCER_BOUNDARY, elsewhere) != "Allow"
    for boundary in (BOUNDARY, PRODUCER_BOUNDARY):
        assert decision(document, "iam:CreatePolicyVersion", boundary) == "Deny"


def test_a_producers_role_gets_the_boundary_of_producers_and_only_under_its_path() -> None:
    document = portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceIdentity"]
    producer = f"arn:aws:iam::{ACCOUNT}:role/sluice/producers/sluice-harbour"
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        assert decision(document, action, producer, iam_PermissionsBoundary=PRODUCER_BOUNDARY) == "Allow"
        assert decision(document, action, producer) != "Allow"
        elsewhere = f"arn:aws:iam::{ACCOUNT}:role/producers/sluice-harbour"
        assert decision(document, action, elsewhere, iam_PermissionsBoundary=PRODUCER_BOUNDARY) != "Allow"
    assert decision(document, "iam:AttachRolePolicy", producer) != "Allow"


def test_the_trust_of_a_producers_role_in_words() -> None:
    vendor = "arn:aws:iam::999900001111:role/pusher"
    assert describe_policy(producer_trust_policy(vendor, "4f6c")) == [
        f"{vendor} may assume this role only with the external ID 4f6c."
    ]


def test_a_producer_can_read_no_record_whatever_policy_it_has() -> None:
    boundary = producer_boundary_policy(ACCOUNT, "sluice-")
    through = "kinesis.eu-west-1.amazonaws.com"
    assert decision(boundary, "kinesis:PutRecords", STREAM) == "Allow"
    assert decision(boundary, "kms:GenerateDataKey", KEY, kms_ViaService=through) == "Allow"
    for action, resource in (
        ("kinesis:GetRecords", STREAM),
        ("kinesis:GetShardIterator", STREAM),
        ("kinesis:SubscribeToShard", f"{STREAM}/consumer/a:1"),
        ("kms:Decrypt", KEY),
        ("s3:GetObject", f"{BUCKET}/object"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/sluice/firehose"),
    ):
        assert decision(boundary, action, resource, kms_ViaService=through) != "Allow", action


@pytest.mark.parametrize("action", ["GetRecords", "GetShardIterator", "SubscribeToShard", "PutResourcePolicy"])
def test_without_samples_reading_is_denied_and_not_only_not_allowed(action: str) -> None:
    document = DOCUMENTS["portal-permissions-without-samples"]
    assert decision(document, f"kinesis:{action}", STREAM) == "Deny"
    assert decision(document, "s3:GetObjectVersion", f"{BUCKET}/object") == "Deny"
    assert decision(document, "kinesis:DescribeStreamSummary", STREAM) == "Allow"


def test_no_document_of_the_portal_reads_what_was_delivered() -> None:
    granted = portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY, optional=ALL_PERMISSIONS)
    for document in granted.values():
        assert decision(document, "s3:GetObject", f"{BUCKET}/object") != "Allow"


def test_a_name_is_looked_for_where_iam_looks_for_what_does_not_exist() -> None:
    document = portal_policies(ACCOUNT, "acme-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceIdentity"]
    for name in ("sluice-vendor", "acme-vendor"):
        assert decision(document, "iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/{name}") == "Allow"
        assert decision(document, "iam:DeleteUser", f"arn:aws:iam::{ACCOUNT}:user/{name}") != "Allow"
    assert decision(document, "iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/payroll") != "Allow"


@pytest.mark.parametrize(
    ("prefix", "key", "expected"),
    [
        ("sensors/!{timestamp:yyyy}/", "sensors/2026/x", "Allow"),
        ("sensors/", "errors/processing-failed/x", "Allow"),
        ("sensors/", "payroll/x", "ImplicitDeny"),
        ("!{timestamp:yyyy}/", "2026/x", "Allow"),
        ("", "2026/11/x", "Allow"),
    ],
)
def test_firehose_writes_under_its_prefixes(prefix: str, key: str, expected: str) -> None:
    document = firehose_role_policy(STREAM, BUCKET, prefix, GROUP)
    assert decision(document, "s3:PutObject", f"{BUCKET}/{key}") == expected


def test_firehose_logs_into_its_group_whichever_way_the_arn_ends() -> None:
    assert firehose_role_policy(STREAM, BUCKET, "", GROUP) == firehose_role_policy(STREAM, BUCKET, "", f"{GROUP}:*")


@pytest.mark.parametrize("name", ["producer", "firehose-s3-role"])
def test_the_boundary_is_wide_enough_for_what_we_make(name: str) -> None:
    boundary = boundary_policy(ACCOUNT, "sluice-")
    for statement in DOCUMENTS[name]["Statement"]:
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
        for action in statement["Action"]:
            for resource in resources:
                assert decision(boundary, action, resource) == "Allow", (action, resource)


def test_every_action_has_its_words() -> None:
    used = {
        action
        for document in DOCUMENTS.values()
        for statement in document["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert used - set(VERBS) == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_statement_has_its_sentence(name: str) -> None:
    sentences = describe_policy(DOCUMENTS[name])
    assert len(sentences) == len(DOCUMENTS[name]["Statement"])
    for sentence in sentences:
        assert sentence.endswith(".")
        assert "  " not in sentence
        assert "{}" not in sentence
        assert ":*" not in sentence


def test_the_producer_in_words() -> None:
    assert describe_policy(producer_policy(STREAM)) == [
        "May put records into the data stream sluice-harbour in eu-west-1. Nothing else."
    ]


def test_a_producer_held_to_a_vpc_endpoint_in_words() -> None:
    through = "May put records into the data stream sluice-harbour in eu-west-1 only through the VPC endpoint vpce-0123"
    final = producer_policy(STREAM, origin=SHORT)
    assert describe_policy(final) == [f"{through}. Nothing else."]
    proving = producer_policy(STREAM, origin=SHORT, proving_user="sluice-harbour-1")
    assert describe_policy(proving) == [
        f"{through}.",
        "May put records into the data stream sluice-harbour in eu-west-1 as the user sluice-harbour-1 only. "
        "Nothing else.",
    ]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"aws_username": "sluice-harbour-2", "aws_sourcevpce": "vpce-0123"}, "Allow"),
        ({"aws_username": "sluice-harbour-2", "aws_sourcevpce": "vpce-0124"}, "ImplicitDeny"),
        ({"aws_username": "sluice-harbour-2"}, "ImplicitDeny"),
        ({"aws_username": "sluice-harbour-1"}, "Allow"),
    ],
    ids=["through it", "through another", "through none", "the user that is tried"],
)
def test_only_the_user_whose_key_is_tried_may_come_another_way(context: dict[str, str], expected: str) -> None:
    document = producer_policy(STREAM, origin=SHORT, proving_user="sluice-harbour-1")
    assert decision(document, "kinesis:PutRecord", STREAM, **context) == expected


def test_the_grant_in_words() -> None:
    description = describe_policy(portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY)["SluiceIdentity"])
    assert "May hand over roles under the path “sluice” to Firehose only. Nothing else." in description
    assert "May never change or remove the permissions boundary of anything in the account." in description
    assert (
        "May never set the permissions boundary of anything in the account to any but SluiceProducerBoundary."
        in description
    )


def test_trust_in_words() -> None:
    assert describe_policy(portal_trust_policy(PORTAL, "sluice-5f1d9c")) == [
        f"{PORTAL} may assume this role only with the external ID sluice-5f1d9c."
    ]
    assert describe_policy(firehose_trust_policy(ACCOUNT)) == [
        f"Firehose may assume this role only with the external ID {ACCOUNT}."
    ]
    assert describe_policy(tls_only_bucket_policy(BUCKET)) == [
        "Everyone may never do anything with the bucket sluice-harbour-records and objects under "
        "“sluice-harbour-records” without TLS."
    ]


@pytest.mark.parametrize(
    ("name", "source_ip", "context", "expected"),
    [
        ("producer-networks", "198.51.100.7", {}, "Allow"),
        ("producer-networks", "2600:1f00::7", {}, "Allow"),
        ("producer-networks", "203.0.113.7", {}, "ImplicitDeny"),
        ("producer-networks", "10.20.0.7", {}, "ImplicitDeny"),
        ("producer-networks", "198.51.100.7", {"aws_SourceVpce": "vpce-1"}, "ImplicitDeny"),
        ("producer-networks-or-endpoint", "198.51.100.7", {}, "Allow"),
        ("producer-networks-or-endpoint", "203.0.113.7", {}, "ImplicitDeny"),
        ("producer-networks-or-endpoint", "10.20.0.7", {"aws_SourceVpce": "vpce-0123456789abcdef0"}, "Allow"),
        ("producer-networks-or-endpoint", "10.99.0.7", {"aws_SourceVpce": "vpce-0123456789abcdef0"}, "ImplicitDeny"),
        ("producer-networks-in-endpoint", "198.51.100.7", {}, "ImplicitDeny"),
        ("producer-networks-in-endpoint", "10.20.0.7", {"aws_SourceVpce": "vpce-0123456789abcdef0"}, "Allow"),
        ("producer-networks-in-endpoint", "10.20.0.7", {"aws_SourceVpce": "vpce-9"}, "ImplicitDeny"),
    ],
)
def test_records_are_accepted_from_the_vendors_networks_only(
    name: str, source_ip: str, context: dict[str, str], expected: str
) -> None:
    in_vpc = {**context, "aws_VpcSourceIp": source_ip} if context else {}
    document = DOCUMENTS[name]
    assert decision(document, "kinesis:PutRecords", STREAM, source_ip=source_ip, **in_vpc) == expected
    key = {"kms_ViaService": "kinesis.eu-west-1.amazonaws.com"}
    assert decision(document, "kms:GenerateDataKey", KEY, source_ip="203.0.113.7", **key) == "Allow"


def test_the_most_networks_fit_into_a_policy() -> None:
    most = tuple(f"2600:1f00:{number:x}000:8000::/{64}" for number in range(MOST_NETWORKS))
    origin = Origin(SenderNetworks(most, most), "vpce-0123456789abcdef0")
    document = producer_policy(STREAM.replace("sluice-harbour", "s" * 128), KEY, origin=origin, proving_user="u" * 64)
    assert len(json.dumps(document, separators=(",", ":"))) <= 6144


def test_networks_in_words() -> None:
    [public, key] = describe_policy(DOCUMENTS["producer-networks"])
    assert public == (
        "May put records into the data stream sluice-harbour in eu-west-1 only from the network 198.51.100.0/24 or "
        "2600:1f00::/40."
    )
    assert "network" not in key


CONSUMERS = DOCUMENTS["portal-permissions-SluiceConsumers"]
CONSUMER = f"arn:aws:iam::{ACCOUNT}:role/sluice/consumers/sluice-harbour-consumer-a"
CONSUMER_BOUNDARY = consumer_boundary_arn(ACCOUNT)


def test_a_consumers_role_is_created_with_its_boundary_only() -> None:
    for boundary, allowed in ((CONSUMER_BOUNDARY, "Allow"), (BOUNDARY, "ImplicitDeny"), ("", "ImplicitDeny")):
        for action in ("iam:CreateRole", "iam:PutRolePolicy"):
            assert decision(CONSUMERS, action, CONSUMER, iam_PermissionsBoundary=boundary) == allowed
    outside = CONSUMER.replace("/sluice/consumers/", "/sluice/")
    for action in ("iam:UpdateRole", "iam:DeleteRole", "iam:DetachRolePolicy"):
        assert decision(CONSUMERS, action, CONSUMER) == "Allow"
        assert decision(CONSUMERS, action, outside) == "ImplicitDeny"
    assert decision(CONSUMERS, "iam:PassRole", CONSUMER, iam_PassedToService="firehose.amazonaws.com") == "Deny"
    assert decision(CONSUMERS, "iam:CreatePolicyVersion", CONSUMER_BOUNDARY) == "Deny"


def test_the_policy_of_a_consumer_is_within_its_boundary_and_the_boundary_allows_reading_only() -> None:
    boundary = DOCUMENTS["consumer-boundary"]
    for name in ("consumer", "consumer-customer-managed-key"):
        assert outside_boundary(DOCUMENTS[name], boundary) == []
    adopted = OTHERS[0]
    assert outside_boundary(consumer_policy(adopted, KEY), DOCUMENTS["consumer-boundary-adopting"]) == []
    assert outside_boundary(consumer_policy(adopted), boundary)
    fan_out, account = "kinesis:SubscribeToShard", f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream"
    adopting = DOCUMENTS["consumer-boundary-adopting"]
    assert decision(adopting, fan_out, f"{adopted}/consumer/analytics:1") == "Allow"
    assert decision(adopting, fan_out, f"{account}/payroll/consumer/analytics:1") == "ImplicitDeny"
    for action in ("kinesis:PutRecord", "kinesis:DeleteStream", "kinesis:PutResourcePolicy"):
        assert decision(boundary, action, STREAM) == "ImplicitDeny"
    assert decision(boundary, "kms:Decrypt", KEY, kms_ViaService="kinesis.eu-west-1.amazonaws.com") == "Allow"
    assert decision(boundary, "kms:Decrypt", KEY, kms_ViaService="s3.eu-west-1.amazonaws.com") == "ImplicitDeny"
    assert decision(boundary, "kms:GenerateDataKey", KEY) == "ImplicitDeny"


DEVICES = DOCUMENTS["portal-permissions-SluiceDevices"]


def test_devices_are_set_up_below_the_prefix_only_and_their_role_is_passed_to_iot_only() -> None:
    place = f"arn:aws:iot:{REGION}:{ACCOUNT}"
    for action, own, other in (
        ("iot:CreateThingType", f"{place}:thingtype/sluice-a", f"{place}:thingtype/theirs"),
        ("iot:CreatePolicy", f"{place}:policy/sluice-a", f"{place}:policy/theirs"),
        ("iot:ReplaceTopicRule", f"{place}:rule/sluice_a", f"{place}:rule/sluiceb"),
        ("iot:DeleteTopicRule", RULE, RULE.replace(ACCOUNT, "444455556666")),
        ("logs:CreateLogGroup", ERRORS, GROUP),
    ):
        assert (decision(DEVICES, action, own), decision(DEVICES, action, other)) == ("Allow", "ImplicitDeny")
    role = f"arn:aws:iam::{ACCOUNT}:role/sluice/sluice-harbour-5f0c2d-rule"
    assert decision(DEVICES, "iam:PassRole", role, iam_PassedToService="iot.amazonaws.com") == "Allow"
    assert decision(DEVICES, "iam:PassRole", role, iam_PassedToService="ec2.amazonaws.com") == "ImplicitDeny"
    outside = role.replace("/sluice/", "/")
    assert decision(DEVICES, "iam:PassRole", outside, iam_PassedToService="iot.amazonaws.com") == "ImplicitDeny"


def test_the_role_of_a_rule_is_within_its_boundary_where_devices_are_allowed() -> None:
    with_devices = boundary_policy(ACCOUNT, "sluice-", optional=replace(DEFAULT_PERMISSIONS, devices=True))
    for name in ("rule-role", "rule-role-customer-managed-key"):
        assert outside_boundary(DOCUMENTS[name], with_devices) == []
        assert outside_boundary(DOCUMENTS[name], DOCUMENTS["boundary"])


def test_without_deletion_devices_can_be_set_up_and_not_deleted() -> None:
    kept = replace(DEFAULT_PERMISSIONS, devices=True, deletion=False)
    [document] = [
        document
        for name, document in portal_policies(ACCOUNT, "sluice-", BOUNDARY, PRODUCER_BOUNDARY, optional=kept).items()
        if name == "SluiceDevices"
    ]
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert "iot:CreateTopicRule" in actions
    assert not {action for action in actions if ":Delete" in action} - {
        "iot:DeletePolicyVersion",
        "logs:DeleteRetentionPolicy",
        # As access keys of the producer: a certificate that no one can use does not stay.
        "iot:DeleteCertificate",
        "iot:DeleteThing",
    }
