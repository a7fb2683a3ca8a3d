"""The page behind an invitation, where a person chooses their password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from portal.tenancy import audit
from portal.tenancy.models import User


class SetPassword(PasswordResetConfirmView):
    """Let the person of a valid link choose a password; say so of a link that was used, expired or never valid."""

    template_name = "registration/set_password.html"
    success_url = reverse_lazy("login")

    def get_user(self, uidb64: str) -> User | None:
        """Return the person of the link, unless they were deactivated."""
        found: Any = super().get_user(uidb64)
        return found if found is not None and found.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password, record it, and send the person to the sign-in page."""
        response = super().form_valid(form)
        audit.record(
            "tenancy:person:password-set", tenant=None, actor=form.user, target=form.user.email, about=form.user
        )
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response
