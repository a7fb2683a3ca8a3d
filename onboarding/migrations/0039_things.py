"""Devices that send through AWS IoT Core: things, the encrypted copies of their keys, and receipts."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import onboarding.models.identifiers
import portal.messages.fields
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0038_consumer_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeviceWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Earliest next turn.')),
                ('owner', models.CharField(blank=True, max_length=80)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('problem', portal.messages.fields.MessageField(blank=True, editable=False, help_text='Why it waits or failed.', null=True)),
                ('search_from', models.DateTimeField(help_text='Since when certificates may exist whose answer was lost; they are searched for.', null=True)),
                ('endpoint', models.CharField(blank=True, help_text='Host to which the devices connect.', max_length=200)),
                ('integration', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='device_work', to='onboarding.integration')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Thing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=128)),
                ('attributes', models.JSONField(default=dict)),
                ('recipients', models.JSONField(default=list, help_text='Fingerprints of the OpenPGP keys that get its private key.')),
                ('state', models.CharField(choices=[('requested', 'Waiting'), ('sealed', 'Key encrypted'), ('certified', 'Certificate created'), ('ready', 'Ready'), ('failed', 'Failed'), ('removing', 'Removing'), ('removed', 'Removed')], default='requested', max_length=10)),
                ('problem', portal.messages.fields.MessageField(blank=True, editable=False, help_text='Why it could not be created or removed.', null=True)),
                ('request', models.TextField(blank=True, help_text='The certificate request; public.')),
                ('public_key', models.CharField(blank=True, help_text='SHA-256 of its public key.', max_length=64)),
                ('certificate_intended_at', models.DateTimeField(help_text='Since when AWS may have created the certificate.', null=True)),
                ('certificate_id', models.CharField(blank=True, max_length=64)),
                ('certificate_arn', models.CharField(blank=True, max_length=200)),
                ('certificate_pem', models.TextField(blank=True, help_text='The certificate; public.')),
                ('requested_by', models.CharField(max_length=254)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('ready_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('integration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='things', to='onboarding.integration')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ThingDownload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.CharField(max_length=254)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('address', models.CharField(blank=True, help_text='The IP address.', max_length=45)),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='downloads', to='onboarding.thing')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='ThingKeyCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('fingerprint', models.CharField(max_length=40)),
                ('ciphertext', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='onboarding.thing')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='thing',
            index=models.Index(fields=['integration', 'state'], name='thing_by_state'),
        ),
        migrations.AddConstraint(
            model_name='thing',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'removed'), _negated=True), fields=('integration', 'name'), name='thing_name_once'),
        ),
        migrations.AddConstraint(
            model_name='thingkeycopy',
            constraint=models.UniqueConstraint(fields=('thing', 'fingerprint'), name='thing_copy_once'),
        ),
        isolation.by_row("onboarding_devicework", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_thing", integration_id="onboarding_integration"),
        isolation.by_row("onboarding_thingkeycopy", thing_id="onboarding_thing"),
        isolation.by_row("onboarding_thingdownload", thing_id="onboarding_thing"),
    ]
