"""An existing data stream in the client's account: its settings, and whether it can be adopted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from onboarding.connections import sessions
from onboarding.drafts import codec
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.provisioning.adopted_stream import second
from onboarding.provisioning.plan import INTEGRATION_TAG
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import kinesis, kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.session_policies import SessionScope
from portal.aws.session import AwsSession
from portal.aws.stream_settings import SHARD_LEVEL_METRICS
from portal.messages.message import Message, from_json


@dataclass(frozen=True, slots=True)
class ExistingStream:
    """A stream in the account: as the declaration that adopts it without changes, and what else AWS reports.

    `is_ours`: it has the integration's tag. `obstacle`: why it cannot be adopted, if so. `by` and `at`: who confirmed
    its adoption and when.
    """

    stream: StreamSpec
    arn: str
    status: str
    metrics: int = 0
    consumers: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    is_ours: bool = False
    obstacle: Message | None = None
    by: str = ""
    at: str = ""

    @property
    def identity(self) -> str:
        """Return what a person confirms: the ARN and the creation time."""
        return f"{self.arn} {self.stream.creation_timestamp}"

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `as_dict` returned."""
        known = {each.name: plain[each.name] for each in fields(cls) if each.name in plain}
        stream, obstacle = StreamSpec(**plain["stream"]), plain.get("obstacle")
        return cls(**{**known, "stream": stream, "obstacle": from_json(obstacle) if obstacle else None})

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON. The endpoint is left out: it belongs to the producer, not to the stream."""
        plain = asdict(replace(self, obstacle=None))
        plain["obstacle"] = self.obstacle and self.obstacle.as_json()
        del plain["stream"]["endpoint"]
        return plain

    def form_values(self) -> dict[str, str]:
        """Return the fields of the wizard's page that keep every setting unchanged."""
        return {**codec.stream_settings(self.stream), "tags": ""}


def find_stream(
    integration: Integration, connection: Connection, name: str, region: str, *, fips: bool = False
) -> ExistingStream | None:
    """Return the stream with a name, or None if there is none. With `fips`, calls FIPS endpoints. Raises AwsFault."""
    purpose = f"look-{integration.uid}"
    aws = sessions.session_for(connection, region, purpose, SessionScope.SETTINGS, fips=fips).hurried()
    described = kinesis.describe_stream(aws, name)
    if described is None:
        return None
    tags, key = kinesis.stream_tags(aws, name), _kms_key(aws, described)
    stream = StreamSpec(
        name=name,
        region=region,
        mode=described.mode,
        shards=described.open_shard_count if described.mode == "PROVISIONED" else None,
        retention_hours=described.retention_hours,
        shard_level_metrics=described.shard_level_metrics >= SHARD_LEVEL_METRICS,
        kms_key=key or "aws",
        max_record_kib=described.max_record_kib,
        adopt=True,
        creation_timestamp=second(described.created_at).isoformat(),
    )
    return ExistingStream(
        stream,
        arn=described.arn,
        status=described.status,
        metrics=len(described.shard_level_metrics & SHARD_LEVEL_METRICS),
        consumers=described.consumer_count,
        tags=tags,
        is_ours=tags.get(INTEGRATION_TAG) == integration.uid,
        obstacle=_obstacle(integration, described, tags, key),
    )


def _kms_key(aws: AwsSession, described: kinesis.Stream) -> str:
    """Return the encryption as a spec states it; "" where the role cannot read the key."""
    if described.encryption_type != "KMS":
        return "none"
    key_id = described.key_id or ""
    if key_id.endswith("alias/aws/kinesis"):
        return "aws"
    if ":key/" in key_id:
        return key_id
    try:
        key = kms.describe_key(aws, key_id)
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            raise
        return ""
    return key.arn if key else ""


def _obstacle(integration: Integration, described: kinesis.Stream, tags: Mapping[str, str], key: str) -> Message | None:
    stream = described.name
    if described.status == "DELETING":
        return Message("adoption.stream_being_deleted", stream=stream)
    uid = tags.get(INTEGRATION_TAG)
    if uid and uid != integration.uid:
        tag = f"{INTEGRATION_TAG}={uid}"
        owner = integration.tenant.integrations.filter(uid=uid).first()
        if owner:
            return Message("adoption.stream_of_integration", stream=stream, tag=tag, integration=owner.name)
        return Message("adoption.stream_of_others", stream=stream, tag=tag)
    return None if key else Message("adoption.key_unreadable", stream=stream, key=described.key_id or "")
