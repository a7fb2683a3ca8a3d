"""Who requests something of the API: the person of the token in the Authorization header, and no one else.

https://www.rfc-editor.org/rfc/rfc6750
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal import rate_limits, request_context
from portal.api.problems import problem
from portal.messages.message import Message
from portal.tenancy import token_text, tokens
from portal.tenancy.models import ApiToken
from portal.tenancy.rights import TABLE, Right
from portal.tenancy.tokens import TokenRefused

log = logging.getLogger(__name__)
SCHEME = "bearer"
MOST_CHARACTERS = 200  # of the header; a token has 51
_IN_FORMS = frozenset({"access_token", "token"})  # RFC 6750 2.3 has the first; the second is what people try


class TokenRequest(HttpRequest):
    """A request of a program, with its token."""

    token: ApiToken


def by_token(
    needs: Right | None = None, *, methods: Sequence[str] = ("GET", "HEAD")
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view receive a TokenRequest whose token has the right, or answer 401, 403 or, for other methods, 405."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt  # nothing that a browser sends by itself counts here
        @require_http_methods(list(methods))
        @wraps(view)
        def guarded(request: TokenRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                request.token = _token_of(request)
            except TokenRefused as refused:
                return _refused(refused.message)
            rate_limits.use_token(request.token.pk)
            if needs and needs not in tokens.rights_of_token(request.token):
                return _right_missing(request.token, needs)
            with tokens.scope_of_token(request.token):
                return view(request, *args, **kwargs)

        guarded.needs_token = needs  # type: ignore[attr-defined]  # for the test over all views
        return guarded

    return decorate


def _token_of(request: HttpRequest) -> ApiToken:
    """Return the token of a request. Raises TokenRefused; what is no token costs neither a query nor a count."""
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise TokenRefused(Message("token.over_http"))
    if any(_is_token(name, text) for name, text in _parameters(request)):
        raise TokenRefused(Message("token.in_address"))
    header = request.headers.get("Authorization", "")
    scheme, _, text = header.strip().partition(" ")
    if not header or scheme.lower() != SCHEME:
        raise TokenRefused(Message("token.missing"))
    if "," in header:  # Django joins two headers with a comma, which no token has
        raise TokenRefused(Message("token.several"))
    if len(header) > MOST_CHARACTERS or not token_text.is_well_formed(text.strip()):
        raise TokenRefused(Message("token.malformed"))
    address = request_context.origin().address
    rate_limits.use_api(address=address)
    return tokens.use(text.strip(), address=address)


def _parameters(request: HttpRequest) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, texts in request.GET.lists() for text in texts)


def _is_token(name: str, text: str) -> bool:
    return name.lower() in _IN_FORMS or token_text.PREFIX in text or token_text.PREFIX in name


def _refused(message: Message) -> HttpResponse:
    log.info("api.refused reason=%s", message.code)
    if message.code in {"token.in_address", "token.several", "token.over_http"}:
        return problem(HTTPStatus.BAD_REQUEST, message, {"WWW-Authenticate": 'Bearer error="invalid_request"'})
    challenge = "Bearer" if message.code == "token.missing" else 'Bearer error="invalid_token"'
    return problem(HTTPStatus.UNAUTHORIZED, message, {"WWW-Authenticate": challenge})


def _right_missing(token: ApiToken, needs: Right) -> HttpResponse:
    log.info("api.right_missing token=%s right=%s", token.pk, needs)
    message = Message("token.right_missing", right=TABLE[needs].description, scope=needs.value)
    challenge = f'Bearer error="insufficient_scope", scope="{needs.value}"'
    return problem(HTTPStatus.FORBIDDEN, message, {"WWW-Authenticate": challenge})
