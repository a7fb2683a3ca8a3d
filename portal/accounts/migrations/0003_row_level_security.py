"""An identity provider is found only in the scope of its tenant: portal/isolation.py."""

from django.db import migrations

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_single_sign_on"), ("tenancy", "0005_row_level_security")]

    operations = [isolation.by_tenant("accounts_identityprovider")]
