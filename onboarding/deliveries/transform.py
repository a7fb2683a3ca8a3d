"""A Lambda function that transforms every record before Firehose delivers it.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onboarding.deliveries.field_rules import arn_problems
from portal.messages.message import Message

_FUNCTION = re.compile(
    r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:[\w-]{1,64}(?::(?:\$LATEST|[\w-]{1,128}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A Lambda function by its ARN; it gets batches of up to `buffer_mb` (0.2 to 3) or `buffer_seconds` (0 to 900)."""

    function_arn: str
    buffer_mb: float = 1
    buffer_seconds: int = 60
    retries: int = 3

    def problems(self, place: Mapping[str, str]) -> Iterator[tuple[str, Message]]:
        """Yield (path within the delivery, message) for what AWS would refuse."""
        function = Message("delivery.resource_function")
        yield from arn_problems("transform.function_arn", self.function_arn, _FUNCTION, function, place)
        if not 0.2 <= self.buffer_mb <= 3:
            yield "transform.buffer_mb", Message("delivery.transform_buffer_size")
        if not 0 <= self.buffer_seconds <= 900:
            yield "transform.buffer_seconds", Message("delivery.transform_buffer_interval")
        if not 0 <= self.retries <= 300:
            yield "transform.retries", Message("delivery.transform_retries")

    @property
    def function_name_arn(self) -> str:
        """Return the function's ARN without version or alias."""
        return ":".join(self.function_arn.split(":")[:7])
