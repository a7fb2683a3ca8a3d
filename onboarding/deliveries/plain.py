"""Dataclasses to plain JSON and back, by cattrs. The schema checks what comes from outside; values pass unchanged."""

from collections.abc import Mapping
from typing import Any

from cattrs import Converter


def plain_converter() -> Converter:
    """Return a converter whose plain side is JSON: lists for tuples, and text, numbers and truth values unchanged.

    https://catt.rs/en/stable/customizing.html
    """
    converter = Converter(unstruct_collection_overrides={tuple: list})
    for simple in (str, int, float, bool):
        converter.register_structure_hook(simple, _unchanged)
        converter.register_unstructure_hook(simple, _same)
    converter.register_structure_hook_func(lambda wanted: wanted == Mapping[str, str], _unchanged)
    return converter


def _unchanged(value: Any, _: Any) -> Any:
    return value


def _same(value: Any) -> Any:
    return value
