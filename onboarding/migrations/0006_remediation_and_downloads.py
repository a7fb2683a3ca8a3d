"""Remediations and downloads are called so: the column of mends, the verb in each of its rows, and the model Fetch."""

import django.db.models.deletion
from django.db import migrations, models


def rename_key(old, new):
    """Return a function that renames a key in the rows' lists of remediations."""

    def rename(apps, schema_editor):
        for name in ("run", "driftfinding"):
            for row in apps.get_model("onboarding", name).objects.exclude(remediations=[]).iterator():
                row.remediations = [{new if key == old else key: entry[key] for key in entry} for entry in row.remediations]
                row.save(update_fields=["remediations"])

    return rename


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_drift_and_trust_messages")]
    operations = [
        migrations.RenameField("run", "mends", "remediations"),
        migrations.RenameField("driftfinding", "mends", "remediations"),
        migrations.RunPython(rename_key("verb", "action"), rename_key("action", "verb"), elidable=True),
        migrations.RenameModel("Fetch", "Download"),
        migrations.AlterField(
            "download",
            "copy",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="downloads", to="onboarding.sealedcopy"
            ),
        ),
    ]
