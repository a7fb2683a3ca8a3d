"""Creates the tenants and people of the demo, after the migrations."""

from collections.abc import Sequence

from portal.demo.cast import CLIENTS, PASSWORD, PEOPLE, Person
from portal.tenancy import services
from portal.tenancy.models import StaffRole, Tenant, TenantRole, User

ACTOR = "demo"


def main(arguments: Sequence[str] = ()) -> None:
    """Create what is missing; what exists stays unchanged."""
    for client in CLIENTS:
        if not Tenant.objects.filter(slug=client.slug).exists():
            services.create_tenant(slug=client.slug, name=client.name, actor=ACTOR)
    for person in PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            _create(person)


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
