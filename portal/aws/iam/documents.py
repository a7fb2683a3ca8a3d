"""The formats of documents, tags and boundaries in IAM's API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote


def as_json(document: Mapping[str, Any]) -> str:
    """Return a document without whitespace, as IAM counts it."""
    return json.dumps(document, separators=(",", ":"))


def as_document(answered: Any) -> dict[str, Any]:
    """Return a document that botocore has decoded already, or one still percent-encoded."""
    if isinstance(answered, str):
        answered = json.loads(unquote(answered))
    return dict(answered)


def tag_pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as the list of Key and Value that IAM, S3 and Firehose accept."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_mapping(raw: Mapping[str, Any], member: str = "Tags") -> dict[str, str]:
    """Return the tags of an answer as a mapping."""
    return {tag["Key"]: tag.get("Value", "") for tag in raw.get(member) or ()}


def boundary_argument(arn: str | None) -> dict[str, str]:
    """Return the argument that sets a permissions boundary, or none."""
    return {} if arn is None else {"PermissionsBoundary": arn}
