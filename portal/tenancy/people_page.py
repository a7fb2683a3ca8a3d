"""The people of a tenant: who has access, as what, since when seen; admins invite, change roles and remove."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal import mail, rate_limits
from portal.messages.errors import validation_error
from portal.messages.message import Message
from portal.refused_pages import never_kept
from portal.tenancy import expiring_links, services, tenant_invitations
from portal.tenancy.access import TenantRequest, of_tenant, require
from portal.tenancy.invitation_mail import MailState, state_of, with_mail
from portal.tenancy.models import ExpiringLink, Membership, TenantRole, User
from portal.tenancy.people_forms import InviteForm
from portal.tenancy.reasons import reason_in
from portal.tenancy.rights import Right
from portal.tenancy.selectors import members_of

MOST_SHOWN = 200
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An open invitation, with its role as a label, and how far its mail is."""

    link: ExpiringLink
    role: str
    mail: MailState


@require_http_methods(["GET", "HEAD", "POST"])
@of_tenant(Right.SEE_PEOPLE)
def people(request: TenantRequest) -> HttpResponse:
    """List the people and the open invitations; an admin changes them here, and anyone may leave."""
    if request.method != "POST":
        return _show(request, InviteForm())
    act = request.POST.get("do", "")
    if act != "leave":
        require(request, Right.PEOPLE)
    if act in _INVITING:
        return _INVITING[act](request)
    if act in _ACTS:
        try:
            _ACTS[act](request)
        except ValidationError as refused:
            return _show(request, InviteForm(), refused=" ".join(refused.messages))
    if act == "leave":
        return redirect("home")
    return _back(request)


def _invite(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, form)
    rate_limits.use(rate_limits.INVITATIONS, tenant=request.tenant, user=request.user)
    role = TenantRole(form.cleaned_data["role"])
    try:
        return _sent(request, _invited(request, form.cleaned_data["email"], role))
    except ValidationError as refused:
        form.add_error(None, refused)
        return _show(request, form)


def _resend(request: TenantRequest) -> HttpResponse:
    """Replace an invitation by a new one to the same address."""
    try:
        link = _link(request)
        rate_limits.use(rate_limits.INVITATIONS, tenant=request.tenant, user=request.user)
        return _sent(request, _invited(request, link.for_email, tenant_invitations.role_of(link)))
    except ValidationError as refused:
        return _show(request, InviteForm(), refused=" ".join(refused.messages))


def _invited(request: TenantRequest, email: str, role: TenantRole) -> ExpiringLink:
    return tenant_invitations.invite(
        tenant=request.tenant, email=email, role=role, actor=request.user, by_mail=mail.is_configured()
    )


def _sent(request: TenantRequest, link: ExpiringLink) -> HttpResponse:
    """Say that the mail is queued, or show the link where the portal sends no mail."""
    if not mail.is_configured():
        address = tenant_invitations.address_of(link)
        return never_kept(_show(request, InviteForm(), new_link=address, new_email=link.for_email))
    text = _("The invitation to %(email)s is queued to be sent. It can be accepted within %(days)d days.")
    messages.success(request, text % {"email": link.for_email, "days": tenant_invitations.VALID_FOR.days})
    return _back(request)


def _revoke(request: TenantRequest) -> None:
    link = _link(request)
    expiring_links.revoke(link=link, actor=request.user)
    messages.success(request, _("The invitation to %(email)s was revoked.") % {"email": link.for_email})


def _change_role(request: TenantRequest) -> None:
    user, role = _person(request), request.POST.get("role", "")
    if role not in TenantRole.values:
        raise validation_error(Message("people.role_not_valid"))
    services.add_member(tenant=request.tenant, user=user, role=TenantRole(role), actor=request.user)
    label = TenantRole(role).label.lower()
    messages.success(request, _("%(person)s is now %(role)s.") % {"person": user.get_full_name(), "role": label})


def _remove(request: TenantRequest) -> None:
    user = _person(request)
    services.remove_member(tenant=request.tenant, user=user, actor=request.user, reason=reason_in(request.POST))
    text = _("%(person)s no longer has access to %(tenant)s.")
    messages.success(request, text % {"person": user.get_full_name(), "tenant": request.tenant.name})


def _leave(request: TenantRequest) -> None:
    if request.role is not None:
        services.remove_member(tenant=request.tenant, user=request.user, actor=request.user)
        messages.success(request, _("You no longer have access to %(tenant)s.") % {"tenant": request.tenant.name})


_INVITING: Mapping[str, Callable[[TenantRequest], HttpResponse]] = {"invite": _invite, "resend": _resend}
_ACTS: Mapping[str, Callable[[TenantRequest], None]] = {
    "revoke": _revoke,
    "role": _change_role,
    "remove": _remove,
    "leave": _leave,
}


def _person(request: TenantRequest) -> User:
    """Return the person whose row was chosen; raises ValidationError for someone who is not one of the tenant's."""
    chosen = request.POST.get("person", "")
    found = members_of(request.tenant).filter(user_id=int(chosen)).first() if _is_id(chosen) else None
    if found is None:
        raise validation_error(Message("people.unknown"))
    return found.user


def _link(request: TenantRequest) -> ExpiringLink:
    chosen = request.POST.get("invitation", "")
    opened = tenant_invitations.open_invitations(request.tenant)
    found = opened.filter(pk=int(chosen)).first() if _is_id(chosen) else None
    if found is None:
        raise validation_error(Message("people.invitation_ended"))
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _back(request: TenantRequest) -> HttpResponse:
    return redirect("people", slug=request.tenant.slug)


def _show(
    request: TenantRequest, form: InviteForm, *, refused: str = "", new_link: str = "", new_email: str = ""
) -> HttpResponse:
    members = list(members_of(request.tenant)[:MOST_SHOWN])
    invited = with_mail(tenant_invitations.open_invitations(request.tenant)) if Right.PEOPLE in request.rights else []
    context = {
        "tenant": request.tenant,
        "members": members,
        "invited": [_line(link) for link in invited],
        "form": form,
        "refused": refused,
        "new_link": new_link,
        "new_email": new_email,
        "roles": TenantRole.choices,
        "is_last_admin": _is_last_admin(request, members),
        "sends_mail": mail.is_configured(),
    }
    status = _UNPROCESSABLE if form.errors or refused else 200
    return render(request, "portal/people.html", context, status=status)


def _line(link: ExpiringLink) -> InvitationLine:
    return InvitationLine(link, str(tenant_invitations.role_of(link).label), state_of(link))


def _is_last_admin(request: TenantRequest, members: list[Membership]) -> bool:
    admins = [member.user_id for member in members if member.role == TenantRole.ADMIN and member.user.is_active]
    return admins == [request.user.pk]
