"""A person's second factors: an authenticator app, passkeys, and recovery codes for the day when both are lost.

The rows are allauth's. The secret of an app and the recovery codes are encrypted, bound to the person and the kind, so
a row that is copied to another person does not decrypt.
"""

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from portal import deadlocks
from portal.secret_store import store
from portal.secret_store.rotation import StoredSecret
from portal.tenancy import audit, people, services, sign_in_notices
from portal.tenancy.models import User

TOTP, RECOVERY_CODES, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN
STEP_SECONDS = 30
# RFC 6238 section 5.2 advises one step for the delay of network and typing: a clock that is 90 seconds off is refused.
STEPS_BESIDE = 1
CODE_COUNT = 10
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
_CODE_LENGTH = 10
_SECRET_NAME = {TOTP: "secret", RECOVERY_CODES: "codes"}


@dataclass(frozen=True, slots=True)
class Summary:
    """The second factors of a person, as pages show them."""

    totp: Authenticator | None
    passkeys: list[Authenticator]
    codes: Authenticator | None

    @property
    def has_any(self) -> bool:
        """Return whether a second factor is asked for at sign-in."""
        return bool(self.totp or self.passkeys)

    @property
    def codes_left(self) -> int:
        """Return how many recovery codes are unused."""
        return CODE_COUNT - len(self.codes.data["used"]) if self.codes else 0


def summary_of(user: User) -> Summary:
    """Return the person's second factors."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    kinds = {row.type: row for row in rows}
    passkeys = [row for row in rows if row.type == PASSKEY]
    return Summary(kinds.get(TOTP), passkeys, kinds.get(RECOVERY_CODES))


def has_any(user: User) -> bool:
    """Return whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=(TOTP, PASSKEY)).exists())


def matching_step(secret: str, code: str, *, now: float | None = None) -> int | None:
    """Return the time step whose code this is, of the present one and its neighbours: RFC 6238 section 4.2."""
    current = int(now if now is not None else time.time()) // STEP_SECONDS
    for step in range(current - STEPS_BESIDE, current + STEPS_BESIDE + 1):
        if compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), code.encode()):
            return step
    return None


@deadlocks.atomic
def use_code(user: User, code: str) -> str | None:
    """Use up a code of the person's app or a recovery code; return which, or None for a code that is not valid.

    A code of an app is accepted once, and none that is older than the last. Raises SecretStoreOff and SecretUnreadable.
    """
    typed = "".join(code.split()).replace("-", "").lower()
    rows = Authenticator.objects.select_for_update(of=("self",), no_key=True).filter(user=user)
    for row in rows.exclude(type=PASSKEY).order_by("pk"):
        used = _use_totp(row, typed) if row.type == TOTP else _use_recovery_code(row, typed)
        if used:
            row.last_used_at = timezone.now()
            row.save(update_fields=["data", "last_used_at"])
            return str(row.type)
    return None


@deadlocks.atomic
def add_totp(user: User, secret: str, step: int) -> None:
    """Add an authenticator app, in place of an earlier one; its first code, of `step`, is used up."""
    services.lock_person(user.pk)  # a form that is sent twice would replace the same app twice
    Authenticator.objects.filter(user=user, type=TOTP).delete()
    data = {"secret": store.encrypt(secret, owner=owner(user.pk, TOTP)), "last_step": step}
    Authenticator.objects.create(user=user, type=TOTP, data=data)
    record("added", user, user, TOTP)


@deadlocks.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Create ten recovery codes, in place of earlier ones, and return them."""
    codes = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH)) for _ in range(CODE_COUNT)]
    services.lock_person(user.pk)
    replaced, _ = Authenticator.objects.filter(user=user, type=RECOVERY_CODES).delete()
    data = {"codes": store.encrypt(json.dumps(codes), owner=owner(user.pk, RECOVERY_CODES)), "used": []}
    Authenticator.objects.create(user=user, type=RECOVERY_CODES, data=data)
    record("added", user, user, RECOVERY_CODES, is_notified=bool(replaced))
    return codes


def unused_codes(user: User) -> list[str]:
    """Return the person's unused recovery codes, as they are written down."""
    row = Authenticator.objects.filter(user=user, type=RECOVERY_CODES).first()
    if row is None:
        return []
    half = _CODE_LENGTH // 2
    codes = [code for index, code in enumerate(_codes(row)) if index not in row.data["used"]]
    return [f"{code[:half]}-{code[half:]}" for code in codes]


@deadlocks.atomic
def remove(user: User, pk: int, *, actor: people.Actor) -> None:
    """Remove one second factor; the recovery codes go with the last."""
    row = Authenticator.objects.filter(user=user, pk=pk).first()
    if row is None:
        return
    row.delete()
    record("removed", user, actor, row.type)
    if not has_any(user):
        Authenticator.objects.filter(user=user).delete()


@deadlocks.atomic
def remove_all(user: User, *, actor: people.Actor) -> int:
    """Remove all second factors of a person who lost them; return how many there were."""
    count, _ = Authenticator.objects.filter(user=user).delete()
    record("reset", user, actor, "all")
    return int(count)


def record(verb: str, user: User, actor: people.Actor, kind: str, *, is_notified: bool = True) -> None:
    """Record a change of the person's second factors, and notify them: but not of their first recovery codes."""
    details: dict[str, object] = {"kind": str(kind)}
    name = f"accounts:second-factor:{verb}"
    event = audit.record(name, tenant=None, actor=actor, target=user.email, about=user, details=details)
    if is_notified:
        sign_in_notices.second_factor_changed(event, user, verb, str(kind))


def owner(user_id: int, kind: str) -> str:
    """Return the name to which a person's secret is bound."""
    return f"mfa.{kind}:{user_id}"


def stored_secrets() -> Iterator[StoredSecret]:
    """Return every secret of second factors, for the rotation of keys."""
    for row in Authenticator.objects.filter(type__in=_SECRET_NAME).order_by("pk").iterator(chunk_size=500):
        stored = row.data[_SECRET_NAME[Authenticator.Type(row.type)]]
        yield StoredSecret(owner(row.user_id, row.type), stored, partial(_replace, row, stored))


@deadlocks.atomic
def _replace(row: Authenticator, old: str, new: str) -> bool:
    rows = Authenticator.objects.select_for_update(of=("self",), no_key=True)
    now, name = rows.filter(pk=row.pk).first(), _SECRET_NAME[Authenticator.Type(row.type)]
    if now is None or now.data[name] != old:
        return False
    now.data[name] = new
    now.save(update_fields=["data"])
    return True


def _use_totp(row: Authenticator, typed: str) -> bool:
    secret = store.decrypt(row.data["secret"], owner=owner(row.user_id, TOTP))
    step = matching_step(secret, typed)
    if step is None or step <= row.data["last_step"]:
        return False
    row.data["last_step"] = step
    return True


def _use_recovery_code(row: Authenticator, typed: str) -> bool:
    for index, code in enumerate(_codes(row)):
        if compare_digest(code.encode(), typed.encode()) and index not in row.data["used"]:
            row.data["used"] = [*row.data["used"], index]
            return True
    return False


def _codes(row: Authenticator) -> list[str]:
    codes: list[str] = json.loads(store.decrypt(row.data["codes"], owner=owner(row.user_id, RECOVERY_CODES)))
    return codes
