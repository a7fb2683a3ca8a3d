"""Links for readers of shared data streams."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_withheld_rights")]

    operations = [
        migrations.AlterField(
            model_name="expiringlink",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("aws-administrator", "AWS administrator"),
                    ("share", "Reader of a shared stream"),
                ],
                max_length=20,
            ),
        ),
    ]
