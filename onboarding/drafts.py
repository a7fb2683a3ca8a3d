"""From the wizard's pages, kept as they were typed, to a declaration; and the questions to AWS that a page asks early.

A draft's pages: connect {connection}, stream {…}, delivery {items: {key: {…}}}, recipients {fingerprints}.
Values may be text.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from onboarding import adopting, opening, tag_lines
from onboarding import spec as specs
from onboarding.adopting import Found
from onboarding.deliveries import as_typed
from onboarding.endpoint import FIPS, STANDARD, VPC
from onboarding.models import Connection, Integration
from onboarding.spec import IntegrationSpec, Problem, SpecRefused
from onboarding.states import ResourceState
from portal.aws import s3
from portal.aws.endpoints import has_fips
from portal.aws.s3 import BucketState
from portal.tenancy.models import Tenant

Page = Mapping[str, Any]
NO = {"", "0", "false", "off", "none", "None", None, False}


def name_of(draft: Mapping[str, Page]) -> str:
    """Return what the integration is called: its stream's name."""
    return str(draft.get("stream", {}).get("name", ""))[:80]


def _name(integration: Integration) -> str:
    # One that was named in a file keeps its name when its settings are changed in the wizard.
    name = name_of(integration.draft)
    return integration.name if integration.spec and integration.stream_name == name else name


def as_spec(integration: Integration) -> IntegrationSpec:
    """Return the declaration that a draft's pages make; raises SpecRefused with every problem."""
    draft = integration.draft
    missing = [
        Problem(page, f"The page “{title}” is not filled in yet.")
        for page, title in (("connect", "Connect"), ("stream", "Stream"), ("recipients", "Recipients"))
        if not draft.get(page) and not (page == "recipients" and is_without_grant(integration))
    ]
    if missing:
        raise SpecRefused(missing)
    plain: dict[str, Any] = {
        "name": _name(integration),
        "connection": draft["connect"].get("connection", ""),
        "stream": _stream(draft["stream"]),
        "recipients": _recipients(integration),
    }
    plain["deliveries"] = [as_typed.plain(one) for one in deliveries_of(draft).values() if one.get("kind") != "none"]
    return specs.from_dict(plain)


def is_without_grant(integration: Integration) -> bool:
    """Tell whether the chosen connection gives Sluice no access, so that its owner applies the plan."""
    uid = integration.draft.get("connect", {}).get("connection", "")
    found = integration.tenant.connections.filter(uid=uid).first() if uid else integration.connection
    return found is not None and not found.has_grant


def _recipients(integration: Integration) -> list[str]:
    chosen = list(integration.draft.get("recipients", {}).get("fingerprints", []))
    # Who makes the key needs no copy of it: then it is for the vendor alone.
    return chosen or ([opening.vendor_certificate().fingerprint] if is_without_grant(integration) else [])


def deliveries_of(draft: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """Return the deliveries as they were typed, by their keys, in the order in which they were added.

    A single one of kind "none" says that there shall be no delivery.
    """
    items = draft.get("delivery", {}).get("items", {})
    return {str(key): dict(items[key]) for key in sorted(items, key=int)}


def connection_of(tenant: Tenant, spec: IntegrationSpec) -> Connection:
    """Return the tenant's connection that the spec names by uid or name; raises SpecRefused when there is none."""
    found = tenant.connections.filter(Q(uid=spec.connection) | Q(name=spec.connection)).first()
    if found is None:
        raise SpecRefused([Problem("connection", f"This tenant has no connection called “{spec.connection}”.")])
    return found


def stream_found(integration: Integration, values: Page) -> Found | None:
    """Return the stream of this name in the account, where there is one that the integration does not know.

    Raises AwsFault.
    """
    connection = _chosen_connection(integration)
    name, region = str(values.get("name", "")), str(values.get("region", ""))
    if connection is None or not name or not region or is_known(integration, "data stream", name):
        return None
    return adopting.look(integration, connection, name, region, fips=values.get("endpoint") == FIPS)


def bucket_conflict(integration: Integration, values: Page) -> str | None:
    """Return why this bucket cannot serve, or None. Raises AwsFault."""
    connection = _chosen_connection(integration)
    stream = integration.draft.get("stream", {})
    bucket, region = str(values.get("bucket", "")), str(stream.get("region", ""))
    if connection is None or values.get("kind") == "none" or not bucket or not region:
        return None
    fips = stream.get("endpoint") == FIPS and has_fips("s3", region)
    aws = opening.session_for(connection, region, f"look-{integration.uid}", fips=fips)
    state = s3.bucket_state(aws, bucket)
    if state is BucketState.FOREIGN:
        return (
            f"The name {bucket} is taken by somebody else: bucket names are shared by all AWS accounts. "
            "Choose another name."
        )
    if values.get("bucket_mode") == "existing":
        return _existing_conflict(aws.account_id or connection.account_id, state, bucket) or _region_conflict(
            s3.bucket_region(aws, bucket), region, bucket
        )
    if state is BucketState.ABSENT or is_known(integration, "S3 bucket", bucket):
        return None
    if integration.is_self_run and bucket in specs.from_dict(integration.spec).buckets:
        return None  # its owner made it from the plan
    return f"You have a bucket named {bucket} already. Choose another name, or use it as an existing bucket."


def _existing_conflict(account_id: str, state: BucketState, bucket: str) -> str | None:
    if state is BucketState.ABSENT:
        return (
            f"There is no bucket named {bucket} in account {account_id}. Create it first, or let Sluice make a new one."
        )
    return None


def _region_conflict(found: str, wanted: str, bucket: str) -> str | None:
    if found != wanted:
        return f"The bucket {bucket} is in {found}; the stream is in {wanted}, and Firehose needs both in one Region."
    return None


def is_known(integration: Integration, kind: str, name: str) -> bool:
    """Tell whether the integration made something of this name, or adopted it."""
    rows = integration.resources.filter(kind=kind, name=name)
    return rows.exclude(state=ResourceState.REMOVED).exists()


def _chosen_connection(integration: Integration) -> Connection | None:
    """Return the connection through which AWS can be asked, or None."""
    uid = integration.draft.get("connect", {}).get("connection", "")
    found = integration.tenant.connections.filter(uid=uid).first()
    return found if found is not None and found.has_grant else None


def _stream(page: Page) -> dict[str, Any]:
    mode = page.get("mode") or "PROVISIONED"
    keys = {"own": str(page.get("kms_key_arn") or "").strip(), "none": "none", "new": "new"}
    return {
        "name": str(page.get("name", "")),
        "region": str(page.get("region", "")),
        "mode": mode,
        "shards": _whole(page.get("shards"), 1) if mode == "PROVISIONED" else None,
        "retention_hours": _whole(page.get("retention_hours"), 24),
        "shard_level_metrics": page.get("shard_level_metrics") not in NO,
        "kms_key": keys.get(str(page.get("encryption") or "aws"), "aws"),
        "max_record_kib": _whole(page.get("max_record_kib"), 1024),
        "tags": tag_lines.read(str(page.get("tags") or "")),
        "endpoint": _endpoint(page),
        **({"adopt": True, "creation_timestamp": made} if (made := adopting.ticked(page)) else {}),
    }


def _endpoint(page: Page) -> dict[str, Any]:
    kind = str(page.get("endpoint") or STANDARD)
    if kind != VPC:
        return {"kind": kind}
    names = {"vpc_endpoint_id": "vpc_endpoint_id", "dns_name": "vpc_dns_name"}
    typed = {field: str(page.get(name) or "") for field, name in names.items()}
    return {"kind": kind, **typed, "only": page.get("vpc_only") not in NO}


def _whole(value: Any, default: int) -> Any:
    """Return a whole number where it is one; what is not goes on as it is, for the schema to name."""
    text = str(default if value in {None, ""} else value).strip()
    return int(text) if text.isdigit() else text
