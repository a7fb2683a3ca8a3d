"""The name of the archive inside each encrypted copy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0025_rotations")]

    operations = [
        migrations.AddField(
            "sealedcopy",
            "file_name",
            models.CharField(
                blank=True,
                db_default="",
                help_text="Name of the archive inside; empty for an earlier tar.",
                max_length=200,
            ),
        ),
    ]
