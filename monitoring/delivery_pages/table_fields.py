"""The columns of a delivery's first query: the fields that were seen, as far as the person may know their names."""

from monitoring.field_catalogue.stored import all_records
from monitoring.first_query.athena import TableField
from monitoring.first_query.catalogue_columns import columns_of
from monitoring.records.access import Audience
from monitoring.records.allowed_fields import allowed_fields
from onboarding.models.integration import Integration
from portal.messages.message import Message


def table_fields(integration: Integration, audience: Audience) -> tuple[list[TableField], Message]:
    """Return the columns, and where they come from or why there are none."""
    kind = all_records(integration.pk)
    if kind is None:
        return [], Message("first_query.whole_lines")
    fields = columns_of(kind, allowed_fields(integration.tenant_id) if audience is Audience.MASKED else None)
    if fields:
        return fields, Message("first_query.from_fields", record_count=kind.records)
    if audience is Audience.MASKED:
        return [], Message("first_query.masked")
    return [], Message("first_query.whole_lines")
