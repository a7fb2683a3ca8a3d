import django.db.models.deletion
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0008_reading_intervals")]

    operations = [
        migrations.CreateModel(
            name="StreamShards",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shards",
                    models.JSONField(default=list, help_text="Each shard with its hash keys, parents and times."),
                ),
                (
                    "omitted",
                    models.PositiveIntegerField(default=0, help_text="Shards that AWS listed and that are not kept."),
                ),
                ("read_at", models.DateTimeField(help_text="When AWS listed them.")),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listed_shards",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"verbose_name_plural": "stream shards"},
        ),
        isolation.by_row("monitoring_streamshards", integration_id="onboarding_integration"),
    ]
