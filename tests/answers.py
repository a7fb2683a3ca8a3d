"""The headers that every answer of the portal has."""

from collections.abc import Container

EVERY_ANSWER = (
    "Cache-Control",
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Reporting-Endpoints",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Request-ID",
)


def missing_headers(headers: Container[str]) -> list[str]:
    """Those that an answer, or its headers by name in any case, lacks."""
    return [name for name in EVERY_ANSWER if name not in headers]
