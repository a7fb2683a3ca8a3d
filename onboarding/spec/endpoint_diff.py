"""What another endpoint means for an integration that is set up: the part of diff.py about the endpoint."""

from collections.abc import Iterator

from onboarding.spec.change import Change, Verb, joined, text
from onboarding.spec.endpoint import Endpoint
from portal.messages.message import Message

ANY_ENDPOINT = Message("value.any_endpoint")


def of_endpoint(was: Endpoint, now: Endpoint, region: str) -> Iterator[Change]:
    """Return what changes about the endpoint to which records are put, and about the only one that is accepted."""
    before, after = was.url(region), now.url(region)
    if before != after:
        effect = joined(*_effects(was, now, before, after))
        yield Change("stream.endpoint", Message("setting.endpoint"), was.name, now.name, Verb.UPDATE, effect)
    if was.demanded != now.demanded:
        yield _requirement(was, now)


def _effects(was: Endpoint, now: Endpoint, before: str, after: str) -> list[Message]:
    found = [Message("change.endpoint", before=before, after=after)]
    if not now.demanded:
        found.append(Message("change.old_endpoint_works", before=before))
    if was.is_fips != now.is_fips:
        found.append(Message("change.fips_endpoints") if now.is_fips else Message("change.standard_endpoints"))
    return found


def _requirement(was: Endpoint, now: Endpoint) -> Change:
    if now.demanded:
        effect = Message("change.endpoint_required", endpoint=now.demanded)
    else:
        effect = Message("change.endpoint_not_required")
    label, values = Message("setting.required_endpoint"), (_required(was), _required(now))
    return Change("stream.endpoint.only", label, *values, Verb.UPDATE, effect, loses=bool(now.demanded))


def _required(endpoint: Endpoint) -> Message:
    return text(endpoint.demanded) if endpoint.demanded else ANY_ENDPOINT
