"""Since when a connection is in its state; of one that is there already, since its last test."""

import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Coalesce


def since_the_last_test(apps, schema_editor):
    apps.get_model("onboarding", "Connection").objects.update(state_since=Coalesce("checked_at", "created_at"))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0006_remediation_and_downloads")]
    operations = [
        migrations.AddField(
            "connection",
            "state_since",
            models.DateTimeField(
                default=django.utils.timezone.now, editable=False, help_text="Last change of the state."
            ),
        ),
        migrations.RunPython(since_the_last_test, migrations.RunPython.noop, elidable=True),
    ]
