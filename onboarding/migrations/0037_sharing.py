"""Whether Sluice may share data streams with roles of other AWS accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0036_devices")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_sharing",
            field=models.BooleanField(
                default=False, help_text="Allow Sluice to share data streams with roles of other AWS accounts."
            ),
        ),
    ]
