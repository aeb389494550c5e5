"""Every break of an invariant is found, and a sound database has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from firstvisit.journey import jobs
from firstvisit.journey.invariants import INVARIANTS, Scope
from firstvisit.journey.verify import verify
from firstvisit.kernel import audit, clock
from firstvisit.leads.models import DecisionRow, Lead
from firstvisit.practice.queries import forget
from firstvisit.steps.intake.models import Item

Arrive = Callable[..., Lead]
Owner = psycopg.Connection[Any]


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[], dict[str, list[str]]]:
    """The breaks by the name of the invariant; those without any are left out."""

    def look() -> dict[str, list[str]]:
        heads = tmp_path / "heads.txt"
        audit.close(heads, now=clock.now())
        scope = Scope(now=clock.now(), heads=heads)
        found = {invariant.name: list(invariant.breaks(scope)) for invariant in INVARIANTS}
        return {name: sentences for name, sentences in found.items() if sentences}

    return look


Broken = Callable[[], dict[str, list[str]]]


def tamper(owner: Owner, statement: str, *values: object) -> None:
    """As the owner, past every guard and constraint but foreign keys."""
    tables = [
        row[0]
        for row in owner.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'"
        ).fetchall()
    ]
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(statement, values or None)
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_a_sound_database_holds(arrive: Arrive, broken: Broken) -> None:
    arrive("Mia")
    arrive("Leo")
    jobs.send_wanted()
    assert broken() == {}


BREAKS = [
    ("DELETE FROM intake_part", "items_end", "is settled and has no part"),
    ("UPDATE intake_item SET status = 'received', received_at = now() - interval '6 "
        "minutes'", "items_end", "is not settled"),
    ("UPDATE intake_item SET status = 'waiting'", "items_end", "nobody has the task"),
    ("UPDATE leads_task SET status = 'done'", "leads_are_owned", "has no next thing"),
    ("UPDATE leads_task SET reason = ''", "leads_are_owned", "has no next thing"),
    (
        "UPDATE practice_user SET is_active = false; UPDATE leads_lead SET owner_queue_id = NULL, "
        "owner_user_id = (SELECT id FROM practice_user LIMIT 1)",
        "leads_are_owned", "account is disabled",
    ),
    (
        "UPDATE practice_user SET is_active = false; UPDATE leads_task SET owner_queue_id = NULL, "
        "owner_user_id = (SELECT id FROM practice_user LIMIT 1)",
        "leads_are_owned", "whose owner's account is disabled",
    ),
    (
        "UPDATE messages_message SET status = 'sending', sending_at = now() - interval '11 minutes'",
        "messages_once", "sending for more than ten minutes",
    ),
    (
        "DELETE FROM people_consententry",
        "messages_once", "without consent",
    ),
    (
        "INSERT INTO people_consententry (person_id, channel, given, wording, source_kind, source_id, "
        "at) SELECT"
        " person_id, channel, false, 'stop', source_kind, source_id, at FROM people_consententry",
        "messages_once", "without consent",
    ),
    ("DELETE FROM leads_decisionrow", "decisions_verify", "has no decision"),
    ("UPDATE leads_decisionrow SET outcome = "
        "'waitlist'", "decisions_verify", "outcome: stored waitlist, now"),
    ("UPDATE leads_decisionrow SET score_lo = score_lo - 1", "decisions_verify", "lowest score"),
    (
        "UPDATE leads_decisionrow SET inputs = jsonb_set(inputs, '{facts,half_days}', '0')",
        "decisions_verify", "stored",
    ),
    ("UPDATE leads_decisionrow SET inputs = '{}'", "decisions_verify", "cannot be read"),
    ("UPDATE leads_decisionrow SET practice_version = 999", "decisions_verify", "revision 999 is not kept"),
    ("UPDATE leads_decisionrow SET policy_version = 999", "decisions_verify", "version 999 is not kept"),
    ("UPDATE people_person SET sealed = 'Mia "
        "Delgado'", "sealed_opens", "people_person hold what cannot be sealed"),
    (
        "UPDATE people_contactpoint SET sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))",
        "sealed_opens", "does not open",
    ),
    ("UPDATE leads_leadreferral SET sealed = (SELECT sealed FROM "
        "documents_document LIMIT 1)", "sealed_opens", "leads_leadreferral"),
    ("UPDATE kernel_datakey SET master = '9'", "sealed_opens", "need master key 9"),
    ("UPDATE kernel_datakey SET wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, "
        "20))", "sealed_opens", "its data key does not open"),
    ("UPDATE kernel_auditrow SET actor = 'user:x'", "log_is_whole", "was changed after it was closed"),
    (
        "DELETE FROM people_possiblematch; "
        "UPDATE people_personkey SET token = (SELECT token FROM people_personkey k JOIN leads_lead l ON"
        " k.person_id = l.patient_id ORDER BY l.number LIMIT 1) WHERE (person_id, token) = (SELECT "
        "k.person_id, k.token"
        " FROM people_personkey k JOIN leads_lead l ON k.person_id = l.patient_id ORDER BY l.number "
        "DESC LIMIT 1)",
        "people_once", "share a strong key and the birth date",
    ),
    (
        "UPDATE practice_policyversion SET sections = "
        "jsonb_set(sections, '{qualify,factors,0,fact}', '\"language\"')",
        "ranks_fairly", "reads language, which may not rank",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "name", "words"), BREAKS, ids=[f"{b[1]}: {b[2]}" for b in BREAKS])
def test_each_break_is_found(
    arrive: Arrive, broken: Broken, committed: Owner, statement: str, name: str, words: str
) -> None:
    arrive("Mia")
    arrive("Mi")
    committed.execute("UPDATE messages_message SET status = 'sent', sending_at = now(), ended_at = now()")
    assert broken() == {}
    tamper(committed, statement)
    found = broken()
    assert any(words in sentence for sentence in found.get(name, [])), found
    assert "Delgado" not in json.dumps(found)


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_a_right_too_many_is_found(practice: None, broken: Broken, committed: Owner, right: str) -> None:
    (role,) = committed.execute("SELECT current_database() || '_app'").fetchone() or ("",)
    committed.execute(f'GRANT {right} ON leads_event TO "{role}"')
    try:
        assert broken()["log_is_whole"] == [f"the application's role may {right} leads_event"]
    finally:
        committed.execute(f'REVOKE {right} ON leads_event FROM "{role}"')


def test_a_guard_switched_off_is_found(practice: None, broken: Broken, committed: Owner) -> None:
    committed.execute("ALTER TABLE leads_event DISABLE TRIGGER USER")
    try:
        assert broken()["log_is_whole"] == ["the guard of leads_event is switched off"]
    finally:
        committed.execute("ALTER TABLE leads_event ENABLE TRIGGER USER")


def test_a_decision_is_judged_by_the_practice_of_its_time(arrive: Arrive, committed: Owner) -> None:
    lead = arrive("Mia")
    row = DecisionRow.objects.get(lead=lead)
    committed.execute("UPDATE practice_programrow SET data = jsonb_set(data, '{status}', '\"closed\"')")
    committed.execute("UPDATE practice_practicerevision SET number = number + 1, stamp = gen_random_uuid()")
    forget()
    assert verify(row) == []


def test_an_older_engine_may_differ(arrive: Arrive, broken: Broken, committed: Owner) -> None:
    arrive("Mia")
    tamper(committed, "UPDATE leads_decisionrow SET engine_version = '0', outcome = 'waitlist'")
    assert broken() == {}
    assert verify(DecisionRow.objects.get())


def test_an_item_just_received_is_no_break(arrive: Arrive, broken: Broken) -> None:
    arrive("Mia")
    Item.objects.update(status="received", received_at=clock.now() - timedelta(minutes=4))
    assert broken() == {}
