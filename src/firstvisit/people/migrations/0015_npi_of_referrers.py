"""Whoever stated an NPI was found by its token; of all others the token is no NPI's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0014_merged_after_told_apart")]

    operations = [
        migrations.AddField("organizationperson", "npi", models.UUIDField(db_index=True, null=True)),
        migrations.RunSQL("UPDATE people_organizationperson SET npi = token", migrations.RunSQL.noop),
    ]
