"""Drift findings, failed drift checks, trust tests and certificate warnings hold messages as codes."""

from django.db import migrations, models

import portal.messages.fields
from onboarding.messages.legacy import legacy

HELP_TEXTS = {
    "what": "What differs.",
    "expected": "As set up.",
    "found": "As found in AWS.",
    "drift_problem": "Why the last drift check failed.",
}
TEXTS = {"driftfinding": ["what", "expected", "found"], "integration": ["drift_problem"]}
REPORT_TEXTS = ("what", "whose", "todo")


def keep_texts(apps, schema_editor):
    """Copy every text into its message."""
    for name, columns in TEXTS.items():
        for row in apps.get_model("onboarding", name).objects.iterator():
            for column in columns:
                setattr(row, f"{column}_message", legacy(getattr(row, column)))
            row.save(update_fields=[f"{column}_message" for column in columns])
    for row in apps.get_model("onboarding", "connection").objects.iterator():
        what, whose, todo = (row.report.pop(name, "") for name in REPORT_TEXTS)
        row.verdict = legacy(what, f"{whose} {todo}".strip())
        row.save(update_fields=["report", "verdict"])
    for row in apps.get_model("onboarding", "pgpkey").objects.iterator():
        message = legacy(row.warning)
        row.warnings = [message.as_json()] if message else []
        row.save(update_fields=["warnings"])


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0004_messages_as_codes")]
    operations = [
        migrations.RemoveConstraint("driftfinding", "drift_once"),
        *[
            migrations.AddField(
                name, f"{column}_message", portal.messages.fields.MessageField(help_text=HELP_TEXTS[column])
            )
            for name, columns in TEXTS.items()
            for column in columns
        ],
        migrations.AddField(
            "connection",
            "verdict",
            portal.messages.fields.MessageField(help_text="Result of the last verification of the role."),
        ),
        migrations.AddField(
            "pgpkey", "warnings", models.JSONField(default=list, help_text="Messages about the key, as codes.")
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop, elidable=True),
        *[migrations.RemoveField(name, column) for name, columns in TEXTS.items() for column in columns],
        migrations.RemoveField("pgpkey", "warning"),
        *[
            migrations.RenameField(name, f"{column}_message", column)
            for name, columns in TEXTS.items()
            for column in columns
        ],
        migrations.AddConstraint(
            "driftfinding", models.UniqueConstraint(fields=["integration", "step", "what"], name="drift_once")
        ),
        migrations.AlterField(
            "connection", "report", models.JSONField(default=dict, help_text="Outcomes of the last verification of the role.")
        ),
    ]
