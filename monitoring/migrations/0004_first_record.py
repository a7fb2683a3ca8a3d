from datetime import datetime, timedelta

from django.db import migrations, models
from django.db.models import Max

_A_MINUTE = timedelta(minutes=1)


def note_streams_that_receive(apps, schema_editor):
    """Streams that received records before this version are not reported as new."""
    for health in apps.get_model("monitoring", "StreamHealth").objects.select_related("integration"):
        last = health.measurements.get("last_record_at")
        ended_at = health.integration.runs.aggregate(ended_at=Max("finished_at"))["ended_at"]
        # Within the minute of the run's end it may be the record with which the run tested the access key.
        if last and (ended_at is None or datetime.fromisoformat(last) > ended_at + 2 * _A_MINUTE):
            health.first_record_at = datetime.fromisoformat(last)
            health.save(update_fields=["first_record_at"])


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_unknown_state"), ("onboarding", "0015_unscoped_settings")]

    operations = [
        migrations.AddField(
            model_name="streamhealth",
            name="first_record_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The first minute in which records arrived that Sluice did not put itself.",
                null=True,
            ),
        ),
        migrations.RunPython(note_streams_that_receive, migrations.RunPython.noop, elidable=True),
    ]
