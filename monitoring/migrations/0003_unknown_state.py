from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_health_messages")]

    operations = [
        migrations.AlterField(
            model_name="streamhealth",
            name="state",
            field=models.CharField(
                choices=[
                    ("healthy", "Healthy"),
                    ("attention", "Attention"),
                    ("failing", "Failing"),
                    ("unknown", "Unknown"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
    ]
