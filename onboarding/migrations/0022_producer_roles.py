"""A producer by role: its external ID, and what the vendor's sender reported of it."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import onboarding.models.identifiers
import uuid
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0021_key_use'),
        ('tenancy', '0006_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='integration',
            name='producer_external_id',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, help_text='External ID of the role that the vendor assumes to send records.'),
        ),
        migrations.CreateModel(
            name='ProducerRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('arn', models.CharField(max_length=2048)),
                ('state', models.CharField(choices=[('waiting', "Waiting for the vendor's test"), ('ready', 'Ready'), ('in_use', 'In use'), ('retired', 'Removed')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('report', models.JSONField(default=dict, help_text="What the vendor's sender reported last.")),
                ('reported_at', models.DateTimeField(null=True)),
                ('reported_by', models.CharField(blank=True, max_length=254)),
                ('ready_at', models.DateTimeField(help_text="When the vendor's sender first reported that it works.", null=True)),
                ('in_use_at', models.DateTimeField(help_text="When the vendor's sender first sent records with it.", null=True)),
                ('left_at', models.DateTimeField(help_text="When the vendor's sender reported that it sends with an access key again.", null=True)),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='producer_roles', to='onboarding.integration')),
                ('token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='producer_roles', to='tenancy.apitoken')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'retired'), _negated=True), fields=('integration',), name='one_producer_role')],
            },
        ),
        isolation.by_row('onboarding_producerrole', integration_id='onboarding_integration'),
    ]
