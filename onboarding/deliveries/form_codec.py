"""A delivery as somebody typed it ⇄ as a declaration has it. Values are text, by the names of the form's fields."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.form_inputs import OFF, InputKind, at, nested, plain_of, typed_of
from onboarding.deliveries.form_schema import GATES, inputs_of
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
    for field_input in inputs_of(delivery.destination.kind):
        group = field_input.path.rpartition(".")[0]
        missing = group in GATES and at(whole, group) is None
        found[field_input.field] = (
            field_input.initial if missing else typed_of(field_input.kind, at(whole, field_input.path))
        )
    return found


def _is_open(path: str, values: Mapping[str, Any]) -> bool:
    gate = GATES.get(path.rpartition(".")[0])
    if gate is None:
        return True
    return str(values.get(gate.removeprefix("destination.").replace(".", "__")) or "").strip() not in OFF
