from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0007_expected_hours")]

    operations = [
        migrations.AddField(
            model_name="expectedhours",
            name="read_seconds",
            field=models.PositiveIntegerField(
                help_text="How often metrics are read while no one watches; the portal's setting where it is null.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="streamhealth",
            name="metrics_last",
            field=models.PositiveIntegerField(
                default=0, editable=False, help_text="Metrics that the last collection asked for."
            ),
        ),
        migrations.AddField(
            model_name="streamhealth",
            name="metrics_month",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="streamhealth",
            name="metrics_requested",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, help_text="Metrics that were asked of CloudWatch in `metrics_month`."
            ),
        ),
        migrations.AddField(
            model_name="streamhealth",
            name="valid_until",
            field=models.DateTimeField(help_text="Until when this is shown as the present state.", null=True),
        ),
    ]
