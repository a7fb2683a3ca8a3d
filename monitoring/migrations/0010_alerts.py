"""Alerts with their streams, mutes and thresholds, and who is notified if no one acknowledges one."""

import django.db.models.deletion
import django.db.models.functions.datetime
import onboarding.models.identifiers
import portal.messages.fields
from django.conf import settings
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0009_stream_shards'),
        ('onboarding', '0029_mail_copies'),
        ('tenancy', '0007_audit_of_object'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('writes_throttled', 'Throttled writes'), ('write_usage', 'Near the write limit'), ('silence', 'Silence'), ('iterator_age', 'Consumer behind'), ('freshness', 'Delivery late'), ('delivery_failing', 'Delivery failing'), ('connection_broken', 'Connection broken'), ('metrics_missing', 'Streams not checked'), ('key_old', 'Access key old'), ('key_unused', 'Access key never used'), ('certificate_expiring', 'OpenPGP key expiring')], max_length=24)),
                ('cause', models.CharField(help_text='What the alert is about, such as stream-1f2e….', max_length=120)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('open', 'Open'), ('acknowledged', 'Acknowledged'), ('closed', 'Closed')], default='pending', max_length=12)),
                ('since', models.DateTimeField(help_text='From when on the condition held.')),
                ('seen_at', models.DateTimeField(help_text='When it was last known whether the condition holds.')),
                ('clear_since', models.DateTimeField(help_text='From when on it does not hold; null while it holds.', null=True)),
                ('flap_count', models.PositiveIntegerField(default=0, help_text='How often it held again before or after closing.')),
                ('value', models.FloatField(help_text='The newest measurement, in the unit of the rule.', null=True)),
                ('threshold', models.FloatField(help_text='The threshold at that time, in the same unit.', null=True)),
                ('title', portal.messages.fields.MessageField(blank=True, editable=False, help_text='The kind and the name of the cause.', null=True)),
                ('message', portal.messages.fields.MessageField(blank=True, editable=False, help_text='What is wrong, and what to do.', null=True)),
                ('evidence', portal.messages.fields.MessageField(blank=True, editable=False, help_text='What the health rules said of it.', null=True)),
                ('stream_count', models.PositiveIntegerField(default=1, help_text='How many streams it concerns.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('opened_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.CharField(blank=True, max_length=254)),
                ('note', models.CharField(blank=True, help_text='What was said when it was acknowledged.', max_length=300)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_because', portal.messages.fields.MessageField(blank=True, editable=False, help_text='Why it was closed.', null=True)),
                ('needs_notice', models.BooleanField(default=False, help_text='Opened, and no one was notified yet.')),
                ('notice_count', models.PositiveIntegerField(default=0, help_text='How often people were notified of it.')),
                ('notified_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='AlertSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('escalation_minutes', models.PositiveIntegerField(default=60)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('changed_by', models.CharField(max_length=254)),
                ('escalate_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='escalated_alerts', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='alert_settings', to='tenancy.tenant')),
            ],
            options={
                'verbose_name_plural': 'alert settings',
            },
        ),
        migrations.CreateModel(
            name='AlertStream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affected', to='monitoring.alert')),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alert_streams', to='onboarding.integration')),
            ],
        ),
        migrations.AddField(
            model_name='alert',
            name='streams',
            field=models.ManyToManyField(related_name='alerts', through='monitoring.AlertStream', to='onboarding.integration'),
        ),
        migrations.CreateModel(
            name='AlertThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('writes_throttled', 'Throttled writes'), ('write_usage', 'Near the write limit'), ('silence', 'Silence'), ('iterator_age', 'Consumer behind'), ('freshness', 'Delivery late'), ('delivery_failing', 'Delivery failing'), ('connection_broken', 'Connection broken'), ('metrics_missing', 'Streams not checked'), ('key_old', 'Access key old'), ('key_unused', 'Access key never used'), ('certificate_expiring', 'OpenPGP key expiring')], max_length=24)),
                ('value', models.FloatField(help_text='In the unit of the rule; null for none of its own.', null=True)),
                ('is_off', models.BooleanField(default=False, help_text='No alert of this kind is opened.')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('changed_by', models.CharField(max_length=254)),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alert_thresholds', to='onboarding.integration')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alert_thresholds', to='tenancy.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='AlertMute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('writes_throttled', 'Throttled writes'), ('write_usage', 'Near the write limit'), ('silence', 'Silence'), ('iterator_age', 'Consumer behind'), ('freshness', 'Delivery late'), ('delivery_failing', 'Delivery failing'), ('connection_broken', 'Connection broken'), ('metrics_missing', 'Streams not checked'), ('key_old', 'Access key old'), ('key_unused', 'Access key never used'), ('certificate_expiring', 'OpenPGP key expiring')], max_length=24)),
                ('reason', models.CharField(max_length=300)),
                ('ends_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.CharField(max_length=254)),
                ('ended_at', models.DateTimeField(help_text='When someone ended it before its time.', null=True)),
                ('ended_by', models.CharField(blank=True, max_length=254)),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to='monitoring.alert')),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alert_mutes', to='onboarding.integration')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alert_mutes', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['tenant', 'ends_at'], name='alert_mute_of_tenant')],
                'constraints': [models.CheckConstraint(condition=models.Q(('alert__isnull', False), ('integration__isnull', False), _connector='OR'), name='alert_mute_of_something')],
            },
        ),
        migrations.AddConstraint(
            model_name='alertstream',
            constraint=models.UniqueConstraint(fields=('alert', 'integration'), name='alert_stream_once'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['tenant', 'state', '-opened_at'], name='alert_of_tenant'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['tenant', 'cause'], name='alert_of_cause'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('pending', 'open', 'acknowledged'))), fields=('tenant', 'kind', 'cause'), name='alert_once_per_cause'),
        ),
        migrations.AddConstraint(
            model_name='alertthreshold',
            constraint=models.UniqueConstraint(condition=models.Q(('integration', None)), fields=('tenant', 'kind'), name='alert_threshold_of_tenant'),
        ),
        migrations.AddConstraint(
            model_name='alertthreshold',
            constraint=models.UniqueConstraint(fields=('integration', 'kind'), name='alert_threshold_of_stream'),
        ),
        isolation.by_tenant("monitoring_alert"),
        isolation.by_row("monitoring_alertstream", alert_id="monitoring_alert", integration_id="onboarding_integration"),
        isolation.by_tenant("monitoring_alertmute"),
        isolation.by_tenant("monitoring_alertthreshold"),
        isolation.by_tenant("monitoring_alertsettings"),
    ]
