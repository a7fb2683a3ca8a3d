"""Whether Sluice may read what Firehose could not deliver."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0032_schemas")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_failures",
            field=models.BooleanField(
                default=False,
                help_text="Allow Sluice to read what Firehose could not deliver, under errors/ in the buckets.",
            ),
        ),
    ]
