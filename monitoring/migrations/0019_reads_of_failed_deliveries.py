"""Samples of failed deliveries are among the records whose readers are noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0018_record_access")]

    operations = [
        migrations.AlterField(
            model_name="recordread",
            name="source",
            field=models.CharField(
                choices=[
                    ("live", "Newest records"),
                    ("history", "History"),
                    ("download", "Download"),
                    ("failed", "Failed deliveries"),
                ],
                max_length=8,
            ),
        ),
    ]
