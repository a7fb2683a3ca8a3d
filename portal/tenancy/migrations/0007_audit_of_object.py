"""An index for what was done with one thing: the history of an access key. It is built while events are written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('tenancy', '0006_api_tokens'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='auditevent',
            index=models.Index(fields=['tenant', 'object_id', '-at', '-id'], name='audit_of_object_newest_first'),
        ),
    ]
