"""An identity provider is found in the scope of its tenant, and by the tenant's own people: portal/isolation.py."""

from django.db import migrations

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_single_sign_on"), ("tenancy", "0005_row_level_security")]

    operations = [
        isolation.by_tenant("accounts_identityprovider"),
        isolation.shown_to_person(
            "accounts_identityprovider",
            "EXISTS (SELECT FROM tenancy_membership m"
            " WHERE m.tenant_id = accounts_identityprovider.tenant_id AND m.user_id = {person})",
        ),
    ]
