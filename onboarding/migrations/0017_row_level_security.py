"""Every row of a tenant is found only in its scope: portal/isolation.py."""

from django.db import migrations

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0016_resource_check"), ("tenancy", "0005_row_level_security")]

    operations = [
        isolation.by_tenant("onboarding_connection"),
        isolation.by_tenant("onboarding_pgpkey"),
        isolation.by_tenant("onboarding_integration"),
        isolation.by_row(
            "onboarding_integration_recipients",
            integration_id="onboarding_integration",
            pgpkey_id="onboarding_pgpkey",
        ),
        isolation.by_row("onboarding_run", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_step", run_id="onboarding_run"),
        isolation.by_row("onboarding_connectioncheck", connection_id="onboarding_connection"),
        isolation.by_row("onboarding_resourcecheck", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_credential", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_sealedcopy", credential_id="onboarding_credential"),
        isolation.by_row("onboarding_download", copy_id="onboarding_sealedcopy"),
        isolation.by_row("onboarding_driftfinding", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_observation", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_resource", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_streamupdate", integration_id="onboarding_integration"),
    ]
