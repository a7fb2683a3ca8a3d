"""Which saved views a page of records offers, and the default that it uses when its address has no filter."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode

from monitoring import stream_views
from monitoring.records.access import Audience
from monitoring.stream_view_model import StreamView
from portal.tenancy.access import TenantRequest

_NAMED = ("filter", "columns")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter and columns of an address or of the default; the views that can be chosen, each with its query."""

    wanted: str
    columns: str
    default: StreamView | None = None
    saved: list[tuple[StreamView, str]] = field(default_factory=list)


def chosen_in(
    request: TenantRequest, integration_id: int, audience: Audience, allowed: Collection[str], *others: str
) -> Chosen:
    """Return what an address chooses. The default counts only if it names none of `others` either."""
    views = stream_views.usable(integration_id, request.user, audience, allowed)
    default = stream_views.default_in(views) if not {*_NAMED, *others} & request.GET.keys() else None
    wanted, columns = (request.GET.get(name, "") for name in _NAMED)
    if default is not None:
        wanted, columns = default.wanted, default.columns
    return Chosen(wanted, columns, default, [(view, query_of(view)) for view in views])


def query_of(view: StreamView) -> str:
    """Return the query of an address that shows a view."""
    return urlencode({"filter": view.wanted, "columns": view.columns})
