"""The address of the schema registry with the schemas of a stream's records."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0016_record_reads")]

    operations = [
        migrations.AddField(
            model_name="expectedhours",
            name="schema_registry",
            field=models.CharField(
                blank=True, help_text="Address of the Confluent Schema Registry of the stream's records.", max_length=500
            ),
        ),
    ]
