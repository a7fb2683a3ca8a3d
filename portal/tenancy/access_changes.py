"""Ends open event streams as soon as access may have ended: of a session, or of a person whose rights changed.

Signals of the rows, not of the views, so that the admin, a command and a shell have the same effect. A change by
QuerySet.update() sends no signal; the event streams' own re-check notices it within a minute.
"""

from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from portal import live
from portal.tenancy.models import Membership, User


def connect() -> None:
    """Watch sessions, people and memberships; to be called once, when Django starts."""
    post_delete.connect(_session_ended, sender=Session, dispatch_uid="streams_of_session")
    post_save.connect(_person_changed, sender=User, dispatch_uid="streams_of_changed_person")
    post_delete.connect(_person_changed, sender=User, dispatch_uid="streams_of_deleted_person")
    post_save.connect(_membership_changed, sender=Membership, dispatch_uid="streams_of_changed_membership")
    post_delete.connect(_membership_changed, sender=Membership, dispatch_uid="streams_of_deleted_membership")


def _session_ended(instance: Session, **_: Any) -> None:
    if instance.expire_date > timezone.now():  # otherwise its streams have ended by themselves
        transaction.on_commit(partial(live.end_streams, session_key=instance.session_key))


def _person_changed(instance: User, update_fields: frozenset[str] | None = None, **created: Any) -> None:
    is_sign_in = update_fields == frozenset({"last_login"})
    if not is_sign_in and not created.get("created"):
        transaction.on_commit(partial(live.end_streams, user_id=instance.pk))


def _membership_changed(instance: Membership, **_: Any) -> None:
    transaction.on_commit(partial(live.end_streams, user_id=instance.user_id))
