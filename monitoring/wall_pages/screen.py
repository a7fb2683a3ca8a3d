"""The page behind a link for a screen. The address is the only credential: no cookie is read or set."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitoring import wall_links, wall_screen
from portal import rate_limits, request_context


@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """Show the wall display of the board that a link is for; 404 for every other token, whatever is wrong with it."""
    address = request_context.origin().address
    rate_limits.use_wall(address=address)
    link = wall_links.find(token)
    if link is None:
        raise Http404
    rate_limits.use_wall_link(link.pk)
    with wall_links.scope_of(link):
        wall_links.note_use(link, address=address)
        return wall_screen.response(
            link.tenant,
            request.GET,
            now=timezone.now(),
            path=request.path,
            events_url=f"/events/wall/{wall_links.board_of(link)}/?link={token}",
            is_linked=True,
        )
