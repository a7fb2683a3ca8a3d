"""Asking for an account, where the vendor allows it: support decides, and until then there is no account."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import rate_limits
from portal.accounts import sign_up
from portal.accounts.models import SignUpRequest

UNPROCESSABLE = 422


class SignUpForm(forms.ModelForm[SignUpRequest]):
    """Who asks."""

    class Meta:
        model = SignUpRequest
        fields = ["full_name", "email", "organisation"]
        labels = {
            "full_name": gettext_lazy("Name"),
            "email": gettext_lazy("Email"),
            "organisation": gettext_lazy("Organisation"),
        }
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
        }


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Take a request for an account; the answer is the same for an address that has one."""
    if not settings.SLUICE_SIGN_UP:
        raise Http404
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        rate_limits.try_sign_up(address=request.META.get("REMOTE_ADDR", ""))
        if form.is_valid():
            sign_up.request_account(**form.cleaned_data)
            messages.success(request, _("Thank you. If your request is approved, you get a mail with a link."))
            return redirect("login")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/sign_up.html", {"form": form}, status=status)
