"""Dynamic partitioning: Firehose divides records by values that jq finds in them, each part under its own prefix.

https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onboarding.deliveries import aws_configuration, field_rules, s3_prefix
from portal.messages.message import Message

_KEY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")
MOST_KEYS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioning:
    """Partition keys by name, each with the jq query that finds it, such as {"building": ".building"}."""

    keys: Mapping[str, str] = field(default_factory=dict)
    delimiter: bool = True
    retry_seconds: int = 300

    def problems(self, prefix: str) -> Iterator[tuple[str, Message]]:
        """Yield what AWS would refuse."""
        at = "destination.partitioning"
        if not 1 <= len(self.keys) <= MOST_KEYS:
            yield f"{at}.keys", Message("s3.partition_key_count", limit=MOST_KEYS)
        for name, query in self.keys.items():
            if not _KEY.fullmatch(name):
                yield f"{at}.keys", Message("s3.partition_key_name", name=name)
            if not query.strip().startswith(".") or "\n" in query:
                yield f"{at}.keys", Message("s3.partition_key_query", name=name)
        used = s3_prefix.partition_keys(prefix)
        if missing := sorted(set(self.keys) - used):
            yield "prefix", Message("s3.partition_key_not_in_prefix", name=missing[0])
        if unknown := sorted(used - set(self.keys)):
            yield "prefix", Message("s3.partition_key_unknown", name=unknown[0])
        if not 0 <= self.retry_seconds <= field_rules.MOST_RETRY_SECONDS:
            yield f"{at}.retry_seconds", Message("delivery.retry_duration", limit_count=field_rules.MOST_RETRY_SECONDS)

    def configuration(self) -> dict[str, Any]:
        """Return DynamicPartitioningConfiguration."""
        return {"Enabled": True, "RetryOptions": {"DurationInSeconds": self.retry_seconds}}

    def processors(self) -> list[dict[str, Any]]:
        """Return the processors that find the keys, and that end each record with a line feed."""
        query = "{" + ",".join(f"{name}:{query.strip()}" for name, query in self.keys.items()) + "}"
        found = [
            aws_configuration.processor(
                "MetadataExtraction", MetadataExtractionQuery=query, JsonParsingEngine="JQ-1.6"
            ),
        ]
        return [*found, aws_configuration.newline()] if self.delimiter else found
