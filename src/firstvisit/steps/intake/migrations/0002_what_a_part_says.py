import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('intake', '0001_initial')]

    operations = [
        migrations.AddField('part', 'at', models.DateTimeField(null=True)),
        migrations.RunSQL(
            'UPDATE intake_part SET at = item.received_at FROM intake_item item WHERE item.id = item_id',
            migrations.RunSQL.noop,
        ),
        migrations.AlterField('part', 'at', models.DateTimeField()),
        migrations.AddField(
            'part',
            'red_flags',
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), default=list, size=None
            ),
        ),
        migrations.AddField('part', 'names_patient', models.BooleanField(default=True)),
    ]
