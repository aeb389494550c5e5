"""Who shares blocks with a newcomer: one question however many blocks there are.

A block that more than `cap` people share (a nursing home's telephone, a birth date of January 1 1900) says little and
would cost much: it is left out. Without `enable_seqscan = off` the planner, who cannot know how rare a block is,
might read the whole table.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION people_candidates(wanted integer[], cap integer, most integer)
RETURNS TABLE (id uuid, shared bigint)
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT found.person_id, count(*)
    FROM (
        SELECT near.person_id, count(*) OVER (PARTITION BY block.token) AS together
        FROM unnest(wanted) AS block (token)
        CROSS JOIN LATERAL (
            SELECT person.id AS person_id FROM people_person person
            WHERE person.blocks @> ARRAY[block.token] LIMIT cap + 1
        ) near
    ) found
    WHERE found.together <= cap
    GROUP BY found.person_id
    ORDER BY count(*) DESC, found.person_id
    LIMIT most;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_people_told_apart")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION people_candidates(integer[], integer, integer)"),
    ]
