"""A check keeps whether the client's own KMS key allows each share."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0040_stream_trails")]

    operations = [
        migrations.AddField(
            model_name="integration",
            name="share_keys",
            field=models.JSONField(
                default=dict, editable=False, help_text="Whether the client's own key allowed each share then, by label."
            ),
        ),
    ]
