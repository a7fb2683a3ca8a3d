"""The tenant's OpenPGP keys: see them, add one, confirm its fingerprint."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.credentials import possession, recipients
from onboarding.credentials import vendor_key as credentials_vendor_key
from onboarding.credentials.decryption_guides import creation_guides
from onboarding.credentials.selectors import affected_copies, opened_by
from onboarding.models.pgp_key import PgpKey
from onboarding.provisioning.answers import Refused
from onboarding.views.page import UNPROCESSABLE
from portal import mail
from portal.accounts.step_up import confirmed
from portal.messages.catalogue import explanation_of
from portal.messages.message import Message
from portal.openpgp.certificates import Certificate
from portal.openpgp.private_keys import private_key_refusal
from portal.openpgp.refusals import CertificateRefused
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.reasons import reason_in
from portal.tenancy.rights import Right

NOTHING = gettext_lazy("Paste an OpenPGP public key, or upload a key file.")
_PRIVATE = frozenset({"openpgp.private_key", "openpgp.private_stub"})

_BOTH = Message("openpgp.paste_and_file")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How adding a key ended: nothing to say, or why it was refused and what to show in the box again."""

    message: str = ""
    pasted: str = ""
    is_compromised: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant()
def pgp_keys(request: TenantRequest) -> HttpResponse:
    """List the keys; admins add one here."""
    if request.method != "POST":
        return _show(request, Outcome())
    require(request, Right.KEYS)
    outcome = add(request)
    return _show(request, outcome) if outcome.message else redirect("pgp_keys", slug=request.tenant.slug)


@require_POST
@of_tenant(Right.KEYS)
def pgp_key_confirm(request: TenantRequest, uid: str) -> HttpResponse:
    """Note that the admin compared the fingerprint with the key's owner."""
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    if not request.POST.get(f"compared-{uid}"):
        return _show(request, Outcome(), not_compared=uid)
    recipients.confirm_pgp_key(key=key, actor=request.user)
    messages.success(request, _("%(key)s can now receive access keys.") % {"key": key.title})
    return redirect("pgp_keys", slug=request.tenant.slug)


@require_POST
@of_tenant(Right.KEYS)
@confirmed("remove")
def pgp_key_remove(request: TenantRequest, uid: str) -> HttpResponse:
    """Remove a key from the tenant's list."""
    key = get_object_or_404(PgpKey, uid=uid, tenant=request.tenant)
    recipients.remove_pgp_key(key=key, actor=request.user, reason=reason_in(request.POST))
    messages.success(request, _("%(key)s was removed.") % {"key": key.title})
    return redirect("pgp_keys", slug=request.tenant.slug)


def is_key_given(request: TenantRequest) -> bool:
    """Tell whether a key was pasted or a file chosen."""
    return bool(request.POST.get("blob", "").strip()) or "file" in request.FILES


def add(request: TenantRequest) -> Outcome:
    """Add the key that was pasted or uploaded. A private key is neither kept nor sent back."""
    if not is_key_given(request):
        return Outcome(str(NOTHING))
    pasted = request.POST.get("blob", "")
    try:
        key = recipients.add_pgp_key(tenant=request.tenant, blob=_blob(request), actor=request.user)
    except CertificateRefused as refused:
        is_private = refused.message.code in _PRIVATE
        # Even what only looks like a private key must not travel back to the browser.
        shown = "" if is_private or private_key_refusal(pasted.encode()) or "PRIVATE" in pasted.upper() else pasted
        return Outcome(explanation_of(refused.message), shown, refused.message.code == "openpgp.private_key")
    text = _("%(key)s was added. Compare its fingerprint with its owner, then confirm it.")
    if key.confirmed_at:
        text = _("%(key)s is up to date. It stays confirmed.")
    messages.success(request, text % {"key": key.title})
    return Outcome()


def with_affected_copies(keys: Iterable[PgpKey]) -> list[PgpKey]:
    """Return the keys, each with its `affected` copies."""
    found = list(keys)
    copies = affected_copies(found)
    for key in found:
        key.affected = copies.get(key.fingerprint, [])
    return found


def vendor_key() -> Certificate | None:
    """Return the vendor's delivery certificate, or None where the portal has none that can serve."""
    try:
        return credentials_vendor_key.vendor_certificate()
    except Refused:
        return None


def _blob(request: TenantRequest) -> bytes:
    # All of a file is read, so that a private key is recognised wherever it is; portal.body_limit limits its size.
    upload, pasted = request.FILES.get("file"), request.POST.get("blob", "").encode()
    given = bytes(upload.read()) if upload is not None else b""
    if given and pasted.strip():
        raise CertificateRefused(private_key_refusal(given) or private_key_refusal(pasted) or _BOTH)
    return given or pasted


def _show(request: TenantRequest, add_outcome: Outcome, *, not_compared: str = "") -> HttpResponse:
    keys, opened = with_affected_copies(request.tenant.pgp_keys.all()), opened_by(request.tenant)
    known = possession.possession_of(keys)
    for key in keys:
        key.opens, key.possession = opened.get(key.fingerprint, []), known[key.fingerprint]
    context = {
        "tenant": request.tenant,
        "keys": keys,
        "add": add_outcome,
        "not_compared": not_compared,
        "vendor": vendor_key(),
        "creation_guides": creation_guides(),
        "has_mail": mail.is_configured(),
    }
    status = UNPROCESSABLE if add_outcome.message or not_compared else 200
    return render(request, "onboarding/pgp_keys.html", context, status=status)
