"""Whoever states a patient who is here already stays a stranger to them until a person has said otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0016_left_out_of_the_talk_to_list")]

    operations = [
        migrations.AddField("guardian", "stranger", models.BooleanField(default=False, db_default=False)),
    ]
