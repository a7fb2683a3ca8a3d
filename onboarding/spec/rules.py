"""AWS's rules that a JSON Schema cannot express, applied to a whole spec."""

from collections.abc import Callable, Iterator
from typing import Any

from onboarding.fan_out.consumer import fan_out_problems
from onboarding.sharing.share import share_problems
from onboarding.spec.consumer_rules import consumer_problems
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import names
from portal.aws.regions import found_partition
from portal.aws.tag_rules import tag_problems
from portal.messages.message import Message


def check(spec: IntegrationSpec, *, name_prefix: str | None = None, account_id: str | None = None) -> list[Problem]:
    """Return everything in a spec that AWS would refuse, or that the connection's name prefix does not allow."""
    return [
        *_stream_problems(spec.stream, name_prefix or ""),
        *_delivery_problems(spec, name_prefix or "", account_id),
        *_key_problems(spec.stream, account_id),
        *consumer_problems(spec),
        *_device_problems(spec, name_prefix or ""),
        *_share_problems(spec, account_id),
        *_fan_out_problems(spec),
    ]


def _share_problems(spec: IntegrationSpec, account_id: str | None) -> Iterator[Problem]:
    stream = spec.stream
    partition = found_partition(stream.region) or ""
    registered = [consumer.name for consumer in spec.fan_out]
    for path, message in share_problems(
        spec.shares, kms_key=stream.kms_key, account_id=account_id, partition=partition, registered=registered
    ):
        yield Problem(f"shares.{path}" if path else "shares", message)


def _fan_out_problems(spec: IntegrationSpec) -> Iterator[Problem]:
    for path, message in fan_out_problems(spec.fan_out, mode=spec.stream.mode):
        yield Problem(f"fan_out.{path}" if path else "fan_out", message)


def _stream_problems(stream: StreamSpec, name_prefix: str) -> Iterator[Problem]:
    # An adopted stream keeps its name; the boundary check says whether the connection allows it.
    yield from _checked("stream.name", names.check_stream_name, stream.name, "" if stream.adopt else name_prefix)
    yield from _checked("stream.region", names.check_region, stream.region)
    if stream.mode == "PROVISIONED" and stream.shards is None:
        yield Problem("stream.shards", Message("spec.shards_missing"))
    if stream.mode == "ON_DEMAND" and stream.shards is not None:
        yield Problem("stream.shards", Message("spec.shards_not_allowed"))
    for path, message in stream.endpoint.problems(stream.region):
        yield Problem(f"stream.endpoint.{path}", message)
    yield from _adoption_problems(stream)
    for message in tag_problems(stream.tags):
        yield Problem("stream.tags", message)


def _adoption_problems(stream: StreamSpec) -> Iterator[Problem]:
    if stream.creation_timestamp and stream.created_at is None:
        yield Problem("stream.creation_timestamp", Message("spec.time_without_zone"))
    if stream.creation_timestamp and not stream.adopt:
        yield Problem("stream.creation_timestamp", Message("spec.time_without_adoption"))


def _key_problems(stream: StreamSpec, account_id: str | None) -> Iterator[Problem]:
    arn = stream.customer_key_arn
    if arn is None:
        if stream.kms_key not in {"none", "aws", "new"}:
            yield Problem("stream.kms_key", Message("spec.unknown_key_choice"))
        return
    yield from _checked("stream.kms_key", names.check_kms_key_arn, arn)
    if account_id and f":{account_id}:" not in arn:
        yield Problem("stream.kms_key", Message("spec.key_in_other_account"))
    if f":{stream.region}:" not in arn:
        yield Problem("stream.kms_key", Message("spec.key_in_other_region", region=stream.region))


def _device_problems(spec: IntegrationSpec, name_prefix: str) -> Iterator[Problem]:
    if spec.devices is not None:
        for path, message in spec.devices.problems(name_prefix):
            yield Problem(f"devices.{path}", message)


def _delivery_problems(spec: IntegrationSpec, name_prefix: str, account_id: str | None) -> Iterator[Problem]:
    place = {"region": spec.stream.region, **({"account_id": account_id} if account_id else {})}
    for position, delivery in enumerate(spec.deliveries):
        for path, message in delivery.problems(place, name_prefix=name_prefix):
            yield Problem(f"deliveries.{position}.{path}", message)
    yield from _conflicts_of_deliveries(spec)


def _conflicts_of_deliveries(spec: IntegrationSpec) -> Iterator[Problem]:
    names_seen: set[str] = set()
    new_buckets: dict[str, bool] = {}
    encryptions: dict[str, str] = {}
    for position, delivery in enumerate(spec.deliveries):
        if delivery.name in names_seen:
            yield Problem(f"deliveries.{position}.name", Message("spec.delivery_name_twice", name=delivery.name))
        if new_buckets.setdefault(delivery.bucket, delivery.new_bucket) != delivery.new_bucket:
            path = f"deliveries.{position}.new_bucket"
            yield Problem(path, Message("spec.bucket_both_new_and_existing", bucket=delivery.bucket))
        if encryptions.setdefault(delivery.bucket, delivery.bucket_encryption) != delivery.bucket_encryption:
            path = f"deliveries.{position}.bucket_encryption"
            yield Problem(path, Message("spec.bucket_encrypted_in_two_ways", bucket=delivery.bucket))
        names_seen.add(delivery.name)


def _checked(path: str, rule: Callable[..., None], *values: Any) -> Iterator[Problem]:
    try:
        rule(*values)
    except names.InvalidName as invalid:
        yield Problem(path, invalid.message)
