"""Health as a message code instead of finished English, and measurements under their new names.

Every collection rewrites these rows within a minute, so the old sentences, advice and numbers are dropped. Only the time of
the last record stays: CloudWatch forgets it after the window that a collection reads.
"""

from typing import Any

from django.db import migrations, models

import portal.messages.fields


def keep_last_record(apps: Any, schema_editor: Any) -> None:
    """Reduce the measurements of every row to the time of the last record."""
    rows = apps.get_model("monitoring", "StreamHealth").objects
    for row in rows.only("measurements").iterator():
        row.measurements = {"last_record_at": row.measurements.get("last_record_at")}
        row.save(update_fields=["measurements"])


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="streamhealth", name="sentence"),
        migrations.RemoveField(model_name="streamhealth", name="advice"),
        migrations.RenameField(model_name="streamhealth", old_name="numbers", new_name="measurements"),
        migrations.AddField(
            model_name="streamhealth",
            name="message",
            field=portal.messages.fields.MessageField(help_text="What the state is based on, and what to do."),
        ),
        migrations.AlterField(
            model_name="streamhealth",
            name="measurements",
            field=models.JSONField(
                default=dict, help_text="Measurements of the last collection; null where AWS returned none."
            ),
        ),
        migrations.AlterField(
            model_name="streamhealth",
            name="rank",
            field=models.PositiveSmallIntegerField(
                default=2, editable=False, help_text="Position on the board, worst first."
            ),
        ),
        migrations.RunPython(keep_last_record, migrations.RunPython.noop),
    ]
