"""What another endpoint means for an integration that lives: pure, as changes.py, of which it is a part."""

from collections.abc import Iterator

from onboarding.spec.change import Change, Verb
from onboarding.spec.endpoint import Endpoint

ANY_WAY = "any way"


def of_endpoint(was: Endpoint, now: Endpoint, region: str) -> Iterator[Change]:
    """Return what changes about where records are put, and about which way they are accepted."""
    before, after = was.url(region), now.url(region)
    if before != after:
        words = " ".join(filter(None, (_stays(before, after, now), _ours(was, now))))
        yield Change("stream.endpoint", "Endpoint", _capital(was.name), _capital(now.name), Verb.UPDATE, words)
    if was.demanded != now.demanded:
        yield _demanded(was, now)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _stays(before: str, after: str, now: Endpoint) -> str:
    words = (
        f"The access key stays valid. Its file still contains {before} and is not created again. Ask the producer to "
        f"send records to {after} instead."
    )
    return words if now.demanded else f"{words} Until then {before} keeps working."


def _ours(was: Endpoint, now: Endpoint) -> str:
    if was.is_fips == now.is_fips:
        return ""
    return f"Sluice uses {'FIPS' if now.is_fips else 'the standard'} endpoints of AWS for this integration."


def _demanded(was: Endpoint, now: Endpoint) -> Change:
    if now.demanded:
        words = (
            f"AWS then rejects every record that is not sent through {now.demanded}. Switch the producer over first "
            "and check that records arrive. Records that it cannot send are lost."
        )
    else:
        words = "The producer’s policy accepts records from anywhere again."
    ways = was.demanded or ANY_WAY, now.demanded or ANY_WAY
    return Change("stream.endpoint.only", "Accepted only through", *ways, Verb.UPDATE, words, loses=bool(now.demanded))
