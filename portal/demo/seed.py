"""Creates the tenants and people of the demo, after the migrations."""

from collections.abc import Sequence
from pathlib import Path

from portal.demo.cast import CLIENTS, PASSWORD, PEOPLE, PUSHER, Person
from portal.demo.places import write_private
from portal.tenancy import people, services, tokens
from portal.tenancy.models import StaffRole, Tenant, TenantRole, User
from portal.tenancy.rights import Right
from portal.tenancy.tokens import TokenRefused

ACTOR = "demo"
SCOPES = (Right.VENDOR_KEYS, Right.PRODUCER_ROLES)


def main(arguments: Sequence[str] = ()) -> None:
    """Create what is missing; what exists stays unchanged. The one argument is the file of the building's API token."""
    for client in CLIENTS:
        if not Tenant.objects.filter(slug=client.slug).exists():
            services.create_tenant(slug=client.slug, name=client.name, actor=ACTOR)
    for person in PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            _create(person)
    for file in arguments:
        _ensure_token(Path(file))


def _ensure_token(file: Path) -> None:
    """Create the token with which the simulated building fetches its keys, unless the stored one works."""
    try:
        token = tokens.use(file.read_text(encoding="utf-8") if file.exists() else "", address="")
    except TokenRefused:
        token = None
    if token is None or set(token.scopes) != set(SCOPES):  # a demo that was kept may be older than a scope
        person = User.objects.filter(email=PUSHER).first() or people.create_person(
            email=PUSHER, full_name="Pusher of the building", staff_role=StaffRole.OPERATOR, actor=ACTOR
        )
        _, text = tokens.create(person=person, name="Simulated building", scopes=SCOPES, actor=ACTOR)
        write_private(file, text)


def _create(person: Person) -> None:
    if person.client is None:
        role = StaffRole(person.role)
        User.objects.create_user(
            person.email,
            PASSWORD,
            full_name=person.full_name,
            is_staff=True,
            staff_role=role,
        )
        return
    user = User.objects.create_user(person.email, PASSWORD, full_name=person.full_name)
    tenant = Tenant.objects.get(slug=person.client.slug)
    services.add_member(tenant=tenant, user=user, role=TenantRole(person.role), actor=ACTOR)
