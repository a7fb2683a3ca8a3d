"""Every row of a tenant is found only in its scope: portal/isolation.py."""

from django.db import migrations

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_first_record"), ("onboarding", "0017_row_level_security")]

    operations = [isolation.by_row("monitoring_streamhealth", integration_id="onboarding_integration")]
