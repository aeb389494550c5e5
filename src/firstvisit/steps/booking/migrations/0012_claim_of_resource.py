from django.db import migrations, models
from django.db.models import F, Func


class Migration(migrations.Migration):
    dependencies = [("booking", "0011_appointment_moved_at")]

    operations = [
        migrations.AddIndex(
            "claim", models.Index("resource", Func(F("during"), function="lower"), name="claim_of_resource")
        ),
    ]
