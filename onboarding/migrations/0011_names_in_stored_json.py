"""Drafts and permission reports that earlier versions stored keep their meaning: their keys have the present names."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OPEN = {"changing": "update"}
OF_PAGE = {"asked": "submitted"}
OF_REPORT = {"cannot_tell": "unknown"}


def renamed(stored: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a dict with other keys; one that is there under its new name already is left alone."""
    return {(new if (new := names.get(key, key)) == key or new not in stored else key): stored[key] for key in stored}


def renamed_draft(draft: dict[str, Any], of_draft: dict[str, str], of_page: dict[str, str]) -> dict[str, Any]:
    """Return a draft with other keys: its own, those of its pages, and those of each delivery."""
    pages = {key: renamed(page, of_page) if isinstance(page, dict) else page for key, page in draft.items()}
    delivery = pages.get("delivery")
    if isinstance(delivery, dict) and isinstance(items := delivery.get("items"), dict):
        delivery["items"] = {
            key: renamed(item, of_page) if isinstance(item, dict) else item for key, item in items.items()
        }
    return renamed(pages, of_draft)


def _rename(apps: Apps, of_draft: dict[str, str], of_page: dict[str, str], of_report: dict[str, str]) -> None:
    for integration in apps.get_model("onboarding", "Integration").objects.exclude(draft={}).iterator():
        integration.draft = renamed_draft(integration.draft or {}, of_draft, of_page)
        integration.save(update_fields=["draft"])
    for connection in apps.get_model("onboarding", "Connection").objects.iterator():
        if connection.permission_report:
            connection.permission_report = renamed(connection.permission_report, of_report)
            connection.save(update_fields=["permission_report"])


def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the present names."""
    _rename(apps, OPEN, OF_PAGE, OF_REPORT)


def backwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the earlier names back."""
    _rename(apps, *({new: old for old, new in names.items()} for names in (OPEN, OF_PAGE, OF_REPORT)))


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0010_requested_created_trust_report")]
    operations = [migrations.RunPython(forwards, backwards)]
