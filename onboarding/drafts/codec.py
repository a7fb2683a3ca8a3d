"""The wizard's pages, as typed, to a spec and back.

A draft's pages: connect {connection}, stream {…}, delivery {items: {key: {…}}}, consumers {roles: {key: {…}},
shares: {key: {…}}, fan_out: {key: {…}}, devices {…}}, recipients {fingerprints}. Values may be text.
"""

from collections.abc import Mapping
from typing import Any

from onboarding.connections import selectors
from onboarding.consumers import form_codec as consumer_codec
from onboarding.deliveries import form_codec
from onboarding.fan_out import form_codec as fan_out_codec
from onboarding.iot import form_codec as devices_codec
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.provisioning.plan_factory import arn_of
from onboarding.sharing import form_codec as share_codec
from onboarding.spec import tag_lines, validation
from onboarding.spec.endpoint import STANDARD, VPC
from onboarding.spec.integration_spec import ROLE, USER, IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.policies.statements import Arn
from portal.messages.message import Message
from portal.numbers import whole

Page = Mapping[str, Any]
INCOMPLETE = {
    "connect": Message("draft.connect_incomplete"),
    "stream": Message("draft.stream_incomplete"),
    "delivery": Message("draft.delivery_incomplete"),
    "consumers": Message("draft.consumers_incomplete"),
    "recipients": Message("draft.recipients_incomplete"),
}
_OPTIONAL = {"delivery", "consumers", "recipients"}  # no delivery, no consumer, and the vendor alone

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
        Problem(page, message) for page, message in INCOMPLETE.items() if page not in _OPTIONAL and not draft.get(page)
    ]
    if missing:
        raise SpecRefused(missing)
    plain: dict[str, Any] = {
        "name": _name(integration),
        "connection": draft["connect"].get("connection", ""),
        "stream": _stream(draft["stream"]),
        "recipients": [] if is_by_role(draft) else _recipients(integration),
        "producer": ROLE if is_by_role(draft) else USER,
    }
    filled = [values for values in deliveries_of(draft).values() if values.get("kind") != "none"]
    plain["deliveries"] = [form_codec.plain(values) for values in filled]
    if roles := consumer_roles_of(draft):
        plain["consumer_roles"] = [consumer_codec.plain(values) for values in roles.values()]
    if shares := shares_of(draft):
        plain["shares"] = [share_codec.plain(values) for values in shares.values()]
    if registered := fan_out_of(draft):
        plain["fan_out"] = [fan_out_codec.plain(values) for values in registered.values()]
    if devices := devices_of(draft):
        plain["devices"] = devices_codec.plain(devices)
    return validation.from_dict(plain)


def is_by_role(draft: Mapping[str, Page]) -> bool:
    """Return whether the vendor shall send by assuming a role, so that there is no access key."""
    return draft.get("recipients", {}).get("producer") == ROLE


def is_without_grant(integration: Integration) -> bool:
    """Tell whether the chosen connection gives Sluice no access, so that its owner applies the plan."""
    uid = integration.draft.get("connect", {}).get("connection", "")
    found = selectors.chosen_connection(integration) if uid else integration.connection
    return found is not None and not found.has_grant


def _recipients(integration: Integration) -> list[str]:
    return list(integration.draft.get("recipients", {}).get("fingerprints", []))


def deliveries_of(draft: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """Return the deliveries as they were typed, by their keys, in the order in which they were added.

    A single one of kind "none" says that there shall be no delivery.
    """
    items = draft.get("delivery", {}).get("items", {})
    return {str(key): dict(items[key]) for key in sorted(items, key=int)}


def shares_of(draft: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """Return the shares as they were typed, by their keys, in the order in which they were added."""
    items = draft.get("consumers", {}).get("shares", {})
    return {str(key): dict(items[key]) for key in sorted(items, key=int)}


def fan_out_of(draft: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """Return the registered consumers as they were typed, by their keys, in the order in which they were added."""
    items = draft.get("consumers", {}).get("fan_out", {})
    return {str(key): dict(items[key]) for key in sorted(items, key=int)}


def devices_of(draft: Mapping[str, Page]) -> dict[str, Any]:
    """Return the devices as they were typed; empty without devices."""
    return dict(draft.get("consumers", {}).get("devices") or {})


def consumer_roles_of(draft: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """Return the consumer roles as they were typed, by their keys, in the order in which they were added."""
    items = draft.get("consumers", {}).get("roles", {})
    return {str(key): dict(items[key]) for key in sorted(items, key=int)}


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
        **({"adopt": True, "creation_timestamp": made} if (made := confirmed_creation_time(page)) else {}),
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
    number = whole(text)
    return text if number is None else number


def stream_settings(stream: StreamSpec) -> dict[str, str]:
    """Return the settings of a data stream as the fields of its page."""
    key = stream.kms_key if stream.kms_key in {"none", "aws", "new"} else "own"
    return {
        "mode": stream.mode,
        "shards": str(stream.shards or 1),
        "retention_hours": str(stream.retention_hours),
        "shard_level_metrics": "on" if stream.shard_level_metrics else "",
        "encryption": key,
        "kms_key_arn": stream.kms_key if key == "own" else "",
        "max_record_kib": str(stream.max_record_kib),
    }


def pages_of(spec: IntegrationSpec, integration: Integration) -> dict[str, dict[str, Any]]:
    """Return the wizard's pages as somebody would have typed them for this declaration."""
    stream = spec.stream
    # A self-managed stream can be watched through another connection than its plan names.
    connection = (
        selectors.connection_of(integration.tenant, spec) if integration.is_self_managed else integration.connection
    )
    uid = connection.uid if connection else ""
    return {
        "connect": {"choice": uid, "connection": uid},
        "stream": {
            "name": stream.name,
            "region": stream.region,
            **stream_settings(stream),
            "tags": tag_lines.written(stream.tags),
            "endpoint": stream.endpoint.kind,
            "vpc_endpoint_id": stream.endpoint.vpc_endpoint_id,
            "vpc_dns_name": stream.endpoint.dns_name,
            "vpc_only": "on" if stream.endpoint.only else "",
            "adopt": confirmed_identity(stream, integration.connection),
        },
        "delivery": {"items": _deliveries(spec)},
        "consumers": {
            "roles": _roles(spec),
            "shares": _shares(spec),
            "fan_out": {str(key): fan_out_codec.typed(each) for key, each in enumerate(spec.fan_out, start=1)},
            "devices": devices_codec.typed(spec.devices) if spec.devices else {},
        },
        "recipients": {"fingerprints": _own(spec, integration), "producer": spec.producer},
    }


def _own(spec: IntegrationSpec, integration: Integration) -> list[str]:
    chosen = list(spec.recipients)
    if not integration.is_self_managed:
        return chosen
    return list(integration.tenant.pgp_keys.filter(fingerprint__in=chosen).values_list("fingerprint", flat=True))


def _deliveries(spec: IntegrationSpec) -> dict[str, dict[str, str]]:
    if not spec.deliveries:
        return {"1": {"kind": "none"}}
    return {str(key): form_codec.typed(delivery) for key, delivery in enumerate(spec.deliveries, start=1)}


def _roles(spec: IntegrationSpec) -> dict[str, dict[str, str]]:
    return {str(key): consumer_codec.typed(role) for key, role in enumerate(spec.consumer_roles, start=1)}


def _shares(spec: IntegrationSpec) -> dict[str, dict[str, str]]:
    return {str(key): share_codec.typed(share) for key, share in enumerate(spec.shares, start=1)}


def confirmed_creation_time(page: Mapping[str, Any]) -> str:
    """Return the creation time of the stream whose adoption is selected on the page; "" if none of this name is."""
    arn, _, made = str(page.get("adopt") or "").partition(" ")
    try:
        parts = Arn.parse(arn)
    except ValueError:
        return ""
    is_it = (parts.region, parts.resource) == (page.get("region"), f"stream/{page.get('name')}")
    return made if is_it else ""


def confirmed_identity(stream: StreamSpec, connection: Connection | None) -> str:
    """Return what the wizard's page stores of a spec that adopts: ARN and creation time; otherwise ""."""
    if not stream.adopt or connection is None:
        return ""
    return f"{arn_of(stream, connection)} {stream.creation_timestamp}"
