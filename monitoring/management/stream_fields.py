"""`stream fields`: which fields a stream's records have, with the names that the vendor's staff see."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.field_catalogue.paths import is_value_shown
from monitoring.field_catalogue.stored import StoredKind, kind_field, stored_kinds
from monitoring.field_model import KindScope
from monitoring.pages.field_rows import field_rows, in_neutral_order, kind_choices
from monitoring.records.allowed_fields import allowed_fields
from onboarding.management.integrations.named import add_integration, named_integration


class FieldsSubcommands:
    """The subcommand of `stream` that lists the fields of its records."""

    fields_subcommands = {
        "fields": gettext_lazy("List the fields of a stream’s records: paths, types and shares, for each device kind."),
    }

    def add_fields(self, parser: ArgumentParser) -> None:
        """Add the argument that names the stream's integration."""
        add_integration(parser)

    def do_fields(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of all records, then of each kind. Names that the client does not allow are masked."""
        integration = named_integration(options)
        allowed = allowed_fields(integration.tenant_id)
        kinds = stored_kinds(integration.pk)
        is_masked = not is_value_shown(kind_field(integration.pk), allowed)
        kinds = in_neutral_order(kinds) if is_masked else kinds
        return {
            "integration": integration.name,
            "uid": integration.uid,
            "kinds": [_kind(kind, kinds, allowed, is_masked=is_masked) for kind in kinds],
        }

    def say_fields(self, answer: dict[str, Any]) -> str:
        """Print a block for each kind, with a line for each field."""
        blocks = [
            "\n".join(
                [
                    _("%(label)s: %(records)s records were sampled since %(since)s") % kind,
                    *(f"  {row['share']:>6}  {row['path']}  {', '.join(row['types'])}" for row in kind["fields"]),
                ]
            )
            for kind in answer["kinds"]
        ]
        return "\n\n".join(blocks) or _(
            "No fields seen yet. They are learned while someone has the stream’s page open in the portal."
        )


def _kind(kind: StoredKind, kinds: list[StoredKind], allowed: frozenset[str], *, is_masked: bool) -> dict[str, Any]:
    choices = kind_choices(kinds, kind, is_masked=is_masked)
    return {
        "scope": str(kind.scope),
        "label": next(choice.label for choice in choices if choice.is_chosen),
        "is_masked": is_masked and kind.scope is KindScope.KIND,
        "records": kind.fields.records,
        "since": kind.since.isoformat(),
        "last_at": kind.last_at.isoformat(),
        "is_full": kind.fields.is_full,
        "fields": [
            {
                "path": row.path,
                "is_masked": row.is_masked,
                "types": list(row.types),
                "share": row.share,
                "first_at": row.first_at.isoformat(),
                "last_at": row.last_at.isoformat(),
            }
            for row in field_rows(kind.fields, "field", allowed)
        ],
    }
