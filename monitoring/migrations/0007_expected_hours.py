import django.db.models.deletion
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0006_state_history")]

    operations = [
        migrations.CreateModel(
            name="ExpectedHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[("learned", "Learned"), ("set", "Set by a person"), ("off", "Not judged")],
                        default="learned",
                        max_length=7,
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        default="UTC", help_text="The building's time zone, by IANA's name.", max_length=64
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="Country whose public holidays count as Sundays.", max_length=2
                    ),
                ),
                (
                    "hours",
                    models.JSONField(
                        default=list, help_text="Hours of the week that a person set; 0 is Monday at midnight."
                    ),
                ),
                (
                    "end_hour",
                    models.BigIntegerField(default=0, help_text="The hour after the newest of `minutes`, from 1970."),
                ),
                (
                    "minutes",
                    models.BinaryField(
                        default=bytes, help_text="The minutes with records: eight bytes for each hour."
                    ),
                ),
                (
                    "learned",
                    models.JSONField(
                        default=dict, help_text="What the minutes tell, in the zone and country it names."
                    ),
                ),
                ("changed_at", models.DateTimeField(null=True)),
                ("changed_by", models.CharField(blank=True, max_length=254)),
                (
                    "integration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="expected_hours",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"verbose_name_plural": "expected hours"},
        ),
        isolation.by_row("monitoring_expectedhours", integration_id="onboarding_integration"),
    ]
