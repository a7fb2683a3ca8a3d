"""The plan as a CloudFormation template in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.export.cloudformation_devices import devices_in_template
from onboarding.export.file_heads import adopted_lines, head, share_lines
from onboarding.export.registered_consumers import consumers_in_template
from onboarding.export.resources import Bucket, CannotExport, ConsumerRoleResource, Delivered, Resources
from portal.aws.bucket_protection import encryption_rule
from portal.aws.cloudformation_yaml import as_yaml
from portal.messages.message import Message

# Members of CreateDeliveryStream that CloudFormation spells otherwise, by destination.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html
_SPELT = {"IcebergDestination": {"S3BackupMode": "s3BackupMode", "CatalogARN": "CatalogArn"}}

# What holds data stays when the stack is deleted, but not when its creation fails: a second attempt would find the name
# taken. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
_KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
# Bytes of a template that a request can contain. A larger one is read from S3, where the console uploads it by itself.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LARGEST_BODY = 51_200
_TOO_LARGE = (
    f"This template is larger than {LARGEST_BODY:,} bytes, so --template-body does not accept it. Upload it in the",
    "console, or use `aws cloudformation deploy` with --s3-bucket, or --template-url.",
)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
def cloudformation(found: Resources) -> str:
    """Return the template, complete: it takes no parameters. Raises CannotExport for a dynamic reference in a text."""
    resources: dict[str, Any] = {
        **({} if found.is_adopted else {"Stream": _stream(found)}),
        **_producer(found),
    }
    for number, role in enumerate(found.consumer_roles, start=1):
        resources |= _consumer(found, role, number)
    for number, bucket in enumerate(found.buckets, start=1):
        resources |= _bucket(found, bucket, number)
    for number, delivery in enumerate(found.deliveries, start=1):
        resources |= _delivery(found, delivery, number)
    resources |= devices_in_template(found)
    resources |= {**consumers_in_template(found), **_shares(found)}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Data stream {found.stream.name}, its producer and deliveries, as Sluice would create them.",
        "Resources": resources,
        "Outputs": _outputs(found),
    }
    more = (
        *adopted_lines(found, "CloudFormation cannot tag or change resources that it did not create"),
        *share_lines(found, "AWS::Kinesis::ResourcePolicy replaces"),
        f"Create a stack from it in account {found.account_id} and Region {found.stream.region}, with the capability",
        "CAPABILITY_NAMED_IAM. When the stack is deleted, the data stream and the buckets stay.",
    )
    _check_texts(resources)
    body = as_yaml(template)
    whole = head(found, *more) + body
    if len(whole.encode()) <= LARGEST_BODY:
        return whole
    return head(found, *more, *_TOO_LARGE) + body


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
_DYNAMIC_REFERENCE = "{{resolve:"


def _check_texts(value: Any) -> None:
    # There is no escape: CloudFormation would put a secret of the account in place of what someone typed.
    if isinstance(value, str) and _DYNAMIC_REFERENCE in value:
        raise CannotExport(Message("export.dynamic_reference", text=value[:100]))
    for member in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        _check_texts(member)


def _stream(found: Resources) -> dict[str, Any]:
    stream = found.stream
    encryption = {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": found.key_id}} if found.key_id else {}
    properties = {
        "Name": stream.name,
        "StreamModeDetails": {"StreamMode": stream.mode},
        **({"ShardCount": stream.shards} if stream.mode == "PROVISIONED" else {}),
        "RetentionPeriodHours": stream.retention_hours,
        **encryption,
        **({"DesiredShardLevelMetrics": list(found.metrics)} if found.metrics else {}),
        **({"MaxRecordSizeInKiB": found.record_kib} if found.record_kib else {}),
        "Tags": [{"Key": key, "Value": value} for key, value in found.stream_tags.items()],
    }
    return {"Type": "AWS::Kinesis::Stream", **_KEPT, "Properties": properties}


def _producer(found: Resources) -> dict[str, Any]:
    if found.role is not None:
        inline = {"PolicyName": found.role.policy_name, "PolicyDocument": found.policy}
        properties = {
            "RoleName": found.role.name,
            "Path": found.role.path,
            **_bounded(found.user_boundary_arn),
            "AssumeRolePolicyDocument": found.role.trust_policy,
            "Policies": [inline],
            "Tags": _tags(found),
        }
        return {"Producer": {"Type": "AWS::IAM::Role", "Properties": properties}}
    policy = {"ManagedPolicyName": found.policy_name, "Path": found.path, "PolicyDocument": found.policy}
    return {
        "ProducerPolicy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy},
        "Producer": {"Type": "AWS::IAM::User", "DependsOn": ["ProducerPolicy"], "Properties": _user(found)},
    }


def _consumer(found: Resources, role: ConsumerRoleResource, number: int) -> dict[str, Any]:
    properties = {
        "RoleName": role.name,
        "Path": role.path,
        **_bounded(found.consumer_boundary_arn),
        "MaxSessionDuration": role.session_seconds,
        "AssumeRolePolicyDocument": role.trust_policy,
        "Policies": [{"PolicyName": role.policy_name, "PolicyDocument": role.policy}],
        "Tags": _tags(found),
    }
    return {f"Consumer{number}": {"Type": "AWS::IAM::Role", "Properties": properties}}


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-resourcepolicy.html
def _shares(found: Resources) -> dict[str, Any]:
    if not found.shared:
        return {}
    properties = {"ResourceArn": found.stream_arn, "ResourcePolicy": found.resource_policy}
    after = {} if found.is_adopted else {"DependsOn": ["Stream"]}
    return {"Shares": {"Type": "AWS::Kinesis::ResourcePolicy", **after, "Properties": properties}}


def _outputs(found: Resources) -> dict[str, Any]:
    consumers = {
        f"Consumer{number}RoleArn": {
            "Description": f"The role of the consumer {role.label}.",
            "Value": {"Fn::GetAtt": [f"Consumer{number}", "Arn"]},
        }
        for number, role in enumerate(found.consumer_roles, start=1)
    }
    if found.role is not None:
        value = {"Fn::GetAtt": ["Producer", "Arn"]}
        return {"ProducerRoleArn": {"Description": "The role that the vendor assumes.", "Value": value}, **consumers}
    user = {"Description": "The IAM user to create the access key for.", "Value": {"Ref": "Producer"}}
    return {"UserName": user, **consumers}


def _user(found: Resources) -> dict[str, Any]:
    return {
        "UserName": found.user_name,
        "Path": found.path,
        **_bounded(found.user_boundary_arn),
        "ManagedPolicyArns": [found.policy_arn],
        "Tags": _tags(found),
    }


def _bucket(found: Resources, bucket: Bucket, number: int) -> dict[str, Any]:
    if not bucket.is_new:
        return {}
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    rule = encryption_rule(bucket.encryption)
    encrypted = {
        "BucketKeyEnabled": rule["BucketKeyEnabled"],
        "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"],
    }
    properties = {
        "BucketName": bucket.name,
        "PublicAccessBlockConfiguration": dict.fromkeys(closed, True),
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encrypted]},
        "Tags": _tags(found),
    }
    policy = {"Bucket": bucket.name, "PolicyDocument": bucket.policy}
    key = f"Bucket{number}"
    return {
        key: {"Type": "AWS::S3::Bucket", **_KEPT, "Properties": properties},
        f"{key}Policy": {"Type": "AWS::S3::BucketPolicy", "DependsOn": [key], "Properties": policy},
    }


def _delivery(found: Resources, delivery: Delivered, number: int) -> dict[str, Any]:
    group, role = f"LogGroup{number}", f"FirehoseRole{number}"
    streams = {f"{group}Stream{place}": name for place, name in enumerate(delivery.log_streams, start=1)}
    new = [
        f"Bucket{place}"
        for place, bucket in enumerate(found.buckets, start=1)
        if bucket.is_new and bucket.name == delivery.bucket
    ]
    inline = {"PolicyName": delivery.policy_name, "PolicyDocument": delivery.permissions_policy}
    firehose = {**delivery.creation, f"{delivery.destination}Configuration": _spelt(delivery)}
    return {
        group: {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": delivery.log_group,
                **({"RetentionInDays": delivery.log_retention_days} if delivery.log_retention_days else {}),
                "Tags": _tags(found),
            },
        },
        **{
            key: {
                "Type": "AWS::Logs::LogStream",
                "DependsOn": [group],
                "Properties": {"LogGroupName": delivery.log_group, "LogStreamName": name},
            }
            for key, name in streams.items()
        },
        role: {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": delivery.role_name,
                "Path": found.path,
                **_bounded(found.boundary_arn),
                "AssumeRolePolicyDocument": delivery.trust_policy,
                "Policies": [inline],
                "Tags": _tags(found),
            },
        },
        f"Firehose{number}": {
            "Type": "AWS::KinesisFirehose::DeliveryStream",
            "DependsOn": [*([] if found.is_adopted else ["Stream"]), role, *streams, *new],
            "Properties": firehose,
        },
    }


def _spelt(delivery: Delivered) -> Any:
    return _renamed(delivery.configuration, _SPELT.get(delivery.destination, {}))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {names.get(key, key): _renamed(member, names) for key, member in value.items()}
    return [_renamed(item, names) for item in value] if isinstance(value, list) else value


def _bounded(boundary_arn: str) -> dict[str, str]:
    return {"PermissionsBoundary": boundary_arn} if boundary_arn else {}


def _tags(found: Resources) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in found.tags.items()]
