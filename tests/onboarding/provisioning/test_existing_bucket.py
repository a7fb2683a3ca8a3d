"""Deliveries into a bucket that a KMS key encrypts: a run that succeeds delivers, and one that could not is refused."""

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from onboarding.deliveries.delivery import Delivery
from onboarding.provisioning import existing_bucket
from onboarding.provisioning.answers import Refused
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.steps import bucket, firehose_role
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.bucket_protection import Encryption, bucket_encryption, encrypt_bucket
from portal.aws.iam.managed_policies import create_policy, new_policy_version
from portal.aws.iam.roles import role_policy
from portal.aws.policies.boundary import boundary_policy
from portal.aws.policies.statements import Document
from portal.aws.s3 import create_bucket, list_keys
from portal.local.ministack import MiniStack
from tests.onboarding.provisioning.steps.rows import OpenVault, Rows
from tests.waiting import wait_for

REGION = "eu-west-1"
_numbers = itertools.count(450000000000)


def own_key(account: str) -> str:
    return f"arn:aws:kms:{REGION}:{account}:key/0f1e2d3c-0000-4000-8000-000000000000"


def plan_of(account: str, **delivery: Any) -> Plan:
    declared = Delivery(name="sluice-sensors-to-s3", bucket=f"sluice-{account}", **delivery)
    spec = IntegrationSpec("sensors", "c", StreamSpec(name="sluice-sensors", region=REGION), (declared,))
    boundary = f"arn:aws:iam::{account}:policy/SluiceBoundary"
    return Plan("5f0c2d9a1b3c", "northwind", account, "aws", boundary, "sluice-", spec)


@pytest.fixture
def context(ministack_env: MiniStack) -> Context:
    """A client's account with the boundary, and a plan that delivers into a new bucket."""
    account = str(next(_numbers))
    root = ministack_env.root(account, region=REGION)
    create_policy(root, "SluiceBoundary", path="/", document=boundary_policy(account, "sluice-"), tags={})
    return Context(plan=plan_of(account), aws=root, ledger=Rows(), vault=OpenVault())


def declaring(context: Context, **delivery: Any) -> Context:
    return replace(context, plan=plan_of(context.plan.account_id, **delivery))


def existing(context: Context, encryption: Encryption, **delivery: Any) -> Context:
    """The same with a bucket of the client's own."""
    name = f"sluice-{context.plan.account_id}"
    create_bucket(context.aws, name, REGION)
    encrypt_bucket(context.aws, name, encryption)
    return declaring(context, new_bucket=False, **delivery)


def provisioned(context: Context) -> Delivery:
    [delivery] = context.plan.spec.deliveries
    bucket.apply(context, delivery.bucket)
    firehose_role.apply(context, delivery)
    return delivery


def is_delivered(context: Context, delivery: Delivery) -> bool:
    """Put a record that Firehose writes with the role; the marker is written after it, by the account's root user."""
    configuration = delivery.configuration(context.plan.place_of(delivery))
    client, name = context.aws.client("firehose"), delivery.name
    client.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=configuration)
    client.put_record(DeliveryStreamName=name, Record={"Data": b"{}"})
    context.aws.client("s3").put_object(Bucket=delivery.bucket, Key="marker", Body=b"")
    wait_for(lambda: list_keys(context.aws, delivery.bucket, "marker"))
    return bool(list_keys(context.aws, delivery.bucket, "sensors/"))


def own(account: str) -> Encryption:
    return Encryption(own_key(account), is_kms=True)


def aws_managed(_: str) -> Encryption:
    return Encryption(is_kms=True)


@pytest.mark.parametrize("of_account", [own, aws_managed])
def test_an_existing_bucket_with_a_kms_key_is_read_and_delivered_to(
    context: Context, of_account: Callable[[str], Encryption]
) -> None:
    encryption = of_account(context.plan.account_id)
    context = existing(context, encryption)
    delivery = provisioned(context)
    assert is_delivered(context, delivery)
    assert bucket_encryption(context.aws, delivery.bucket) == encryption, "it is the client's own"
    assert firehose_role.check(context, delivery) == []


def test_a_role_without_the_permission_on_the_key_delivers_nothing(context: Context) -> None:
    """As every run had left it: the role's policy that no one asked the bucket about."""
    context = existing(context, own(context.plan.account_id))
    delivery = provisioned(context)
    without = firehose_role.document(context.plan, delivery)
    name = context.plan.firehose_role_name(delivery)
    context.aws.client("iam").put_role_policy(
        RoleName=name, PolicyName=firehose_role.POLICY_NAME, PolicyDocument=json.dumps(without)
    )
    assert not is_delivered(context, delivery)
    assert [found.what.code for found in firehose_role.check(context, delivery)] == ["drift.permissions"]


@pytest.mark.parametrize("declared", ["aws", "own"])
def test_a_new_bucket_gets_the_encryption_that_was_chosen(context: Context, declared: str) -> None:
    key = own_key(context.plan.account_id) if declared == "own" else ""
    context = declaring(context, bucket_encryption=key or "aws")
    delivery = provisioned(context)
    assert bucket_encryption(context.aws, delivery.bucket) == Encryption(key, is_kms=True)
    assert is_delivered(context, delivery)
    assert bucket.check(context, delivery.bucket) == []
    encrypt_bucket(context.aws, delivery.bucket, Encryption())
    [found] = bucket.check(context, delivery.bucket)
    assert (found.what.code, found.found.code) == ("drift.bucket_encryption", "value.sse_s3")


def test_the_policy_names_the_key_the_service_and_the_bucket(context: Context) -> None:
    context = existing(context, own(context.plan.account_id))
    delivery = provisioned(context)
    policy = role_policy(context.aws, context.plan.firehose_role_name(delivery), firehose_role.POLICY_NAME) or {}
    [statement] = [found for found in policy["Statement"] if found["Sid"] == "EncryptObjects"]
    bucket_arn = context.plan.bucket_arn(delivery.bucket)
    assert (statement["Action"], statement["Resource"]) == (
        ["kms:Decrypt", "kms:GenerateDataKey"],
        own_key(context.plan.account_id),
    )
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
    }


def test_a_boundary_from_before_the_permission_refuses_the_run(context: Context) -> None:
    context = existing(context, own(context.plan.account_id))
    set_boundary(context, without_s3(boundary_policy(context.plan.account_id, "sluice-")))
    with pytest.raises(Refused) as refused:
        provisioned(context)
    assert refused.value.message.code == "refused.bucket_key_outside_boundary"
    client = context.aws.client("iam")
    client.delete_policy_version(PolicyArn=context.plan.boundary_arn, VersionId="v1")
    set_boundary(context, boundary_policy(context.plan.account_id, "sluice-"))
    assert is_delivered(context, provisioned(context))


def test_another_key_than_the_declared_one_refuses_the_run(context: Context) -> None:
    account = context.plan.account_id
    context = existing(context, own(account), bucket_encryption=own_key(account).replace("0f1e", "1111"))
    with pytest.raises(Refused) as refused:
        provisioned(context)
    assert refused.value.message.code == "refused.bucket_key_differs"
    context = declaring(context, new_bucket=False, bucket_encryption=own_key(account))
    [delivery] = context.plan.spec.deliveries
    assert existing_bucket.permitted(context, delivery) == own(account)
    assert is_delivered(context, provisioned(context))


def without_s3(document: Document) -> Document:
    for statement in document["Statement"]:
        if statement["Sid"] == "RecordKeys":
            through = statement["Condition"]["StringLike"]["kms:ViaService"]
            statement["Condition"]["StringLike"]["kms:ViaService"] = [name for name in through if "kinesis" in name]
    return document


def set_boundary(context: Context, document: Document) -> None:
    new_policy_version(context.aws, context.plan.boundary_arn, document)
