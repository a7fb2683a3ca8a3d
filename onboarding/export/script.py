"""The plan as a script for the AWS CLI: creates what is missing, and updates what exists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from onboarding.export.file_heads import filled as _filled
from onboarding.export.file_heads import head, share_lines
from onboarding.export.registered_consumers import consumers_in_script
from onboarding.export.resources import CONSUMER_ARN, METRICS, Bucket, Delivered, Resources, Shared
from onboarding.export.script_consumers import consumer_role_part
from onboarding.export.script_delivery import BUCKET, DELIVERY, LOG_EXPIRES, LOG_NEVER_EXPIRES, LOG_STREAM, OWN_BUCKET
from onboarding.export.script_devices import devices_in_script
from onboarding.export.script_functions import FUNCTIONS
from onboarding.export.script_producer import PRODUCER, PRODUCER_ROLE
from onboarding.export.script_share import CONSUMER, SHARE
from onboarding.export.script_stream import STREAM, STREAM_ADOPTED, STREAM_CREATED
from portal.aws.bucket_protection import encryption_rule
from portal.aws.policies.statements import document


# https://docs.aws.amazon.com/cli/latest/reference/
def cli_script(found: Resources) -> str:
    """Return the bash script, complete."""
    more = (
        "A script for bash and a current AWS CLI (version 1 or 2). Run it signed in to the account as someone who may",
        "create these resources. You can run it again at any time: it creates missing resources, updates those that",
        "differ, and does not change resources without this integration's tag.",
        *share_lines(found),
    )
    parts = [
        "#!/usr/bin/env bash\n" + head(found, *more),
        _filled(FUNCTIONS, found),
        _stream(found),
        _producer(found),
        *(consumer_role_part(found, role) for role in found.consumer_roles),
        *(_bucket(found, bucket) for bucket in found.buckets),
        *(_delivery(found, delivery) for delivery in found.deliveries),
        devices_in_script(found),
        consumers_in_script(found),
        *(_share(found, share) for share in found.shared),
        f'\necho "Done. {_next(found)}"\n',
    ]
    return "".join(parts)


def _stream(found: Resources) -> str:
    stream = found.stream
    shards = {"ShardCount": stream.shards} if stream.mode == "PROVISIONED" else {}
    request = {
        "StreamName": stream.name,
        "StreamModeDetails": {"StreamMode": stream.mode},
        **shards,
        **({"MaxRecordSizeInKiB": found.record_kib} if found.record_kib else {}),
        "Tags": found.stream_tags,
    }
    metrics = {"StreamName": stream.name, "ShardLevelMetrics": list(METRICS)}
    values = {
        "request": _json(request),
        "tags": _json({"StreamName": stream.name, "Tags": found.stream_tags}),
        "mode": stream.mode,
        "record_kib": str(stream.max_record_kib),
        "stream_arn": found.stream_arn,
        "hours": str(stream.retention_hours),
        "shards": str(stream.shards or 0),
        "key": found.key_id or "",
        "metrics": _json(metrics),
        "metrics_on": str(len(found.metrics)),
        # An adopted stream keeps single metrics that are on.
        "metrics_some": str(len(METRICS) if found.is_adopted else 1),
    }
    there = _filled(STREAM_ADOPTED if found.is_adopted else STREAM_CREATED, found, **values)
    return _filled(STREAM, found, stream_there=there, **values)


def _producer(found: Resources) -> str:
    if found.role is None:
        return _filled(PRODUCER, found, policy=_json(found.policy), **_user(found))
    bounded = _bounded(found.user_boundary_arn)
    request = {"RoleName": found.role.name, "Path": found.role.path, "Tags": _pairs(found), **bounded}
    values = {
        "role": found.role.name,
        "role_request": _json(request),
        "trust": _json(found.role.trust_policy),
        "role_policy_name": found.role.policy_name,
        "policy": _json(found.policy),
    }
    return _filled(PRODUCER_ROLE, found, **values)


def _share(found: Resources, share: Shared) -> str:
    values = {"principal": share.principal, "sid": share.sid, "empty": json.dumps(document())}
    of_stream = {"resource": found.stream_arn, "statement": json.dumps(share.statement), "consumer": ""}
    lines = _filled(SHARE, found, **values, **of_stream)
    if share.fan_out:
        names = {"stream_arn": found.stream_arn, "name": share.fan_out, "placeholder": CONSUMER_ARN}
        statement = json.dumps(share.consumer_statement)
        of_consumer = {"resource": '"$consumer"', "statement": statement, "consumer": _filled(CONSUMER, found, **names)}
        lines += _filled(SHARE, found, **values, **of_consumer)
    return lines


def _next(found: Resources) -> str:
    if found.role is not None:
        return "The vendor can assume the role now, and tests it."
    return f"Now create the access key of {found.user_name} with the key script from Sluice."


def _user(found: Resources) -> dict[str, str]:
    bounded = _bounded(found.user_boundary_arn)
    request = {"UserName": found.user_name, "Path": found.path, "Tags": _pairs(found), **bounded}
    created = {"PolicyName": found.policy_name, "Path": found.path, "Tags": _pairs(found)}
    return {
        "policy_name": found.policy_name,
        "policy_arn": found.policy_arn,
        "user": found.user_name,
        "user_request": _json(request),
        "policy_request": _json(created),
    }


def _bucket(found: Resources, bucket: Bucket) -> str:
    if not bucket.is_new:
        return _filled(OWN_BUCKET, found, bucket=bucket.name, declared=bucket.declared)
    region = found.stream.region
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    values = {
        "bucket": bucket.name,
        "request": _json({"Bucket": bucket.name, **place}),
        "tagging": _json({"TagSet": _pairs(found)}),
        "policy": _json(bucket.policy),
        "encryption": json.dumps({"Rules": [encryption_rule(bucket.encryption)]}),
    }
    return _filled(BUCKET, found, **values)


def _delivery(found: Resources, delivery: Delivered) -> str:
    role = {"RoleName": delivery.role_name, "Path": found.path, "Tags": _pairs(found), **_bounded(found.boundary_arn)}
    values = {
        "name": delivery.name,
        "log_group": delivery.log_group,
        "log_arn": delivery.log_group_arn,
        "log_retention": _log_retention(found, delivery),
        "log_request": _json({"logGroupName": delivery.log_group, "tags": found.tags}),
        "log_streams": "".join(_log_streams(found, delivery)),
        "role": delivery.role_name,
        "role_request": _json(role),
        "policy_name": delivery.policy_name,
        "trust": _json(delivery.trust_policy),
        "permissions": _json(delivery.permissions_policy),
        "request": _json(delivery.creation),
        "update": _json(delivery.update),
    }
    return _filled(DELIVERY, found, **values)


def _log_retention(found: Resources, delivery: Delivered) -> str:
    days = delivery.log_retention_days
    if days is None:
        return ""
    form = LOG_EXPIRES if days else LOG_NEVER_EXPIRES
    return _filled(form, found, log_group=delivery.log_group, days=str(days))


def _log_streams(found: Resources, delivery: Delivered) -> Iterator[str]:
    for name in delivery.log_streams:
        yield _filled(LOG_STREAM, found, log_group=delivery.log_group, log_stream=name)


def _pairs(found: Resources) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in found.tags.items()]


def _bounded(boundary_arn: str) -> dict[str, str]:
    return {"PermissionsBoundary": boundary_arn} if boundary_arn else {}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2)
