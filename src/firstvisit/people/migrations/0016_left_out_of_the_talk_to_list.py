"""Whom a talk-to list leaves out is asked of every request that arrives, and they are few."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0015_npi_of_referrers")]

    operations = [
        migrations.AddIndex(
            "guardian",
            models.Index(fields=["guardian"], condition=models.Q(may_be_told=False), name="guardian_left_out"),
        ),
    ]
