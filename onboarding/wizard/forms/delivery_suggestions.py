"""The values of a delivery's form before anyone types: names, prefix, buffering."""

from onboarding.deliveries.delivery import Delivery
from onboarding.deliveries.kinds import KINDS
from onboarding.models.connection import Connection
from onboarding.wizard.forms.fields import prefix_of

PLACEHOLDER_DELIVERY = Delivery(name="sluice-stream-to-s3", bucket="sluice-stream")
MAX_BUCKET_NAME = 63


def suggested_delivery(connection: Connection | None, stream_name: str, kind: str = "s3") -> dict[str, str]:
    """Return the suggested values of a delivery to a kind of destination."""
    prefix = prefix_of(connection)
    stream = stream_name or f"{prefix}sensors"
    # An adopted stream may have a name without the prefix; names of resources that Sluice creates must begin with it.
    stream = stream if stream.startswith(prefix) else f"{prefix}{stream}"
    destination = KINDS[kind]
    ending = f"-to-{kind.replace('_', '-')}"
    return {
        "kind": kind,
        "name": f"{stream[: 64 - len(ending)]}{ending}",
        "bucket": _bucket_name(stream, connection.account_id if connection else ""),
        "prefix": destination.PREFIX,
        "error_prefix": PLACEHOLDER_DELIVERY.error_prefix,
        "buffering_mb": str(destination.BUFFERING.default_mb),
        "buffering_seconds": str(destination.BUFFERING.default_seconds),
    }


def _bucket_name(stream: str, account_id: str) -> str:
    allowed = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in stream.lower())
    length = MAX_BUCKET_NAME - len(account_id) - 1
    return f"{allowed[:length].strip('-')}-{account_id}".strip("-")
