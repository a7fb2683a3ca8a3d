"""Consumers read a data stream by roles of their own, each with an external ID."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import onboarding.models.identifiers
from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0034_key_events_checks")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_consumers",
            field=models.BooleanField(
                default=False,
                help_text="Allow Sluice to create roles with which others read the records of one data stream.",
            ),
        ),
        migrations.CreateModel(
            name="ConsumerExternalId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(help_text="The role's name in the spec.", max_length=20)),
                (
                    "external_id",
                    models.CharField(
                        default=onboarding.models.identifiers.new_external_id, editable=False, max_length=100
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consumer_external_ids",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("integration", "role"), name="one_external_id_for_each_role")
                ],
            },
        ),
        isolation.by_row("onboarding_consumerexternalid", integration_id="onboarding_integration"),
    ]
