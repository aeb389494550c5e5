from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0004_change_during")]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["clinician", "starts_at"], name="appointment_of_clinician"),
        ),
    ]
