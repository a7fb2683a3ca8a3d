"""The history of each stream's states begins with the present one."""

import django.db.models.deletion
from django.db import migrations, models

import portal.messages.fields
from portal import isolation


def begin_with_the_present_state(apps, schema_editor):
    """Write what is known of each stream as the first row of its history."""
    change = apps.get_model("monitoring", "StateChange")
    for health in apps.get_model("monitoring", "StreamHealth").objects.filter(checked_at__isnull=False):
        change.objects.create(
            integration_id=health.integration_id, state=health.state, message=health.message, at=health.checked_at
        )


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_row_level_security")]

    operations = [
        migrations.CreateModel(
            name="StateChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("healthy", "Healthy"),
                            ("attention", "Attention"),
                            ("failing", "Failing"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "message",
                    portal.messages.fields.MessageField(
                        blank=True, help_text="What the state was based on.", null=True
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="state_changes",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"ordering": ["-at", "-pk"]},
        ),
        migrations.AddIndex(
            model_name="statechange",
            index=models.Index(fields=["integration", "-at"], name="state_change_of_stream"),
        ),
        isolation.by_row("monitoring_statechange", integration_id="onboarding_integration"),
        migrations.RunPython(begin_with_the_present_state, migrations.RunPython.noop, elidable=True),
    ]
