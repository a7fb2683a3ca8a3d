"""What AWS described of an integration's streams, and when."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0007_state_since")]
    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=256)),
                (
                    "settings",
                    models.JSONField(null=True, help_text="Settings as AWS described them; null if it was not found."),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observations",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=["integration", "kind", "name"], name="observation_once")
                ],
            },
        ),
    ]
