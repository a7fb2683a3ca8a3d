"""The rights that a tenant withholds from roles."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0007_audit_of_object'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='withheld_rights',
            field=models.JSONField(db_default=[], default=list, editable=False, help_text='Rights that its admins withhold from roles, as role:right (rights.py says which can be withheld).'),
        ),
    ]
