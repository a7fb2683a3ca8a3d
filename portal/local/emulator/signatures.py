"""Signatures of requests over HTTP/2, whose pseudo-header :authority the AWS SDK for JavaScript signs in place of Host.

Hypercorn hands the value to the application as Host only, so MiniStack would find another signature.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.core import sigv4

_AUTHORITY = ":authority"
_their_headers = sigv4.build_canonical_headers


def build_canonical_headers(headers: Mapping[str, Any], signed_headers: str) -> str:
    """Return the canonical headers of a request, as MiniStack does, with the authority if it was signed."""
    if _AUTHORITY in signed_headers.split(";"):
        headers = {**headers, _AUTHORITY: headers.get("host", "")}
    return str(_their_headers(headers, signed_headers))


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    sigv4.build_canonical_headers = build_canonical_headers
