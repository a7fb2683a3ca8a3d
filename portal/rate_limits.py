"""How often a person and a tenant may start what costs calls to AWS or processor time; counted in Redis.

A use beyond the limit raises TooManyRequests, which `portal.request_limits` answers with 429, Retry-After and the time
to wait. While Redis is away everything is allowed: see docs/decisions/0026-one-rate-limiter.md.
"""

import logging
from dataclasses import dataclass

from redis import RedisError

from portal import live
from portal.tenancy.models import Tenant, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something is allowed in so many seconds: to each person, and to all of a tenant together."""

    name: str
    seconds: int
    each_person: int
    each_tenant: int


CHECKS = Limit("checks", seconds=60, each_person=10, each_tenant=30)
VERIFICATIONS = Limit("verifications", seconds=60, each_person=10, each_tenant=30)
EXPORTS = Limit("exports", seconds=60, each_person=60, each_tenant=180)


class TooManyRequests(Exception):
    """A use beyond a limit; `seconds` until the next is allowed."""

    def __init__(self, limit: Limit, seconds: int) -> None:
        super().__init__(f"{limit.name}: again in {seconds} s")
        self.limit, self.seconds = limit, seconds


def use(limit: Limit, *, tenant: Tenant, user: User) -> None:
    """Count one use; raise TooManyRequests beyond the limit of the person or the tenant. Allow all without Redis."""
    counted = {f"t{tenant.pk}:u{user.pk}": limit.each_person, f"t{tenant.pk}": limit.each_tenant}
    try:
        wait = max(_wait(f"rate:{limit.name}:{who}", most, limit.seconds) for who, most in counted.items())
    except RedisError as fault:
        log.warning("rate_limit.not_counted limit=%s fault=%s", limit.name, type(fault).__name__)
        return
    if wait:
        raise TooManyRequests(limit, wait)


def _wait(key: str, most: int, seconds: int) -> int:
    with live.connect().pipeline(transaction=True) as pipe:
        pipe.set(key, 0, ex=seconds, nx=True)
        pipe.incr(key)
        pipe.ttl(key)
        _, count, left = pipe.execute()
    return max(1, int(left)) if int(count) > most else 0
