"""The plan as Terraform: resources of the provider hashicorp/aws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onboarding.export.file_heads import adopted_lines, head, share_lines
from onboarding.export.hcl import Document, Expression, Tags, block
from onboarding.export.registered_consumers import consumers_in_terraform
from onboarding.export.resources import Bucket, ConsumerRoleResource, Delivered, ProducerRole, Resources
from onboarding.export.terraform_devices import devices_in_terraform
from onboarding.export.terraform_firehose import destination

_PROVIDER = '{ source = "hashicorp/aws", version = ">= 6.20" }'


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_stream
def terraform(found: Resources) -> str:
    """Return the configuration, complete. Raises CannotExport for what Terraform has no word for."""
    why = "Terraform would manage the whole stream, and `terraform destroy` would delete it with its records"
    destroyed = "" if found.is_adopted else " `terraform destroy` deletes the data stream with its records."
    more = (
        *adopted_lines(found, why),
        *share_lines(found, "aws_kinesis_resource_policy replaces"),
        "For Terraform 1.2 or newer and the provider hashicorp/aws 6.20 or newer; the provider must be signed in to",
        f"account {found.account_id}.{destroyed}",
    )
    fips = {"use_fips_endpoint": True} if found.stream.endpoint.is_fips else {}
    settings = {"region": found.stream.region, "allowed_account_ids": [found.account_id], **fips}
    blocks = [
        block("terraform", {"required_providers": {"aws": Expression(_PROVIDER)}}),
        block('provider "aws"', settings),
        *_producer(found),
        *(text for number, role in enumerate(found.consumer_roles, start=1) for text in _consumer(found, role, number)),
        *(text for number, bucket in enumerate(found.buckets, start=1) for text in _bucket(found, bucket, number)),
        *(text for number, stream in enumerate(found.deliveries, start=1) for text in _delivery(found, stream, number)),
        *devices_in_terraform(found),
        *consumers_in_terraform(found),
        *_shares(found),
    ]
    return head(found, *more) + "\n" + "\n".join(blocks)


def _resource(kind: str, label: str, body: dict[str, Any]) -> str:
    return block(f'resource "{kind}" "{label}"', body)


def _stream(found: Resources) -> str:
    stream = found.stream
    return _resource(
        "aws_kinesis_stream",
        "sluice",
        {
            "name": stream.name,
            **({"shard_count": stream.shards} if stream.mode == "PROVISIONED" else {}),
            "retention_period": stream.retention_hours,
            "encryption_type": "KMS" if found.key_id else "NONE",
            **({"kms_key_id": found.key_id} if found.key_id else {}),
            **({"shard_level_metrics": list(found.metrics)} if found.metrics else {}),
            **({"max_record_size_in_kib": found.record_kib} if found.record_kib else {}),
            "stream_mode_details": {"stream_mode": stream.mode},
            "tags": Tags(found.stream_tags),
        },
    )


def _producer(found: Resources) -> Iterator[str]:
    tags = Tags(found.tags)
    if not found.is_adopted:
        yield _stream(found)
    if found.role is not None:
        yield from _producer_role(found, found.role)
        return
    policy = {"name": found.policy_name, "path": found.path, "policy": Document(found.policy), "tags": tags}
    yield _resource("aws_iam_policy", "producer", policy)
    user = {
        "name": found.user_name,
        "path": found.path,
        **_bounded(found.user_boundary_arn),
        # The access key is created outside of Terraform, and must not block the removal of the user.
        "force_destroy": True,
        "tags": tags,
    }
    yield _resource("aws_iam_user", "producer", user)
    attached = {
        "user": Expression("aws_iam_user.producer.name"),
        "policy_arn": Expression("aws_iam_policy.producer.arn"),
    }
    yield _resource("aws_iam_user_policy_attachment", "producer", attached)


def _producer_role(found: Resources, role: ProducerRole) -> Iterator[str]:
    body = {
        "name": role.name,
        "path": role.path,
        **_bounded(found.user_boundary_arn),
        "assume_role_policy": Document(role.trust_policy),
        "tags": Tags(found.tags),
    }
    yield _resource("aws_iam_role", "producer", body)
    inline = {
        "name": role.policy_name,
        "role": Expression("aws_iam_role.producer.id"),
        "policy": Document(found.policy),
    }
    yield _resource("aws_iam_role_policy", "producer", inline)


def _consumer(found: Resources, role: ConsumerRoleResource, number: int) -> Iterator[str]:
    label = f"consumer_{number}"
    body = {
        "name": role.name,
        "path": role.path,
        **_bounded(found.consumer_boundary_arn),
        "max_session_duration": role.session_seconds,
        "assume_role_policy": Document(role.trust_policy),
        "tags": Tags(found.tags),
    }
    yield _resource("aws_iam_role", label, body)
    inline = {
        "name": role.policy_name,
        "role": Expression(f"aws_iam_role.{label}.id"),
        "policy": Document(role.policy),
    }
    yield _resource("aws_iam_role_policy", label, inline)


# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kinesis_resource_policy
def _shares(found: Resources) -> Iterator[str]:
    if found.shared:
        after = {} if found.is_adopted else {"depends_on": [Expression("aws_kinesis_stream.sluice")]}
        body = {"resource_arn": found.stream_arn, "policy": Document(found.resource_policy), **after}
        yield _resource("aws_kinesis_resource_policy", "shares", body)


def _bucket(found: Resources, bucket: Bucket, number: int) -> Iterator[str]:
    if not bucket.is_new:
        return
    label = f"bucket_{number}"
    of_it = {"bucket": Expression(f"aws_s3_bucket.{label}.id")}
    closed = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    key = {"kms_master_key_id": bucket.encryption.key} if bucket.encryption.key else {}
    algorithm = "aws:kms" if bucket.encryption.is_kms else "AES256"
    encrypted = {
        "bucket_key_enabled": bucket.encryption.is_kms,
        "apply_server_side_encryption_by_default": {"sse_algorithm": algorithm, **key},
    }
    yield _resource("aws_s3_bucket", label, {"bucket": bucket.name, "tags": Tags(found.tags)})
    yield _resource("aws_s3_bucket_public_access_block", label, {**of_it, **dict.fromkeys(closed, True)})
    yield _resource("aws_s3_bucket_server_side_encryption_configuration", label, {**of_it, "rule": encrypted})
    yield _resource("aws_s3_bucket_policy", label, {**of_it, "policy": Document(bucket.policy)})


def _delivery(found: Resources, delivery: Delivered, number: int) -> Iterator[str]:
    label, tags = f"delivery_{number}", Tags(found.tags)
    expires = {"retention_in_days": delivery.log_retention_days} if delivery.log_retention_days else {}
    yield _resource("aws_cloudwatch_log_group", label, {"name": delivery.log_group, **expires, "tags": tags})
    streams = {f"{label}_{place}": name for place, name in enumerate(delivery.log_streams, start=1)}
    for key, name in streams.items():
        stream = {"name": name, "log_group_name": Expression(f"aws_cloudwatch_log_group.{label}.name")}
        yield _resource("aws_cloudwatch_log_stream", key, stream)
    role = {
        "name": delivery.role_name,
        "path": found.path,
        **_bounded(found.boundary_arn),
        "assume_role_policy": Document(delivery.trust_policy),
        "tags": tags,
    }
    yield _resource("aws_iam_role", label, role)
    inline_policy = {
        "name": delivery.policy_name,
        "role": Expression(f"aws_iam_role.{label}.id"),
        "policy": Document(delivery.permissions_policy),
    }
    yield _resource("aws_iam_role_policy", label, inline_policy)
    new = [
        f"aws_s3_bucket.bucket_{place}"
        for place, bucket in enumerate(found.buckets, start=1)
        if bucket.is_new and bucket.name == delivery.bucket
    ]
    needed = [*([] if found.is_adopted else ["aws_kinesis_stream.sluice"]), f"aws_iam_role_policy.{label}", *new]
    needed += [f"aws_cloudwatch_log_stream.{key}" for key in streams]
    source = delivery.creation["KinesisStreamSourceConfiguration"]
    firehose = {
        "name": delivery.name,
        "kinesis_source_configuration": {
            "kinesis_stream_arn": source["KinesisStreamARN"],
            "role_arn": source["RoleARN"],
        },
        **destination(delivery),
        "tags": tags,
        "depends_on": [Expression(address) for address in needed],
    }
    yield _resource("aws_kinesis_firehose_delivery_stream", label, firehose)


def _bounded(boundary_arn: str) -> dict[str, str]:
    return {"permissions_boundary": boundary_arn} if boundary_arn else {}
