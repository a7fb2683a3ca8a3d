"""Changes to people: created, invited, given a staff role, deactivated; each with its line in the audit trail."""

from django.contrib.auth.password_validation import validate_password

from portal import deadlocks
from portal.messages.errors import field_error, validation_error
from portal.messages.message import Message
from portal.tenancy import audit, services, sign_in_notices, tokens
from portal.tenancy.models import AuditEvent, StaffRole, User

Actor = User | str


@deadlocks.atomic
def create_person(*, email: str, actor: Actor, full_name: str = "", staff_role: StaffRole = StaffRole.NONE) -> User:
    """Create a person, who can sign in once they have chosen a password. Raises ValidationError by field."""
    user = User(
        email=email.strip().lower(), full_name=full_name.strip(), staff_role=staff_role, is_staff=bool(staff_role)
    )
    if User.objects.filter(email=user.email).exists():
        raise field_error("email", Message("tenancy.email_taken", email=user.email))
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    _record("created", user, actor, staff_role=str(staff_role))
    return user


@deadlocks.atomic
def set_staff_role(*, user: User, role: StaffRole, actor: Actor) -> None:
    """Make a person a member of staff, or no longer one. Raises ValidationError (`check_staff_role`)."""
    check_staff_role(user=user, role=role, actor=actor)
    user.staff_role, user.is_staff = role, bool(role)
    user.save(update_fields=["staff_role", "is_staff"])
    _record("staff-role", user, actor, staff_role=str(role))


def check_staff_role(*, user: User, role: StaffRole, actor: Actor) -> None:
    """Raise ValidationError for one's own role, and for a person of a tenant who would become staff."""
    if user == actor:
        raise validation_error(Message("tenancy.own_staff_role"))
    if role and (membership := user.memberships.select_related("tenant").first()):
        raise validation_error(Message("tenancy.member_as_staff", email=user.email, tenant=membership.tenant.name))


@deadlocks.atomic
def rename(*, user: User, full_name: str, actor: Actor) -> None:
    """Change a person's full name. Raises ValidationError for one that is not valid."""
    user.full_name = full_name.strip()
    user.clean_fields(exclude=["password"])
    user.save(update_fields=["full_name"])
    _record("renamed", user, actor, full_name=user.full_name)


@deadlocks.atomic
def set_password(*, user: User, password: str, actor: Actor) -> None:
    """Set a person's password, which ends their sessions. Raises ValidationError for a weak one."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_in_notices.password_changed(_record("password-set", user, actor), user)


@deadlocks.atomic
def deactivate(*, user: User, actor: Actor, reason: str = "") -> None:
    """End all access of a person who leaves: sign-in, sessions, API tokens, memberships, staff role.

    Raises ValidationError for oneself.
    """
    if user == actor:
        raise validation_error(Message("tenancy.own_deactivation"))
    for membership in user.memberships.select_related("tenant"):
        services.remove_member(tenant=membership.tenant, user=user, actor=actor, reason=reason)
    tokens.revoke_all(person=user, actor=actor)
    user.is_active, user.is_staff, user.is_superuser, user.staff_role = False, False, False, StaffRole.NONE
    user.set_unusable_password()
    user.save(update_fields=["is_active", "is_staff", "is_superuser", "staff_role", "password"])
    _record("deactivated", user, actor, reason=reason)


def _record(verb: str, user: User, actor: Actor, *, reason: str = "", **details: object) -> AuditEvent:
    name = f"tenancy:person:{verb}"
    return audit.record(name, tenant=None, actor=actor, target=user.email, about=user, reason=reason, details=details)
