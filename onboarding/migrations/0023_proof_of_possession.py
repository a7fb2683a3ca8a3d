"""Proof of possession: challenges that are encrypted to a recipient's key, and the proofs."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import onboarding.models.identifiers
from portal import isolation


class Migration(migrations.Migration):

    dependencies = [
        ('onboarding', '0022_producer_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='PossessionChallenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(default=onboarding.models.identifiers.new_uid, editable=False, max_length=12, unique=True)),
                ('key_id', models.CharField(help_text='The encryption subkey that opens it.', max_length=16)),
                ('ciphertext', models.TextField()),
                ('code_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('created_by', models.CharField(max_length=254)),
                ('expires_at', models.DateTimeField()),
                ('wrong_answers', models.PositiveSmallIntegerField(default=0)),
                ('ended_at', models.DateTimeField(help_text='When it was answered, replaced, or tried too often.', null=True)),
                ('pgp_key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='challenges', to='onboarding.pgpkey')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('pgp_key',), name='challenge_live_once')],
            },
        ),
        migrations.CreateModel(
            name='PossessionProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_id', models.CharField(help_text='The encryption subkey that it holds for.', max_length=16)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('actor', models.CharField(max_length=254)),
                ('excuse', models.CharField(blank=True, help_text='Why no proof is required; empty for a proof.', max_length=300)),
                ('pgp_key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='onboarding.pgpkey')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(fields=('pgp_key', 'key_id'), name='possession_once_for_subkey')],
            },
        ),
        isolation.by_row("onboarding_possessionchallenge", pgp_key_id="onboarding_pgpkey"),
        isolation.by_row("onboarding_possessionproof", pgp_key_id="onboarding_pgpkey"),
    ]
