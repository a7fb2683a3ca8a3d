"""Who was sent records of which stream."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0015_shared_alerts'),
        ('onboarding', '0031_readers'),
        ('tenancy', '0007_audit_of_object'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream_uid', models.CharField(max_length=12)),
                ('stream_name', models.CharField(max_length=128)),
                ('email', models.CharField(help_text='The person’s address at that time.', max_length=254)),
                ('is_staff', models.BooleanField(help_text='The person worked for the vendor.')),
                ('session', models.CharField(help_text='Tells sessions of one person apart.', max_length=16)),
                ('source', models.CharField(choices=[('live', 'Newest records'), ('history', 'History'), ('download', 'Download')], max_length=8)),
                ('is_masked', models.BooleanField()),
                ('filter_text', models.CharField(blank=True, db_default='', help_text='As it was typed.', max_length=500)),
                ('shards', models.JSONField(default=dict, help_text='First and last sequence number of each shard.')),
                ('has_more_shards', models.BooleanField(default=False, help_text='Records of more shards were sent.')),
                ('arrived_from', models.DateTimeField(help_text='Arrival of the oldest record.')),
                ('arrived_until', models.DateTimeField(help_text='Arrival of the newest record.')),
                ('records', models.PositiveBigIntegerField(help_text='How many were sent.')),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the first were sent.')),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the last were sent.')),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='record_reads', to='onboarding.integration')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_reads', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_reads', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['tenant', '-id'], name='record_read_of_tenant'), models.Index(fields=['integration', 'person', 'session'], name='record_read_of_session'), models.Index(fields=['last_at'], name='record_read_last_at')],
            },
        ),
        isolation.by_tenant("monitoring_recordread"),
    ]
