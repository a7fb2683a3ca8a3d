"""Requests for checks of a connection's role. Nothing here calls AWS: a worker does what is requested."""

import logging
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from onboarding.connections.external_ids import renew_external_id
from onboarding.connections.selectors import is_in_use
from onboarding.models.connection import Connection
from onboarding.models.connection_check import CHECK_EXPIRES, ConnectionCheck
from onboarding.models.run import Run
from onboarding.service_guards import Actor, follow_rule, may_act, must_have_grant
from portal import deadlocks
from portal.aws import names
from portal.celery import app
from portal.messages.message import Message

log = logging.getLogger(__name__)

CHECK_CONNECTION = "onboarding.check_connection"
WAITING = Message("check.waiting")


@deadlocks.atomic
def request_trust_test(
    *, connection: Connection, role_arn: str, actor: Actor, is_quiet: bool = False, run: Run | None = None
) -> ConnectionCheck | None:
    """Request that the role is tested; `run` is resumed if it works.

    Returns None where the external ID has expired: it is replaced instead. Raises ValidationError by field when the ARN
    cannot be this account's role.
    """
    may_act(connection.tenant)
    must_have_grant(connection)
    role_arn, now = role_arn.strip(), timezone.now()
    follow_rule("role_arn", names.check_role_arn, role_arn, connection.account_id)
    if connection.is_expired_at(now) and not is_in_use(connection):
        renew_external_id(connection=connection, actor=actor, now=now)
        return None
    details = {"role_arn": role_arn, "is_quiet": is_quiet, "run": run}
    return _request(connection, ConnectionCheck.Kind.TRUST, actor, now, **details)


@deadlocks.atomic
def request_permission_check(*, connection: Connection, actor: Actor) -> ConnectionCheck:
    """Request that the role's permissions are checked. Raises ValidationError for a connection without a role."""
    may_act(connection.tenant)
    must_have_grant(connection)
    return _request(connection, ConnectionCheck.Kind.PERMISSIONS, actor, timezone.now())


def open_check(connection: Connection) -> ConnectionCheck | None:
    """Return the check that is requested or under way, or None."""
    now = timezone.now()
    rows = ConnectionCheck.objects.filter(connection=connection, finished_at=None, requested_at__gt=now - CHECK_EXPIRES)
    return rows.order_by("requested_at").first()


def last_problem(connection: Connection) -> Message | None:
    """Return why the last requested check could not be done, or None."""
    rows = ConnectionCheck.objects.filter(connection=connection).exclude(problem=None)
    found = rows.order_by("-requested_at").first()
    return found.problem if found else None


def _request(
    connection: Connection, kind: ConnectionCheck.Kind, actor: Actor, now: datetime, **details: object
) -> ConnectionCheck:
    found = ConnectionCheck.objects.filter(connection=connection, kind=kind).first()
    if found is not None and found.is_open_at(now):
        return found
    values = {
        "requested_by": str(actor),
        "requested_at": now,
        "progress": WAITING,
        "problem": None,
        "finished_at": None,
        **details,
    }
    check, _ = ConnectionCheck.objects.update_or_create(connection=connection, kind=kind, defaults=values)
    transaction.on_commit(partial(_wake, check.pk), robust=True)
    return check


def _wake(check_id: int) -> None:
    try:
        app.send_task(
            CHECK_CONNECTION, kwargs={"check_id": check_id}, retry=False, expires=CHECK_EXPIRES.total_seconds()
        )
    except OperationalError:
        log.warning("connection.check_hint_lost check=%s", check_id)
        ConnectionCheck.objects.filter(pk=check_id).update(
            finished_at=timezone.now(), problem=Message("check.not_started")
        )
