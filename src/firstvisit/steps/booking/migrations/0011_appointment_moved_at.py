from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0010_appointment_cancelled_by")]

    operations = [
        migrations.AddField("appointment", "moved_at", models.DateTimeField(null=True)),
    ]
