"""Who shares enough with a newcomer to be opened: one question however many blocks there are.

Each wanted block comes with the parts of the record it stands for (bits of a number). What somebody shares in all
common blocks together is weighed part by part, so that ten blocks of one name count once.

A block that more than `cap` people share (a nursing home's telephone, a birth date of January 1 1900) says little and
would cost much: it is left out. Without `enable_seqscan = off` the planner, who cannot know how rare a block is,
might read the whole table.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION people_candidates(
    wanted integer[], parts integer[], bits integer[], worth integer, cap integer, most integer)
RETURNS TABLE (id uuid, shared integer)
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT weighed.person_id, weighed.sum
    FROM (
        SELECT person_id, (part & 1) * bits[1] + (part >> 1 & 1) * bits[2] + (part >> 2 & 1) * bits[3]
            + (part >> 3 & 1) * bits[4] + (part >> 4 & 1) * bits[5] + (part >> 5 & 1) * bits[6]
            + (part >> 6 & 1) * bits[7] + (part >> 7 & 1) * bits[8] + (part >> 8 & 1) * bits[9]
            + (part >> 9 & 1) * bits[10] AS sum
        FROM (
            SELECT near.person_id, bit_or(block.part) AS part
            FROM unnest(wanted, parts) AS block (token, part)
            CROSS JOIN LATERAL (
                SELECT array_agg(one.id) AS ids FROM (
                    SELECT person.id FROM people_person person
                    WHERE person.blocks @> ARRAY[block.token] LIMIT cap + 1
                ) one
            ) sharing
            CROSS JOIN LATERAL unnest(sharing.ids) AS near (person_id)
            WHERE cardinality(sharing.ids) <= cap
            GROUP BY near.person_id
        ) found
    ) weighed
    WHERE weighed.sum >= worth
    ORDER BY weighed.sum DESC, weighed.person_id
    LIMIT most;
END
$$
"""
BEFORE = "DROP FUNCTION people_candidates(integer[], integer, integer)"
UNDO = "DROP FUNCTION people_candidates(integer[], integer[], integer[], integer, integer, integer)"


class Migration(migrations.Migration):
    dependencies = [("people", "0006_households_are_read")]

    operations = [
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
        migrations.RunSQL(MAKE, UNDO),
    ]
