from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("booking", "0012_claim_of_resource")]

    operations = [
        migrations.AddConstraint(
            "claim",
            models.CheckConstraint(
                condition=Q(during__endswith__lte=F("during__startswith") + timedelta(days=1)),
                name="claim_within_a_day",
            ),
        ),
    ]
