"""Adopting a stream that exists: looking at it, a person's word for just that one, and what stands against it.

A person confirms a stream by its ARN and the time it was made, so that another one, made since under the same name, is
never taken for it. The word is kept in the integration's draft under a key of its own, and in the audit trail.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from onboarding.connections import sessions
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.provisioning.adopted_stream import second
from onboarding.provisioning.context import INTEGRATION_TAG
from onboarding.provisioning.plans import arn_of
from onboarding.service_guards import Actor, may_act, record
from onboarding.spec.change import Change
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem
from onboarding.spec.stream_diff import of_stream
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import kinesis, kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.session import AwsSession

CONFIRMED = "adoption"


@dataclass(frozen=True, slots=True)
class Found:
    """A stream in the account: as the declaration that adopts it and changes nothing, and what else AWS says of it.

    `is_ours` tells that it carries the integration's tag; `refused` says why it cannot be adopted, empty where it can.
    `by` and `at` say who confirmed it, if somebody did.
    """

    stream: StreamSpec
    arn: str
    status: str
    metrics: int = 0
    consumers: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    is_ours: bool = False
    refused: str = ""
    by: str = ""
    at: str = ""

    @property
    def tick(self) -> str:
        """Return what a person confirms: the ARN and the time the stream was made."""
        return f"{self.arn} {self.stream.creation_timestamp}"

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `as_dict` returned."""
        return cls(**{**plain, "stream": StreamSpec(**plain["stream"])})

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON. Of the endpoint nothing is known: it is the producer's affair, not the stream's."""
        plain = asdict(self)
        del plain["stream"]["endpoint"]
        return plain

    def typed(self) -> dict[str, str]:
        """Return the fields of the wizard's page as somebody would type them to keep everything as it is."""
        stream = self.stream
        key = stream.kms_key if stream.kms_key in {"none", "aws"} else "own"
        return {
            "mode": stream.mode,
            "shards": str(stream.shards or 1),
            "retention_hours": str(stream.retention_hours),
            "shard_level_metrics": "on" if stream.shard_level_metrics else "",
            "encryption": key,
            "kms_key_arn": stream.kms_key if key == "own" else "",
            "max_record_kib": str(stream.max_record_kib),
            "tags": "",
        }


def look(
    integration: Integration, connection: Connection, name: str, region: str, *, fips: bool = False
) -> Found | None:
    """Return the stream of a name, or None; with `fips` AWS is asked through FIPS endpoints. Raises AwsFault."""
    aws = sessions.session_for(connection, region, f"look-{integration.uid}", fips=fips).hurried()
    there = kinesis.describe_stream(aws, name)
    if there is None:
        return None
    tags = kinesis.stream_tags(aws, name)
    key = _key(aws, there)
    stream = StreamSpec(
        name=name,
        region=region,
        mode=there.mode,
        shards=there.open_shard_count if there.mode == "PROVISIONED" else None,
        retention_hours=there.retention_hours,
        shard_level_metrics=there.shard_level_metrics >= kinesis.SHARD_LEVEL_METRICS,
        kms_key=key or "aws",
        max_record_kib=there.max_record_kib,
        adopt=True,
        creation_timestamp=second(there.created_at).isoformat(),
    )
    metrics = len(there.shard_level_metrics & kinesis.SHARD_LEVEL_METRICS)
    refused = _refused(integration, there, tags, key)
    is_ours = tags.get(INTEGRATION_TAG) == integration.uid
    return Found(stream, there.arn, there.status, metrics, there.consumer_count, tags, is_ours, refused)


def _key(aws: AwsSession, there: kinesis.Stream) -> str:
    """Return the encryption as a declaration says it; "" where the key cannot be told."""
    if there.encryption_type != "KMS":
        return "none"
    named = there.key_id or ""
    if named.endswith("alias/aws/kinesis"):
        return "aws"
    if ":key/" in named:
        return named
    try:
        key = kms.describe_key(aws, named)
    except AwsFault as fault:
        if fault.kind is not FaultKind.DENIED:
            raise
        return ""
    return key.arn if key else ""


def _refused(integration: Integration, there: kinesis.Stream, tags: Mapping[str, str], key: str) -> str:
    if there.status == "DELETING":
        return (
            f"Data stream {there.name} is being deleted in your account. Wait for the deletion, or choose another name."
        )
    uid = tags.get(INTEGRATION_TAG)
    if uid and uid != integration.uid:
        ours = integration.tenant.integrations.filter(uid=uid).first()
        whose = f"your integration {ours.name}" if ours else "an integration of another organisation or portal"
        return (
            f"Data stream {there.name} already exists and belongs to {whose}: it has the tag "
            f"{INTEGRATION_TAG}={uid}. Remove that integration before you adopt the stream, or choose another name. "
            "Nothing was changed."
        )
    if not key:
        return (
            f"Data stream {there.name} is encrypted with {there.key_id}, which Sluice's role cannot read, so Sluice "
            "cannot keep it unchanged. The cause is in your account. Allow kms:DescribeKey on that key for the role."
        )
    return ""


@transaction.atomic
def confirm(*, integration: Integration, found: Found, actor: Actor) -> None:
    """Note that a person wants just this stream adopted: who, when, ARN and when it was made. Said again, one event."""
    may_act(integration.tenant)
    locked = Integration.objects.select_for_update().get(pk=integration.pk)
    before = locked.draft.get(CONFIRMED)
    if before is None or Found.of(before).tick != found.tick:
        word = replace(found, by=str(actor), at=timezone.now().isoformat())
        locked.draft = {**locked.draft, CONFIRMED: word.as_dict()}
        locked.save(update_fields=["draft", "changed_at"])
        details = {"arn": found.arn, "creation_timestamp": found.stream.creation_timestamp}
        record("stream:adoption-confirmed", locked.tenant, actor, locked.name, integration=locked.uid, **details)
    integration.draft = locked.draft


def confirmed(integration: Integration) -> Found | None:
    """Return the stream that somebody confirmed last, as it was then."""
    plain = integration.draft.get(CONFIRMED)
    return Found.of(plain) if plain else None


def kept(integration: Integration) -> dict[str, Any]:
    """Return the confirmation as a part of a draft, to be kept where the rest is written anew."""
    return {CONFIRMED: integration.draft[CONFIRMED]} if CONFIRMED in integration.draft else {}


def changes(integration: Integration, wanted: StreamSpec) -> list[Change]:
    """Return what a declaration changes of the stream that it adopts, against how it was when it was confirmed."""
    found = confirmed(integration)
    if found is None or not _is_of(found, wanted):
        return []
    return between(found, wanted)


def between(found: Found, wanted: StreamSpec) -> list[Change]:
    """Return what a declaration changes of a stream as it was found."""
    # Of its tags, those that the declaration does not name stay.
    tags = {key: value for key, value in found.tags.items() if key in wanted.tags}
    return list(of_stream(replace(found.stream, tags=tags, endpoint=wanted.endpoint), wanted))


def problems(integration: Integration, spec: IntegrationSpec, connection: Connection) -> list[Problem]:
    """Return what stands against adopting the stream of a spec, without asking AWS. Holds the stream's name until the
    transaction ends, so that two integrations cannot adopt one stream at the same moment."""
    if not spec.stream.adopt:
        return []
    arn = arn_of(spec.stream, connection)
    _one_at_a_time(arn)
    if other := _other(integration, spec.stream, connection):
        whose = other.name if other.tenant_id == integration.tenant_id else "of another organisation"
        return [Problem("stream.adopt", f"This stream belongs to the integration {whose}. Remove that one first.")]
    rows = integration.resources.filter(kind="data stream", name=spec.stream.name)
    found = confirmed(integration)
    is_confirmed = found is not None and _is_of(found, spec.stream) and found.arn == arn
    if is_confirmed or rows.exclude(state=ResourceState.REMOVED).exists():
        return []
    words = "The adoption of this stream is not confirmed. Confirm it on the stream page."
    return [Problem("stream.adopt", words)]


def _other(integration: Integration, stream: StreamSpec, connection: Connection) -> Integration | None:
    over = Q(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED])
    # Whose account a plan is for that its owner applies, nobody has proved: of other tenants it says nothing here.
    claimed = Q(state=IntegrationState.SELF_RUN) & ~Q(tenant=integration.tenant_id)
    rows = Integration.objects.filter(spec__stream__name=stream.name, spec__stream__region=stream.region)
    rows = rows.exclude(over).exclude(claimed)
    return rows.filter(connection__account_id=connection.account_id).exclude(pk=integration.pk).first()


def _is_of(found: Found, wanted: StreamSpec) -> bool:
    one, other = found.stream, wanted
    return (one.name, one.region, one.created_at) == (other.name, other.region, other.created_at)


def _one_at_a_time(arn: str) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('adopted-stream'), hashtext(%s))", [arn])
