"""How often a person and a tenant may start what costs calls to AWS or processor time, and how often anyone may try to
sign in; counted in Redis.

A use beyond the limit raises TooManyRequests, which `portal.request_limits` answers with 429, Retry-After and the time
to wait. What a limit does while Redis is away is decided for each: see docs/decisions/0046-limits-without-redis.md.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from redis import RedisError

from portal import live
from portal.process_counts import ProcessCounts
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
INVITATIONS = Limit("invitations", seconds=3600, each_person=30, each_tenant=60)
HISTORY = Limit("history", seconds=60, each_person=60, each_tenant=180)
EXPORTS = Limit("exports", seconds=60, each_person=60, each_tenant=180)


SIGN_IN = "sign-in"
SIGN_IN_SECONDS = 600
# Failed attempts. Of one address on one account few: that is a guess. Those of an account from anywhere are more, so
# no one can lock a person out from elsewhere. Those of an address are for an office whose people share it.
SIGN_IN_PAIR, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS = 10, 100, 30
REPORTS, REPORTS_SECONDS = "csp-report", 60
REPORTS_OF_ADDRESS, REPORTS_OF_ALL = 20, 300
_WITHOUT_REDIS = ProcessCounts()


CODES = {600: 10, 24 * 3600: 50}  # seconds: codes of a second factor that one person may try
PASSKEYS_OF_ADDRESS = 60
# A program that lists once a second is within them. The address's limit is for a network with several programs.
API_SECONDS, API_OF_TOKEN, API_OF_ADDRESS = 60, 120, 600
# A screen asks a few times a minute; an office has several behind one address.
WALL_SECONDS, WALL_OF_LINK, WALL_OF_ADDRESS = 60, 120, 600
RESET_SECONDS, RESETS_OF_ACCOUNT, RESETS_OF_ADDRESS = 3600, 3, 20


class TooManyRequests(Exception):
    """A use beyond a limit; `seconds` until the next is allowed."""

    def __init__(self, name: str, seconds: int) -> None:
        super().__init__(f"{name}: again in {seconds} s")
        self.name, self.seconds = name, seconds


def use(limit: Limit, *, tenant: Tenant, user: User) -> None:
    """Count one use; raise TooManyRequests beyond the limit of the person or the tenant. Allow all without Redis."""
    counted = {f"t{tenant.pk}:u{user.pk}": limit.each_person, f"t{tenant.pk}": limit.each_tenant}
    _use(limit.name, counted, limit.seconds)


def use_link(limit: Limit, *, tenant: Tenant, link_id: int) -> None:
    """Count one use by whoever has a link; raise TooManyRequests beyond the limit of the link or the tenant."""
    _use(limit.name, {f"t{tenant.pk}:l{link_id}": limit.each_person, f"t{tenant.pk}": limit.each_tenant}, limit.seconds)


def try_sign_in(*, account: str, address: str) -> None:
    """Count an attempt to sign in; raise TooManyRequests beyond a limit, whether there is such an account or not."""
    _use(SIGN_IN, _of_sign_in(account, address), SIGN_IN_SECONDS, without_redis=_wait_in_process)


def signed_in(*, account: str, address: str) -> None:
    """Take an attempt back that succeeded: only failed ones count."""
    try:
        with live.connect().pipeline(transaction=True) as pipe:
            for who in _of_sign_in(account, address):
                pipe.set(f"rate:sign-in:{who}", 0, ex=SIGN_IN_SECONDS, nx=True)  # the count may have ended meanwhile
                pipe.decr(f"rate:sign-in:{who}")
            pipe.execute()
    except RedisError as fault:
        log.warning("rate_limit.not_counted limit=sign-in fault=%s", type(fault).__name__)
        for who in _of_sign_in(account, address):
            _WITHOUT_REDIS.take_back(f"rate:sign-in:{who}")


def may_report(address: str) -> bool:
    """Count a report of a browser; return whether it may be read. None is without Redis: reports can wait."""
    try:
        _use(REPORTS, {address: REPORTS_OF_ADDRESS, "all": REPORTS_OF_ALL}, REPORTS_SECONDS, without_redis=_refused)
    except TooManyRequests:
        return False
    return True


def try_code(user: User) -> None:
    """Count a code of a second factor that a person who knows the password tries; raise TooManyRequests beyond."""
    for seconds, most in CODES.items():
        _use(SIGN_IN, {f"code:{seconds}:u{user.pk}": most}, seconds, without_redis=_wait_in_process)


def code_accepted(user: User) -> None:
    """Forget the codes that were tried before the right one."""
    try:
        live.connect().delete(*(f"rate:{SIGN_IN}:code:{seconds}:u{user.pk}" for seconds in CODES))
    except RedisError as fault:
        log.warning("rate_limit.not_counted limit=sign-in fault=%s", type(fault).__name__)


def try_passkey(*, address: str) -> None:
    """Count a ceremony of a passkey, which can be guessed by no one but costs a session; raise TooManyRequests."""
    _use(SIGN_IN, {f"passkey:{address}": PASSKEYS_OF_ADDRESS}, SIGN_IN_SECONDS, without_redis=_wait_in_process)


def try_reset(*, account: str, address: str) -> None:
    """Count a request for a new password, whether there is such an account or not; raise TooManyRequests beyond."""
    name = live.digest(account.strip().casefold())[:32]
    _use(
        "password-reset",
        {name: RESETS_OF_ACCOUNT, address: RESETS_OF_ADDRESS},
        RESET_SECONDS,
        without_redis=_wait_in_process,
    )


def try_sign_up(*, address: str) -> None:
    """Count a request for an account; raise TooManyRequests beyond the limit of its address."""
    _use("sign-up", {address: RESETS_OF_ADDRESS}, RESET_SECONDS, without_redis=_wait_in_process)


def use_api(*, address: str) -> None:
    """Count a request with an API token that is yet to be looked up; raise TooManyRequests beyond its address's."""
    _use("api", {f"a{address}": API_OF_ADDRESS}, API_SECONDS, without_redis=_wait_in_process)


def use_token(token_id: int) -> None:
    """Count a request with a known API token; raise TooManyRequests beyond its limit."""
    _use("api", {f"t{token_id}": API_OF_TOKEN}, API_SECONDS, without_redis=_wait_in_process)


def use_wall(*, address: str) -> None:
    """Count a request with the link of a screen that is yet to be looked up; raise TooManyRequests beyond."""
    _use("wall", {f"a{address}": WALL_OF_ADDRESS}, WALL_SECONDS, without_redis=_wait_in_process)


def use_wall_link(link_id: int) -> None:
    """Count a request with the known link of a screen; raise TooManyRequests beyond its limit."""
    _use("wall", {f"l{link_id}": WALL_OF_LINK}, WALL_SECONDS, without_redis=_wait_in_process)


def _of_sign_in(account: str, address: str) -> dict[str, int]:
    name = live.digest(account.strip().casefold())[:32]  # what is typed there can be a password by mistake
    return {f"{name}:{address}": SIGN_IN_PAIR, address: SIGN_IN_ADDRESS, name: SIGN_IN_ACCOUNT}


def _wait_in_process(key: str, most: int, seconds: int) -> int:
    count, left = _WITHOUT_REDIS.use(key, seconds)
    return left if count > most else 0


def _allowed(key: str, most: int, seconds: int) -> int:
    return 0


def _refused(key: str, most: int, seconds: int) -> int:
    return seconds


def _use(
    name: str, counted: dict[str, int], seconds: int, *, without_redis: Callable[[str, int, int], int] = _allowed
) -> None:
    """Count a use under each name, the narrowest first: what one refuses does not count against those after it.

    Otherwise one person could use up a tenant's limit, and one address that of an account, by what is refused anyway.
    """
    try:
        wait = _first_wait(_wait, name, counted, seconds)
    except RedisError as fault:
        log.warning("rate_limit.not_counted limit=%s fault=%s", name, type(fault).__name__)
        wait = _first_wait(without_redis, name, counted, seconds)
    if wait:
        raise TooManyRequests(name, wait)


def _first_wait(wait: Callable[[str, int, int], int], name: str, counted: dict[str, int], seconds: int) -> int:
    return next(filter(None, (wait(f"rate:{name}:{who}", most, seconds) for who, most in counted.items())), 0)


def _wait(key: str, most: int, seconds: int) -> int:
    with live.connect().pipeline(transaction=True) as pipe:
        pipe.set(key, 0, ex=seconds, nx=True)
        pipe.incr(key)
        pipe.ttl(key)
        _, count, left = pipe.execute()
    if int(left) < 0:  # a count that never ends would refuse for ever
        live.connect().expire(key, seconds)
        left = seconds
    return max(1, int(left)) if int(count) > most else 0
