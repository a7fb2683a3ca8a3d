"""One word for one thing: self-managed, no access, abandoned, checked."""

from django.db import migrations, models


def rename_states(apps, schema_editor):
    """Give stored states their new values."""
    apps.get_model("onboarding", "Integration").objects.filter(state="self_run").update(state="self_managed")
    apps.get_model("onboarding", "Connection").objects.filter(state="self_run").update(state="no_access")


class Migration(migrations.Migration):

    dependencies = [("onboarding", "0002_stream_updates")]

    operations = [
        migrations.RunPython(rename_states, migrations.RunPython.noop, elidable=True),
        migrations.RenameField("integration", "forgotten_at", "abandoned_at"),
        migrations.RenameField("integration", "drift_asked_at", "drift_requested_at"),
        migrations.RenameField("integration", "drift_looked_at", "drift_checked_at"),
        migrations.RenameField("integration", "drift_trouble", "drift_problem"),
        migrations.AlterField(
            "connection",
            "state",
            models.CharField(
                choices=[
                    ("draft", "Not verified yet"),
                    ("verified", "Verified"),
                    ("refused", "Verification failed"),
                    ("waiting", "Propagating"),
                    ("degraded", "Degraded"),
                    ("no_access", "No access"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "integration",
            "state",
            models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("provisioning", "Creating"),
                    ("live", "Live"),
                    ("self_managed", "Self-managed"),
                    ("attention", "Needs attention"),
                    ("removing", "Removing"),
                    ("removed", "Removed"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
    ]
