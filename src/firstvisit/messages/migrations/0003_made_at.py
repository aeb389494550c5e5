from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messages", "0002_bell")]

    operations = [
        migrations.AddField("message", "made_at", models.DateTimeField(null=True)),
        migrations.RunSQL("UPDATE messages_message SET made_at = wanted_at", migrations.RunSQL.noop),
        migrations.AlterField("message", "made_at", models.DateTimeField()),
    ]
