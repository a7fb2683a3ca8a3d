"""No page's request calls AWS: a call that a view makes while it answers fails its test.

A call of AWS can take 25 seconds and be tried again, and a web process has few threads. What needs AWS is requested,
and a worker does it. There are no exceptions.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from botocore.client import BaseClient
from django.core.handlers.base import BaseHandler

_view: ContextVar[str | None] = ContextVar("view", default=None)


class CalledAws(AssertionError):
    """A view called AWS."""


def install() -> None:
    """Guard every request that this process answers from now on."""
    if not hasattr(BaseClient._make_api_call, "is_guard"):
        BaseClient._make_api_call = _guarded_call(BaseClient._make_api_call)
        BaseHandler.resolve_request = _noted(BaseHandler.resolve_request)
        BaseHandler.get_response = _ended(BaseHandler.get_response)


def _guarded_call(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: BaseClient, operation: str, *args: Any, **kwargs: Any) -> Any:
        view = _view.get()
        if view is not None:
            raise CalledAws(f"The page {view} called {operation} while it was answering a request.")
        return original(self, operation, *args, **kwargs)

    guard.is_guard = True  # type: ignore[attr-defined]  # a mark, so that a second install does not wrap again
    return guard


def _noted(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_request(self: BaseHandler, request: Any) -> Any:
        match = original(self, request)
        name = match.url_name or str(match.func)
        _view.set(f"{name} {match.kwargs['page']}" if "page" in match.kwargs else name)
        return match

    return resolve_request


def _ended(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_response(self: BaseHandler, request: Any) -> Any:
        token = _view.set(None)
        try:
            return original(self, request)
        finally:
            _view.reset(token)

    return get_response
