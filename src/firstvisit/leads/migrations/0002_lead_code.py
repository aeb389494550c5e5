from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE leads_lead_code", "DROP SEQUENCE leads_lead_code"),
    ]
