"""Filters and columns of a stream that are saved under a name."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0023_field_changes'),
        ('onboarding', '0034_key_events_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StreamView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('wanted', models.CharField(blank=True, help_text='The filter.', max_length=500)),
                ('columns', models.CharField(blank=True, max_length=1000)),
                ('is_default', models.BooleanField(default=False)),
                ('saved_by', models.CharField(max_length=254)),
                ('saved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stream_views', to='onboarding.integration')),
                ('person', models.ForeignKey(help_text='Empty: for everyone in the tenant.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='stream_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('integration', 'person', 'name'), name='stream_view_once'), models.UniqueConstraint(condition=models.Q(('person', None)), fields=('integration', 'name'), name='shared_stream_view_once'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('integration', 'person'), name='default_view_once'), models.UniqueConstraint(condition=models.Q(('is_default', True), ('person', None)), fields=('integration',), name='shared_default_view_once')],
            },
        ),
        isolation.by_row("monitoring_streamview", integration_id="onboarding_integration"),
    ]
