from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0041_share_keys")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="allow_fanout",
            field=models.BooleanField(
                default=False, help_text="Allow Sluice to register consumers with data streams (enhanced fan-out)."
            ),
        ),
    ]
