"""Values that name device kinds are among the records whose readers are noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0026_registry_credentials")]

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
                    ("kinds", "Device kinds"),
                ],
                max_length=8,
            ),
        ),
    ]
