"""Whether Sluice may read schemas of AWS Glue Schema Registry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0031_readers")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_schemas",
            field=models.BooleanField(
                default=False, help_text="Allow Sluice to read schemas of AWS Glue Schema Registry."
            ),
        ),
    ]
