"""Rows hold messages as codes: finished English of earlier rows becomes the parameter of `legacy.text`."""

from django.db import migrations

import portal.messages.fields
from onboarding.messages.legacy import legacy

MESSAGES = {
    "run": {"failure": "Why it stopped."},
    "step": {
        "title": "The condition that it guarantees.",
        "found": "What existed before.",
        "did": "What was changed.",
        "reason": "Why it waits or failed.",
    },
    "resource": {"kept": "Why a removal kept it."},
}


def keep_texts(apps, schema_editor):
    """Copy every text into its message; a step's `todo` goes with its reason."""
    for name, columns in MESSAGES.items():
        rows = apps.get_model("onboarding", name).objects
        for row in rows.iterator():
            for column in columns:
                todo = row.todo if column == "reason" else ""
                setattr(row, f"{column}_message", legacy(getattr(row, column), todo))
            row.save(update_fields=[f"{column}_message" for column in columns])


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_self_managed_and_abandoned")]
    operations = [
        *[
            migrations.AddField(name, f"{column}_message", portal.messages.fields.MessageField(help_text=help_text))
            for name, columns in MESSAGES.items()
            for column, help_text in columns.items()
        ],
        migrations.RunPython(keep_texts, migrations.RunPython.noop, elidable=True),
        *[
            migrations.RemoveField(name, column)
            for name, columns in MESSAGES.items()
            for column in columns
        ],
        migrations.RemoveField("step", "todo"),
        *[
            migrations.RenameField(name, f"{column}_message", column)
            for name, columns in MESSAGES.items()
            for column in columns
        ],
    ]
