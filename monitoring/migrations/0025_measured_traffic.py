"""Two weeks of a stream's traffic, for advice on its shards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0024_stream_views")]

    operations = [
        migrations.AddField(
            model_name="streamhealth",
            name="traffic",
            field=models.JSONField(
                editable=False, help_text="The busiest minute and the sums of each of the last 14 days.", null=True
            ),
        ),
    ]
