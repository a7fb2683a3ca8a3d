"""Passwords: chosen behind a link of an invitation or a reset, requested again, and changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import database_scope, mail, rate_limits
from portal.accounts import password_resets, sessions
from portal.accounts.invitation_state import state_of
from portal.accounts.models import IdentityProvider
from portal.accounts.views.single_sign_on import invite
from portal.messages.catalogue import explanation_of
from portal.tenancy import audit, proof, sign_in_notices
from portal.tenancy.models import User

UNPROCESSABLE = 422


class SetPassword(PasswordResetConfirmView):
    """Let the person of a valid link choose a password; say of another link what happened to it."""

    template_name = "registration/set_password.html"
    success_url = reverse_lazy("login")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show someone who is signed in as another person who they are; they must sign out first."""
        self.reader = self.request.user
        found = self.get_user(kwargs["uidb64"])
        if found is not None and isinstance(self.reader, User) and self.reader != found:
            return render(self.request, "registration/other_person.html", {"reader": self.reader})
        return super().dispatch(*args, **kwargs)

    def get_user(self, uidb64: str) -> User | None:
        """Return the person of the link, unless they were deactivated."""
        found: Any = super().get_user(uidb64)
        return found if found is not None and found.is_active else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what happened to a link that is not valid."""
        context = super().get_context_data(**kwargs)
        if not context["validlink"]:
            context["problem"] = explanation_of(state_of(self.user, self.kwargs["token"]))
            context["can_reset"] = mail.is_configured()
        elif self.user is not None and invite(
            self.request, self.user, self.request.session.get(INTERNAL_RESET_SESSION_TOKEN, "")
        ):  # who was invited may sign on at their organisation in place of choosing a first password
            with database_scope.of_person(self.user.pk):
                context["sign_on"] = IdentityProvider.objects.filter(tenant__memberships__user=self.user).first()
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Store the password, record it, end the person's sessions, and send them to the sign-in page."""
        response = super().form_valid(form)
        _record(form.user)
        sessions.end_others(form.user, None)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Mail a link to the person with the address, if there is one; the answer is the same if there is none."""
    if request.method == "POST":
        email = request.POST.get("email", "")
        if email.strip():
            rate_limits.try_reset(account=email, address=request.META.get("REMOTE_ADDR", ""))
            password_resets.request_link(email)
        messages.success(
            request, _("If there is an account with this address, a mail with a link is on its way to it.")
        )
        return redirect("login")
    return render(request, "accounts/password_forgotten.html", {"is_offered": mail.is_configured()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def password_change(request: HttpRequest) -> HttpResponse:
    """Change the person's password, which signs out all their other sessions."""
    user: Any = request.user
    form = PasswordChangeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        who = {"account": user.email, "address": request.META.get("REMOTE_ADDR", "")}
        rate_limits.try_sign_in(**who)
        if form.is_valid():
            rate_limits.signed_in(**who)
            form.save()
            proof.record(request.session)
            sessions.renew(request, password_changed=True)
            sessions.end_others(user, request.session.session_key)
            _record(user)
            messages.success(request, _("Your password is changed. All your other sessions were signed out."))
            return redirect("security")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/password_change.html", {"form": form}, status=status)


def _record(user: User) -> None:
    event = audit.record("tenancy:person:password-set", tenant=None, actor=user, target=user.email, about=user)
    sign_in_notices.password_changed(event, user)
