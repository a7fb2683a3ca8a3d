"""The result of the permission checks is a permission report, in the database as on its page."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0008_observations")]
    operations = [migrations.RenameField("connection", "sheet", "permission_report")]
