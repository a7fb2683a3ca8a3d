"""Who reads each stream, and the lease tables of the applications among them."""

import django.db.models.deletion
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0011_named_views"), ("onboarding", "0031_readers")]

    operations = [
        migrations.AddField(
            model_name="expectedhours",
            name="lease_tables",
            field=models.JSONField(
                default=list, help_text="Lease tables of the applications that read the stream, by name."
            ),
        ),
        migrations.CreateModel(
            name="StreamReaders",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("readers", models.JSONField(default=list, help_text="Each reader with its lag and times.")),
                (
                    "omitted",
                    models.PositiveIntegerField(default=0, help_text="Readers that AWS listed and that are not kept."),
                ),
                ("problems", models.JSONField(default=dict, help_text="Why a list was not read, by its name.")),
                ("asked_at", models.DateTimeField(null=True, help_text="When AWS was asked last.")),
                ("read_at", models.DateTimeField(null=True, help_text="When AWS answered last.")),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readers",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"verbose_name_plural": "stream readers"},
        ),
        isolation.by_row("monitoring_streamreaders", integration_id="onboarding_integration"),
    ]
