"""Certificates that no thing has, and when a removal that failed is tried again."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import portal.messages.fields
from portal import isolation


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0042_fan_out")]

    operations = [
        migrations.AddField(
            model_name="devicework",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How many turns in a row AWS or the connection stopped."
            ),
        ),
        migrations.AddField(
            model_name="thing",
            name="attempts",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How often its removal failed."
            ),
        ),
        migrations.AddField(
            model_name="thing",
            name="retry_at",
            field=models.DateTimeField(help_text="Earliest next try of its removal.", null=True),
        ),
        migrations.CreateModel(
            name="UnusedCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("certificate_id", models.CharField(max_length=64)),
                (
                    "thing_name",
                    models.CharField(help_text="The thing for which it was created.", max_length=128),
                ),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "problem",
                    portal.messages.fields.MessageField(
                        blank=True, editable=False, help_text="Why it could not be deleted.", null=True
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="How often its deletion failed."
                    ),
                ),
                ("retry_at", models.DateTimeField(help_text="Earliest next try.", null=True)),
                (
                    "integration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unused_certificates",
                        to="onboarding.integration",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="unusedcertificate",
            constraint=models.UniqueConstraint(
                fields=("integration", "certificate_id"), name="unused_certificate_once"
            ),
        ),
        isolation.by_row("onboarding_unusedcertificate", integration_id="onboarding_integration"),
    ]
