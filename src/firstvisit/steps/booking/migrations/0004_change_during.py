"""Changes are read by when they are."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("booking", "0003_outgoing")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=django.contrib.postgres.indexes.GistIndex(fields=["during"], name="change_during"),
        ),
    ]
