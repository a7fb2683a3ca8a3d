"""Every row of a tenant is found only in its scope, and a person's own notifications in theirs: portal/isolation.py."""

from django.db import migrations

from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_webhooks"), ("tenancy", "0005_row_level_security")]

    operations = [
        isolation.by_tenant("outbox_outboxitem"),
        isolation.shown_to_person("outbox_outboxitem", "recipient_id = {person}"),
        isolation.changed_by_person("outbox_outboxitem", "recipient_id = {person}"),
        isolation.by_row("outbox_attempt", item_id="outbox_outboxitem"),
        isolation.by_tenant("outbox_webhookendpoint"),
    ]
