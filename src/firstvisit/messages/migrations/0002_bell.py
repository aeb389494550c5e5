from django.db import migrations

BELL = """
CREATE FUNCTION messages_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('firstvisit_due', '');
    RETURN NULL;
END $$;
CREATE TRIGGER messages_ring AFTER INSERT ON messages_message
    FOR EACH STATEMENT EXECUTE FUNCTION messages_ring();
"""
SILENCE = "DROP TRIGGER messages_ring ON messages_message; DROP FUNCTION messages_ring();"


class Migration(migrations.Migration):
    """A new message wakes the worker's sweep; without the bell it would look a moment later."""

    dependencies = [("messages", "0001_initial")]
    operations = [migrations.RunSQL(BELL, SILENCE)]
