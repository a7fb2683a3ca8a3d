from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    """Connections with a clock for their external ID, optional rights, a suffix of their own, and a permission sheet.

    External IDs made before count their 48 hours from this migration.
    """

    dependencies = [
        ("onboarding", "0002_removal"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_deletion",
            field=models.BooleanField(default=True, help_text="The grant lets Sluice delete what it made."),
        ),
        migrations.AddField(
            model_name="connection",
            name="allow_sampling",
            field=models.BooleanField(default=True, help_text="The grant lets Sluice read samples of records."),
        ),
        migrations.AddField(
            model_name="connection",
            name="checked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="external_id_made_at",
            field=models.DateTimeField(default=timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="connection",
            name="first_tried_at",
            field=models.DateTimeField(editable=False, help_text="First test of this external ID.", null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="name_suffix",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Ends the names of the role and its policies; a second role has one.",
                max_length=13,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="connection",
            name="sheet",
            field=models.JSONField(default=dict, help_text="The permission sheet, as it was last filled."),
        ),
        migrations.AlterField(
            model_name="connection",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "not verified yet"),
                    ("verified", "verified"),
                    ("refused", "refused"),
                    ("waiting", "still propagating"),
                    ("degraded", "degraded"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="connection",
            name="verified_at",
            field=models.DateTimeField(editable=False, help_text="When the role last passed its test.", null=True),
        ),
    ]
