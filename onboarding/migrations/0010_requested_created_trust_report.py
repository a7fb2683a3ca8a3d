"""Columns are called what they hold: a requested cancellation, when the external ID was created, the trust report."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0009_permission_report")]
    operations = [
        migrations.RenameField("run", "cancel_asked", "cancel_requested"),
        migrations.RenameField("connection", "external_id_made_at", "external_id_created_at"),
        migrations.RenameField("connection", "report", "trust_report"),
    ]
