from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0009_what_the_emr_was_told")]

    operations = [
        migrations.AddField("appointment", "cancelled_by", models.CharField(max_length=8, default="")),
    ]
