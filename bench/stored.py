"""Filling a database with many leads by copying real ones inside the database, row by row of every table."""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from installation import Installation, Sender, referral

SEED = 500


def leads() -> int:
    """How many leads are stored."""
    return _one("SELECT count(*) FROM leads_lead")


def database_bytes() -> int:
    """The size of the database on disk."""
    return _one("SELECT pg_database_size(current_database())")


def fill(
    installation: Installation, wanted: int, body: Callable[[int], dict[str, object]] = referral
) -> None:
    """Bring the store to about `wanted` leads: 500 real ones through the door, as `body` makes them, the rest
    copies with ids, tokens and codes of their own. Copied sealed values do not open; `reseal` makes those open
    that a measured page shows.
    """
    have = leads()
    if wanted <= have:
        return
    if have < SEED:
        Sender(installation, body).send(list(range(SEED)), clients=4)
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT max(number) FROM leads_lead")
        while (have := leads()) < wanted:
            copies = max(1, min(40, (wanted - have) // SEED))
            for statement in _COPIES:
                cursor.execute(statement, {"copies": copies, "seed": SEED, "salt": str(have)})
        cursor.execute("SELECT setval('leads_lead_code', (SELECT max(number) FROM leads_lead))")
        cursor.execute("ANALYZE")


def reseal(count: int) -> None:
    """Give the people of the `count` leads due first identities that open, as real ones would."""
    from firstvisit.kernel import seal
    from firstvisit.kernel.models import DataKey
    from firstvisit.leads.models import Task
    from firstvisit.people.models import Person

    keys = seal.ring()
    first = (
        Task.objects.filter(status="open")
        .order_by("-safety", "due_at", "id")[:count]
        .values_list("lead_id", flat=True)
    )
    people = Person.objects.filter(leads__in=list(first)) | Person.objects.filter(speaks_on__in=list(first))
    for person in people.distinct():
        raw = os.urandom(32)
        key = seal.OpenKey(person.key_id, AESGCM(raw))
        identity = {"first_name": "Mia", "last_name": "Example", "phone": "+16085550142"}
        DataKey.objects.filter(id=person.key_id).update(
            wrapped=seal.wrap(raw, person.key_id, keys), master=keys.current
        )
        person.sealed = seal.seal_json(key, "people_person", "sealed", person.id, identity)
        person.save(update_fields=["sealed"])


def _one(query: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _new(column: str) -> str:
    """A new id for a copied row: the same old id and copy give the same new id in every table."""
    return f"md5({column}::text || %(salt)s || copy.n)::uuid"


def _key(column: str) -> str:
    """The key of a planned thing, about the copied lead and caused by the copied item."""
    about = f"replace({column}, lead.id::text, ({_new('lead.id')})::text)"
    return f"replace({about}, opened.item_id::text, ({_new('opened.item_id')})::text)"


_OPENED = "JOIN intake_part opened ON opened.lead_id = lead.id AND opened.\"end\" = 'opened'"
_OLD = "(SELECT * FROM leads_lead ORDER BY number LIMIT %(seed)s) lead CROSS JOIN generate_series(1, %(copies)s) copy(n)"
_COPIES = [
    f"""INSERT INTO kernel_datakey (id, wrapped, master)
        SELECT {_new("key.id")}, key.wrapped, key.master FROM {_OLD}
        JOIN people_person person ON person.id IN (lead.patient_id, lead.contact_id) JOIN kernel_datakey key ON key.id = person.key_id
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO people_person
        SELECT (jsonb_populate_record(person, jsonb_build_object('id', {_new("person.id")},
               'key_id', {_new("person.key_id")}))).* FROM {_OLD}
        JOIN people_person person ON person.id IN (lead.patient_id, lead.contact_id) ON CONFLICT DO NOTHING""",
    f"""INSERT INTO people_personkey (token, person_id)
        SELECT {_new("mark.token")}, {_new("mark.person_id")} FROM {_OLD}
        JOIN people_personkey mark ON mark.person_id IN (lead.patient_id, lead.contact_id) ON CONFLICT DO NOTHING""",
    f"""INSERT INTO people_contactpoint
        SELECT (jsonb_populate_record(point, jsonb_build_object('id', {_new("point.id")}, 'person_id', {_new("point.person_id")},
               'token', {_new("point.token")}))).* FROM {_OLD}
        JOIN people_contactpoint point ON point.person_id IN (lead.patient_id, lead.contact_id) ON CONFLICT DO NOTHING""",
    f"""INSERT INTO people_consententry (person_id, channel, given, wording, address, source_kind, source_id, at)
        SELECT {_new("entry.person_id")}, entry.channel, entry.given, entry.wording, {_new("entry.address")},
               entry.source_kind, entry.source_id, entry.at FROM {_OLD}
        JOIN people_consententry entry ON entry.person_id = lead.contact_id""",
    f"""INSERT INTO leads_lead
        SELECT (made.row).* FROM (
            SELECT jsonb_populate_record(lead, jsonb_build_object('id', {_new("lead.id")}, 'number', nextval('leads_lead_code'),
                   'patient_id', {_new("lead.patient_id")}, 'contact_id', {_new("lead.contact_id")})) AS row
            FROM leads_lead lead CROSS JOIN generate_series(1, %(copies)s) copy(n)
            WHERE lead.number IN (SELECT number FROM leads_lead ORDER BY number LIMIT %(seed)s) OFFSET 0) made""",
    f"""INSERT INTO leads_leadreferral (lead_id, key_id, sealed)
        SELECT {_new("lead.id")}, {_new("reading.key_id")}, reading.sealed FROM {_OLD}
        JOIN leads_leadreferral reading ON reading.lead_id = lead.id""",
    f"""INSERT INTO leads_factsrow
        SELECT (jsonb_populate_record(facts, jsonb_build_object('lead_id', {_new("lead.id")}))).* FROM {_OLD}
        JOIN leads_factsrow facts ON facts.lead_id = lead.id""",
    f"""INSERT INTO intake_item
        SELECT (jsonb_populate_record(item, jsonb_build_object('id', {_new("item.id")}, 'token', NULL))).* FROM {_OLD}
        JOIN intake_part part ON part.lead_id = lead.id JOIN intake_item item ON item.id = part.item_id
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO intake_part
        SELECT (jsonb_populate_record(part, jsonb_build_object('id', {_new("part.id")}, 'lead_id', {_new("lead.id")},
               'item_id', {_new("part.item_id")}))).* FROM {_OLD} JOIN intake_part part ON part.lead_id = lead.id""",
    f"""INSERT INTO leads_decisionrow
        SELECT (jsonb_populate_record(row, jsonb_build_object('id', {_new("row.id")}, 'lead_id', {_new("lead.id")}))).* FROM {_OLD}
        JOIN leads_decisionrow row ON row.lead_id = lead.id""",
    f"""INSERT INTO leads_task
        SELECT (jsonb_populate_record(task, jsonb_build_object('id', {_new("task.id")}, 'lead_id', {_new("lead.id")},
               'about_id', {_new("lead.id")}, 'key', {_key("task.key")}))).* FROM {_OLD}
        JOIN leads_task task ON task.lead_id = lead.id {_OPENED}""",
    f"""INSERT INTO leads_event (lead_id, subject_kind, subject_id, name, at, actor, data, event_id)
        SELECT {_new("lead.id")}, event.subject_kind, {_new("lead.id")}, event.name, event.at, event.actor, event.data,
               {_new("event.event_id")} FROM {_OLD} JOIN leads_event event ON event.lead_id = lead.id""",
    f"""INSERT INTO messages_message
        SELECT (jsonb_populate_record(message, jsonb_build_object('id', {_new("message.id")}, 'lead_id', {_new("lead.id")},
               'person_id', {_new("message.person_id")}, 'key', {_key("message.key")}, 'status', 'sent',
               'ended_at', message.wanted_at))).* FROM {_OLD}
        JOIN messages_message message ON message.lead_id = lead.id {_OPENED}""",
    """INSERT INTO kernel_auditrow (actor, verb, subject_kind, subjects, why, address)
        SELECT 'system', 'lead_opened', 'lead', ARRAY[gen_random_uuid()::text], '', ''
        FROM generate_series(1, %(copies)s * %(seed)s * 2)""",
]
