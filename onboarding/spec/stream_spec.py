"""The data stream of a spec."""

from dataclasses import dataclass, field
from datetime import datetime

from onboarding.spec.endpoint import STANDARD_ENDPOINT, Endpoint
from portal.aws import names
from portal.aws.stream_settings import SMALLEST_RECORD_LIMIT


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A Kinesis data stream. The retention period is in hours; `kms_key` is "none", "aws" (alias/aws/kinesis), "new"
    (Sluice creates a customer-managed key) or a key's ARN.

    `tags` are the client's own, in addition to Sluice's; `max_record_kib` is the maximum record size of the stream;
    the producer puts its records through `endpoint`. With `adopt` the stream exists and belongs to the client: the one
    created at `creation_timestamp` (ISO 8601), no other.
    """

    name: str
    region: str
    mode: str = "PROVISIONED"
    shards: int | None = 1
    retention_hours: int = 24
    shard_level_metrics: bool = True
    kms_key: str = "aws"
    max_record_kib: int = SMALLEST_RECORD_LIMIT
    tags: dict[str, str] = field(default_factory=dict, hash=False)
    endpoint: Endpoint = STANDARD_ENDPOINT
    adopt: bool = False
    creation_timestamp: str = ""

    @property
    def endpoint_url(self) -> str:
        """Return the URL to which the producer puts records."""
        return self.endpoint.url(self.region)

    @property
    def created_at(self) -> datetime | None:
        """Return when the stream to adopt was created, to the second; None where the spec has no time."""
        return names.whole_second(self.creation_timestamp)

    @property
    def makes_key(self) -> bool:
        """Tell whether Sluice creates a KMS key for the stream."""
        return self.kms_key == "new"

    @property
    def customer_key_arn(self) -> str | None:
        """Return the ARN of the client's own key, or None where the spec names none."""
        return self.kms_key if self.kms_key.startswith("arn:") else None
