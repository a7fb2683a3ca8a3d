"""Fields that appeared in the records of a stream or vanished from them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0022_reads_of_partition_keys")]

    operations = [
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.JSONField(help_text="The names of the field's path; null is any name.")),
                (
                    "change",
                    models.CharField(
                        choices=[("appeared", "New"), ("vanished", "No longer seen"), ("returned", "Seen again")],
                        max_length=8,
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="When it was noticed."
                    ),
                ),
                ("notified_at", models.DateTimeField(help_text="When people were notified of it.", null=True)),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="monitoring.devicekind",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["kind", "-at"], name="field_change_of_kind"),
                    models.Index(
                        condition=models.Q(("notified_at", None)), fields=["at"], name="field_change_to_notify"
                    ),
                ],
            },
        ),
        isolation.by_row("monitoring_fieldchange", kind_id="monitoring_devicekind"),
    ]
