"""Of candidates who share equally much those are opened first whose blocks, taken together, hash lowest. By the lowest
block alone (0009) two of one family stood equal, and who came first in the tables decided: a file brought in at once
and its rows one by one could ask about different people."""

from django.db import migrations

MAKE = """
CREATE OR REPLACE FUNCTION people_candidates(
    wanted integer[], parts integer[], bits integer[], worth integer, cap integer, most integer)
RETURNS TABLE (id uuid, shared integer)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off AS $$
BEGIN
    RETURN QUERY
    SELECT weighed.person_id, weighed.sum
    FROM (
        SELECT person_id, hashed, (part & 1) * bits[1] + (part >> 1 & 1) * bits[2] + (part >> 2 & 1) * bits[3]
            + (part >> 3 & 1) * bits[4] + (part >> 4 & 1) * bits[5] + (part >> 5 & 1) * bits[6]
            + (part >> 6 & 1) * bits[7] + (part >> 7 & 1) * bits[8] + (part >> 8 & 1) * bits[9]
            + (part >> 9 & 1) * bits[10] AS sum
        FROM (
            SELECT near.person_id, min(near.hashed) AS hashed, bit_or(block.part) AS part
            FROM unnest(wanted, parts) AS block (token, part)
            CROSS JOIN LATERAL (
                SELECT array_agg(one.id) AS ids, array_agg(one.hashed) AS hashes FROM (
                    SELECT person.id, hash_array_extended(person.blocks, 0) AS hashed FROM people_person person
                    WHERE person.blocks @> ARRAY[block.token] LIMIT cap + 1
                ) one
            ) sharing
            CROSS JOIN LATERAL unnest(sharing.ids, sharing.hashes) AS near (person_id, hashed)
            WHERE cardinality(sharing.ids) <= cap
            GROUP BY near.person_id
        ) found
    ) weighed
    WHERE weighed.sum >= worth
    ORDER BY weighed.sum DESC, weighed.hashed, weighed.person_id
    LIMIT most;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_ties_by_what_people_are")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
