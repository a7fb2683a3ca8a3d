"""CloudTrail can be read again for a compromised key, and what could not be read has a time."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.messages.fields
from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0033_failures")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="trail_failed_at",
            field=models.DateTimeField(
                editable=False, help_text="When CloudTrail was last asked in vain.", null=True
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="events_failed_at",
            field=models.DateTimeField(help_text="When CloudTrail was not read.", null=True),
        ),
        migrations.CreateModel(
            name="KeyEventsCheck",
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
                    "revocation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events_check",
                        to="onboarding.revocation",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        isolation.by_row("onboarding_keyeventscheck", revocation_id="onboarding_revocation"),
    ]
