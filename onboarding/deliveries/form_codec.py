"""A delivery as somebody typed it ⇄ as a declaration has it. Values are text, by the names of the form's fields."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from onboarding.deliveries.bucket_encryption import AWS_KEY, SSE_S3
from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_inputs import OFF, InputKind, at, field_of, nested, plain_of, typed_of
from onboarding.deliveries.form_schema import CLOSED_BY, GATES, inputs_of
from onboarding.deliveries.kinds import KINDS

COMMON = {
    "name": InputKind.LINE,
    "bucket": InputKind.LINE,
    "prefix": InputKind.LINE,
    "error_prefix": InputKind.LINE,
    "buffering_mb": InputKind.WHOLE,
    "buffering_seconds": InputKind.WHOLE,
    "compression": InputKind.LINE,
}


OWN_KEY = "own"


def kind_of(values: Mapping[str, Any]) -> str:
    """Return the kind of destination that was chosen; S3 where none, or none that there is."""
    kind = str(values.get("kind") or "s3")
    return kind if kind in KINDS else "s3"


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the declaration's form of what was typed; what was left empty is left out."""
    kind = kind_of(values)
    found: dict[str, Any] = {
        name: plain_of(kind, str(values[name]).strip())
        for name, kind in COMMON.items()
        if values.get(name) not in {"", None}
    }
    found.setdefault("name", "")
    found.setdefault("bucket", "")
    found["new_bucket"] = values.get("bucket_mode") != "existing"
    found["bucket_encryption"] = _bucket_encryption(values)
    found["destination.kind"] = kind
    for field_input in inputs_of(kind):
        text = str(values.get(field_input.field) or "").strip()
        if _is_open(field_input.path, values) and (text or field_input.kind is InputKind.CHECKBOX):
            found[field_input.path] = plain_of(field_input.kind, text)
    return nested(found)


def typed(delivery: Delivery) -> dict[str, str]:
    """Return a delivery as somebody would have typed it."""
    whole = asdict(delivery)
    found = {name: typed_of(kind, whole[name]) for name, kind in COMMON.items()}
    found |= {"kind": delivery.destination.kind, "bucket_mode": "new" if delivery.new_bucket else "existing"}
    found |= _typed_encryption(delivery.bucket_encryption)
    for field_input in inputs_of(delivery.destination.kind):
        group = field_input.path.rpartition(".")[0]
        missing = group in GATES and at(whole, group) is None
        found[field_input.field] = (
            field_input.initial if missing else typed_of(field_input.kind, at(whole, field_input.path))
        )
    return found


def _bucket_encryption(values: Mapping[str, Any]) -> str:
    choice = str(values.get("bucket_encryption") or SSE_S3)
    return str(values.get("bucket_key_arn") or "").strip() if choice == OWN_KEY else choice


def _typed_encryption(declared: str) -> dict[str, str]:
    is_own = declared not in {SSE_S3, AWS_KEY}
    return {"bucket_encryption": OWN_KEY if is_own else declared, "bucket_key_arn": declared if is_own else ""}


def _is_open(path: str, values: Mapping[str, Any]) -> bool:
    gate = GATES.get(path.rpartition(".")[0])
    if any(_is_given(other, values) for other in CLOSED_BY.get(path, ())):
        return False
    return gate is None or _is_given(gate, values)


def _is_given(path: str, values: Mapping[str, Any]) -> bool:
    return str(values.get(field_of(path)) or "").strip() not in OFF
