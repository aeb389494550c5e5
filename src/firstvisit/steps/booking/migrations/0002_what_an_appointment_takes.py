import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_supply_and_claims")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="resources",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="claimed",
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True),
        ),
        migrations.AddField(
            model_name="appointment", name="new_patient", field=models.BooleanField(default=False)
        ),
    ]
