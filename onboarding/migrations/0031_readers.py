"""Whether Sluice may list who reads the data streams."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0030_key_addresses")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_readers",
            field=models.BooleanField(
                default=False, help_text="Allow Sluice to list who reads the data streams, and the listed lease tables."
            ),
        ),
    ]
