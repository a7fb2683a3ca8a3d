"""Links that open a board on a screen."""

import django.db.models.deletion
import django.db.models.functions.datetime
import onboarding.models.identifiers
from django.conf import settings
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0012_stream_readers'),
        ('tenancy', '0007_audit_of_object'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WallLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(help_text='Where the screen is.', max_length=60)),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(editable=False, help_text='To the minute.', null=True)),
                ('last_used_from', models.CharField(blank=True, db_default='', help_text='The IP address then.', max_length=45)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('person', models.ForeignKey(help_text='Who created it.', on_delete=django.db.models.deletion.PROTECT, related_name='wall_links', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(help_text='Whose board it shows; empty: the board of all tenants.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wall_links', to='tenancy.tenant')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        isolation.by_tenant("monitoring_walllink"),
    ]
