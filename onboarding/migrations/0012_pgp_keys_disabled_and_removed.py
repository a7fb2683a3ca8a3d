"""OpenPGP keys can be disabled and removed, and remember every copy. Brainpool curves are no longer a mere warning."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BRAINPOOL, REFUSED_BY_SEQUOIA = "openpgp.brainpool", "openpgp.second_reader_refuses"


def renamed(warnings: list[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    """Return the warnings of a key, one of them with another code."""
    return [{**warning, "code": new} if warning["code"] == old else warning for warning in warnings]


def _rename(apps: Apps, old: str, new: str) -> None:
    for key in apps.get_model("onboarding", "PgpKey").objects.exclude(warnings=[]).iterator():
        key.warnings = renamed(key.warnings, old, new)
        key.save(update_fields=["warnings"])


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give keys that were accepted with a Brainpool curve the text of today."""
    _rename(apps, BRAINPOOL, REFUSED_BY_SEQUOIA)


def backwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give them the earlier text again."""
    _rename(apps, REFUSED_BY_SEQUOIA, BRAINPOOL)


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0011_names_in_stored_json"),
    ]

    operations = [
        migrations.RunPython(forwards, backwards),
        migrations.AddField(
            model_name="pgpkey",
            name="disabled_at",
            field=models.DateTimeField(help_text="When a copy showed that the key must not be used.", null=True),
        ),
        migrations.AddField(
            model_name="pgpkey",
            name="disabled_reason",
            field=models.JSONField(default=dict, help_text="Why, as a message."),
        ),
        migrations.AddField(
            model_name="pgpkey",
            name="full_certificate",
            field=models.TextField(blank=True, help_text="All that its owner signed in any copy, armored: later copies are merged with it."),
        ),
        migrations.AddField(
            model_name="pgpkey",
            name="removed_at",
            field=models.DateTimeField(help_text="When someone removed it; its certificate is remembered.", null=True),
        ),
        migrations.AddField(
            model_name="pgpkey",
            name="revoked_key_ids",
            field=models.JSONField(default=list, help_text="Subkeys that the owner revoked."),
        ),
    ]
