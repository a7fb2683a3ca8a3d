"""Someone can request that the roles of consumers are read and their trust policies evaluated."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.messages.fields
from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0037_sharing")]

    operations = [
        migrations.CreateModel(
            name="ConsumerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_by", models.CharField(max_length=254)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(help_text="When a worker began it.", null=True)),
                (
                    "progress",
                    portal.messages.fields.MessageField(
                        blank=True, editable=False, help_text="What the check is doing.", null=True
                    ),
                ),
                (
                    "problem",
                    portal.messages.fields.MessageField(
                        blank=True, editable=False, help_text="Why the check could not be done.", null=True
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "results",
                    models.JSONField(default=dict, help_text="What was found of each role, with the time."),
                ),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consumer_check",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        isolation.by_row("onboarding_consumercheck", integration_id="onboarding_integration"),
    ]
