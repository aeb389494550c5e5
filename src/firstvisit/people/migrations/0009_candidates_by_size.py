"""The more people are stored, the more share something with a newcomer by chance: what is worth opening grows by a bit
with every doubling, and stays two bits below what names one among them all. `worth` is the least, in small stores."""

from django.db import migrations

MAKE = """
CREATE OR REPLACE FUNCTION people_candidates(
    wanted integer[], parts integer[], bits integer[], worth integer, cap integer, most integer)
RETURNS TABLE (id uuid, shared integer)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off AS $$
DECLARE
    chance integer := ceil(log(2, greatest((SELECT reltuples FROM pg_class WHERE oid = 'people_person'::regclass), 1)
        ::numeric)) - 2;
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
    WHERE weighed.sum >= greatest(worth, chance)
    ORDER BY weighed.sum DESC, weighed.person_id
    LIMIT most;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0008_candidates_without_jit")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
