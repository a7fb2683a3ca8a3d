"""A receipt also says from which address a copy was downloaded."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0023_proof_of_possession'),
    ]

    operations = [
        migrations.AddField(
            model_name='download',
            name='address',
            field=models.CharField(blank=True, db_default='', default='', help_text='The IP address.', max_length=45),
        ),
    ]
