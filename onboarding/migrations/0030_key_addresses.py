"""Addresses outside of the vendor's networks from which an access key was used, and when CloudTrail was read."""

import django.db.models.deletion
import django.db.models.functions.datetime
import onboarding.models.identifiers
import portal.messages.fields
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0029_mail_copies'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='trail_checked_at',
            field=models.DateTimeField(editable=False, help_text='When the request was sent to CloudTrail that was answered last.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='trail_problem',
            field=portal.messages.fields.MessageField(blank=True, editable=False, help_text='Why CloudTrail was not read.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='trail_requested_at',
            field=models.DateTimeField(editable=False, help_text='When the newest request was sent to CloudTrail.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='trail_since',
            field=models.DateTimeField(editable=False, help_text="Since when all of the key's events were read.", null=True),
        ),
        migrations.CreateModel(
            name='KeyAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('source', models.CharField(choices=[('cloudtrail', 'CloudTrail'), ('vendor', 'the vendor’s sender')], max_length=10)),
                ('address', models.CharField(help_text='The IP address.', max_length=45)),
                ('vpc_endpoint_id', models.CharField(blank=True, help_text='VPC endpoint of the last call.', max_length=64)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('operation', models.CharField(help_text='Last call, such as kinesis:ListStreams.', max_length=200)),
                ('error_code', models.CharField(blank=True, help_text="AWS's error of the last call.", max_length=128)),
                ('reported_by', models.CharField(blank=True, help_text='Person whose token reported it.', max_length=254)),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('accepted_at', models.DateTimeField(help_text='When it was accepted as expected.', null=True)),
                ('accepted_by', models.CharField(blank=True, max_length=254)),
                ('accepted_reason', models.CharField(blank=True, max_length=300)),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='onboarding.credential')),
            ],
            options={
                'verbose_name_plural': 'key addresses',
                'ordering': ['-last_seen_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('credential', 'source', 'address'), name='key_address_once')],
            },
        ),
        isolation.by_row("onboarding_keyaddress", credential_id="onboarding_credential"),
    ]
