"""A program that fetches a key with a token has one receipt for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0017_row_level_security'),
        ('tenancy', '0006_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='download',
            name='token',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='tenancy.apitoken'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.UniqueConstraint(fields=('copy', 'token'), name='download_once_by_token'),
        ),
    ]
