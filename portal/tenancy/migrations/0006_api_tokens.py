"""API tokens: found by their hash, before anything of a tenant is known."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0005_row_level_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What uses it.', max_length=60)),
                ('scopes', models.JSONField(default=list, help_text='Rights that it may use while its person has them.')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.CharField(max_length=254)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(editable=False, help_text='To the minute.', null=True)),
                ('last_used_from', models.CharField(blank=True, db_default='', help_text='The IP address then.', max_length=45)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(help_text='The only tenant in which it can be used; empty: wherever its person has the rights.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='tenancy.tenant')),
            ],
            options={
                'verbose_name': 'API token',
                'ordering': ['-pk'],
            },
        ),
    ]
