from django.db import migrations

BELL = """
CREATE FUNCTION coverage_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('firstvisit_ask', '');
    RETURN NULL;
END $$;
CREATE TRIGGER coverage_ring AFTER INSERT ON coverage_check
    FOR EACH STATEMENT EXECUTE FUNCTION coverage_ring();
"""
SILENCE = "DROP TRIGGER coverage_ring ON coverage_check; DROP FUNCTION coverage_ring();"


class Migration(migrations.Migration):
    """A new question wakes whoever asks payers; without the bell it would be asked a moment later."""

    dependencies = [("coverage", "0002_authorization_request")]
    operations = [migrations.RunSQL(BELL, SILENCE)]
