"""Key and secret of the schema registry with the schemas of a stream's records."""

from django.db import migrations, models

import portal.secret_store.field


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0025_measured_traffic")]

    operations = [
        migrations.AddField(
            model_name="expectedhours",
            name="registry_key",
            field=models.CharField(blank=True, help_text="Key (user name) of that registry.", max_length=200),
        ),
        migrations.AddField(
            model_name="expectedhours",
            name="registry_secret",
            field=portal.secret_store.field.EncryptedField(bound_to="integration_id"),
        ),
    ]
