"""Which fields of records staff see, and who unmasked records for a while."""

import django.db.models.deletion
import django.db.models.functions.datetime
import onboarding.models.identifiers
from django.conf import settings
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0017_schema_registry'),
        ('onboarding', '0031_readers'),
        ('tenancy', '0008_withheld_rights'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField(default=list, help_text='Dotted paths, in the order of the alphabet.')),
                ('shows_partition_key', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_by', models.CharField(max_length=254)),
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='record_access', to='tenancy.tenant')),
            ],
            options={
                'verbose_name_plural': 'record access',
            },
        ),
        migrations.CreateModel(
            name='Unmasking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('reason', models.CharField(max_length=300)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(help_text='When a person ended it before its time.', null=True)),
                ('ended_by', models.CharField(blank=True, db_default='', max_length=254)),
                ('integration', models.ForeignKey(help_text='The stream; empty: every stream of the tenant.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='unmaskings', to='onboarding.integration')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unmaskings', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unmaskings', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['person', 'tenant', 'ends_at'], name='unmasking_of_person')],
            },
        ),
        isolation.by_tenant("monitoring_recordaccess"),
        isolation.by_tenant("monitoring_unmasking"),
    ]
