"""Reads by command line are noted too: they have no person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0019_reads_of_failed_deliveries")]

    operations = [
        migrations.AlterField(
            model_name="recordread",
            name="person",
            field=models.ForeignKey(
                help_text="Empty for a command on the vendor’s server.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_reads",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
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
                ],
                max_length=8,
            ),
        ),
    ]
