from django.db import migrations

DEFAULTS = """
ALTER TABLE kernel_auditrow
    ALTER COLUMN at SET DEFAULT clock_timestamp(),
    ALTER COLUMN era SET DEFAULT 1,
    ALTER COLUMN transaction SET DEFAULT pg_current_xact_id()::text::bigint;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop)]
