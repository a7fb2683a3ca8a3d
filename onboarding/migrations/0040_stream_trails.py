"""What CloudTrail recorded of a stream, and the request for it."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.messages.fields
from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0039_things")]

    operations = [
        migrations.CreateModel(
            name="StreamTrail",
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
                ("events", models.JSONField(default=list, help_text="Newest first.")),
                (
                    "read_at",
                    models.DateTimeField(help_text="When CloudTrail was last read; the answer is as old.", null=True),
                ),
                ("covers_since", models.DateTimeField(help_text="From when on events are known.", null=True)),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stream_trail",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        isolation.by_row("onboarding_streamtrail", integration_id="onboarding_integration"),
    ]
