"""Mail of access keys: the address of a recipient, and copies as PGP/MIME mails have them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0028_diagnoses'),
    ]

    operations = [
        migrations.AddField(
            model_name='pgpkey',
            name='mail_address',
            field=models.EmailField(blank=True, db_default='', default='', help_text='Where new access keys are mailed; empty for no mail.', max_length=254),
        ),
        migrations.CreateModel(
            name='MailCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ciphertext', models.TextField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('address', models.EmailField(blank=True, db_default='', default='', help_text='Where it was last queued to; empty for not yet.', max_length=254)),
                ('accepted_at', models.DateTimeField(help_text='When the mail server accepted it.', null=True)),
                ('copy', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_copy', to='onboarding.sealedcopy')),
            ],
            options={
                'verbose_name_plural': 'mail copies',
            },
        ),
        isolation.by_row("onboarding_mailcopy", copy_id="onboarding_sealedcopy"),
    ]
