"""The sign-in page: Django's own, with a limit of failed attempts for each account and each address.

An account that does not exist is counted like one that does, and is answered in the same words and after the same work.
"""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from portal import rate_limits


class SignIn(LoginView):
    """Sign a person in. Raises TooManyRequests, which is answered with 429, beyond the limits of failed attempts."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt before the password is checked, so that many at once are no way around the limit."""
        rate_limits.try_sign_in(**_who(request))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Take the attempt back, and sign the person in."""
        rate_limits.signed_in(**_who(self.request))
        return super().form_valid(form)


def _who(request: HttpRequest) -> dict[str, str]:
    return {"account": request.POST.get("username", ""), "address": request.META.get("REMOTE_ADDR", "")}
