"""Saving views of a board under a name. They belong to one person; no one else reads or changes them."""

from django.db.models import QuerySet

from monitoring.named_view_model import LONGEST_NAME, NamedView
from monitoring.pages.board_address import BoardAddress
from portal import deadlocks
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.tenancy import services
from portal.tenancy.models import Tenant, User

MOST = 20
_OF_ALL = "*"  # no slug


def board_of(tenant: Tenant | None) -> str:
    """Return how a board is named in rows: by its tenant, or as that of all."""
    return tenant.slug if tenant else _OF_ALL


def of_board(person: User, tenant: Tenant | None) -> QuerySet[NamedView]:
    """Return a person's views of a board, by name."""
    return NamedView.objects.filter(person=person, board=board_of(tenant))


@deadlocks.atomic
def save(*, person: User, tenant: Tenant | None, name: str, address: BoardAddress) -> tuple[NamedView, bool]:
    """Save what a board shows under a name, and return whether it replaced a view. Raises ValidationError."""
    name = checked_name(name)
    services.lock_person(person.pk)  # two requests at once would each count what there was before the other
    kept = of_board(person, tenant)
    if not kept.filter(name=name).exists() and kept.count() >= MOST:
        raise validation_error(Message("board.too_many_views", most=MOST))
    view, is_new = NamedView.objects.update_or_create(
        person=person, board=board_of(tenant), name=name, defaults={"query": address.query()}
    )
    return view, not is_new


def remove(*, person: User, tenant: Tenant | None, name: str) -> bool:
    """Remove one of a person's views; return whether there was one."""
    removed, _ = of_board(person, tenant).filter(name=name).delete()
    return bool(removed)


def checked_name(name: str) -> str:
    """Return the name of a view as it is saved; raises ValidationError."""
    plain = " ".join(name.split())
    if not plain or not plain.isprintable():
        raise validation_error(Message("board.view_without_name"))
    if len(plain) > LONGEST_NAME:
        raise validation_error(Message("board.view_name_too_long", most=LONGEST_NAME, length=len(plain)))
    return plain
