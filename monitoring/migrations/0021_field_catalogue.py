"""Which fields the records of each stream have, by device kind."""

import django.db.models.deletion
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0020_reads_by_command"), ("onboarding", "0033_failures")]

    operations = [
        migrations.CreateModel(
            name="FieldCatalogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind_field",
                    models.JSONField(
                        default=list, help_text="The names of that field's path; empty: none is chosen."
                    ),
                ),
                ("changed_at", models.DateTimeField(null=True)),
                ("changed_by", models.CharField(blank=True, db_default="", max_length=254)),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="field_catalogue",
                        to="onboarding.integration",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeviceKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scope",
                    models.CharField(
                        choices=[("all", "All records"), ("kind", "One device kind"), ("other", "Other device kinds")],
                        max_length=5,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, db_default="", help_text="The value that names the kind.", max_length=60
                    ),
                ),
                ("records", models.PositiveBigIntegerField(help_text="How many records were sampled.")),
                ("since", models.DateTimeField(help_text="When the first record was sampled.")),
                ("last_at", models.DateTimeField(help_text="When the last record was sampled.")),
                (
                    "contents",
                    models.JSONField(
                        help_text="The fields with their types and counts: monitoring/field_catalogue/."
                    ),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="device_kinds",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["last_at"], name="device_kind_last_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("integration", "scope", "name"), name="one_row_for_each_device_kind"
                    )
                ],
            },
        ),
        isolation.by_row("monitoring_fieldcatalogue", integration_id="onboarding_integration"),
        isolation.by_row("monitoring_devicekind", integration_id="onboarding_integration"),
    ]
