"""Whether Sluice may set up devices that send through AWS IoT Core."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0035_consumers")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_devices",
            field=models.BooleanField(
                default=False, help_text="Allow Sluice to set up devices that send through AWS IoT Core."
            ),
        ),
    ]
