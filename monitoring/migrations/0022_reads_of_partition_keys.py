"""Partition keys that are shown in the clear are among the records whose readers are noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0021_field_catalogue")]

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
                    ("command", "Command line"),
                    ("keys", "Partition keys"),
                ],
                max_length=8,
            ),
        ),
    ]
