from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0007_appointment_came_from")]

    operations = [
        migrations.AddField("outgoing", "said", models.BinaryField(null=True)),
        migrations.AddField("outgoing", "revision", models.IntegerField(null=True)),
        migrations.AddField("outgoing", "corrects", models.JSONField(default=list)),
    ]
