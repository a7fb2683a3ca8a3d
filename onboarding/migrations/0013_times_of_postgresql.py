"""Times of runs, steps and resources are PostgreSQL's, not those of the host that writes a row."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0012_pgp_keys_disabled_and_removed")]
    operations = [
        migrations.AlterField("run", "created_at", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField("run", "due_at", models.DateTimeField(db_default=Now(), help_text="Earliest start.")),
        migrations.AddField(
            "run",
            "shut_out_since",
            models.DateTimeField(
                null=True, editable=False, help_text="Since when no session in the account could be opened."
            ),
        ),
        migrations.AlterField("resource", "intended_at", models.DateTimeField(db_default=Now())),
        migrations.AlterField("credential", "created_at", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField("streamupdate", "updated_at", models.DateTimeField(db_default=Now())),
    ]
