"""Erasing a person: nothing of theirs opens, no token of theirs remains, and everything else stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import models

from firstvisit.config.database import prepare
from firstvisit.journey import authorizing, jobs, privacy, sealed, undo
from firstvisit.journey.invariants import INVARIANTS, Scope
from firstvisit.kernel import audit, clock, seal
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import BadInput, Conflict
from firstvisit.kernel.models import AuditRow, DataKey
from firstvisit.leads import services as leads
from firstvisit.leads.models import Event, Lead, LeadReferral, UndoStep
from firstvisit.leads.services import read
from firstvisit.people.consenting import withdraw_consent
from firstvisit.people.keys import strong_keys
from firstvisit.people.models import ConsentEntry, Person
from firstvisit.people.records import known
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Item, Part

LONG = timedelta(days=365 * 11)

Arrive = Callable[..., Lead]
pytestmark = pytest.mark.usefixtures("practice")


def closed(lead: Lead, *, ago: timedelta = LONG) -> Lead:
    """The lead with words of a person on it, closed so long ago."""
    user = User.objects.earliest("email")
    leads.close(
        lead, how="patient_declined", words="Rosa says no", by=user, actor=SYSTEM, at=clock.now() - ago
    )
    return Lead.objects.get(id=lead.id)


def sealed_under(records: list[uuid.UUID], about: list[uuid.UUID]) -> list[tuple[str, uuid.UUID]]:
    """Every sealed value that still opens and belongs to these people or to leads about them."""
    found = []
    for column in sealed.COLUMNS:
        for row_id, value, key in column.values():
            kept = DataKey.objects.get(id=key)
            if kept.wrapped is None or not sealed.opens(seal.open_key(kept), column, row_id, value):
                continue
            row = column.model._default_manager.get(**{column.row_id: row_id})
            owner = getattr(row, "person_id", None) or (row.pk if column.model is Person else None)
            lead = getattr(row, "lead_id", None)
            if column.model.__name__ == "Document":
                lead = Part.objects.filter(item__document=row_id).values_list("lead", flat=True).first()
            if owner in records or lead in about:
                found.append((column.table, row_id))
    return found


def every_uuid() -> dict[str, set[uuid.UUID]]:
    """Every UUID of every column that is neither a primary key nor a foreign key, by table and column."""
    return {
        f"{model._meta.db_table}.{field.name}": set(
            model._default_manager.exclude(**{field.name: None}).values_list(field.name, flat=True)
        )
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in ("procrastinate",)
        for field in model._meta.local_fields
        if isinstance(field, models.UUIDField) and not field.primary_key
    }


def tokens_of(person: Person) -> set[uuid.UUID]:
    """Every token that the person's identity can make."""
    who = known(person).identity
    reach = [value for value in (who.phone, who.email) if value]
    return strong_keys(who, reached_by=["6085550172", "+16085550172", "rosa@example.org"]) | {
        token("reach", value.casefold()) for value in reach
    }


def holds(tmp: Path) -> list[str]:
    """Every break of every invariant, and of the audit chain."""
    audit.close(tmp / "heads.txt", now=clock.now())
    scope = Scope(now=clock.now(), heads=tmp / "heads.txt", everything=True)
    return [sentence for invariant in INVARIANTS for sentence in invariant.breaks(scope)]


def test_after_erasing_a_patient_nothing_of_theirs_opens(arrive: Arrive, tmp_path: Path) -> None:
    lead, other = arrive("Mia"), arrive("Leo")
    jobs.send_wanted()
    lead = closed(lead)
    patient, contact = Person.objects.get(id=lead.patient_id), Person.objects.get(id=lead.contact_id)
    tokens = tokens_of(patient) | {token("member", "nhmia"), token("member+birth", "nhmia", "2024-02-08")}
    assert tokens & set().union(*every_uuid().values())
    assert sealed_under([patient.id], [lead.id])
    events, before = Event.objects.filter(lead=lead).count(), Item.objects.count()

    reach = privacy.erase(lead, "patient", reason="retention_over", actor=SYSTEM)

    assert (reach.records, reach.originals, reach.shared_originals) == (1, 1, 0)
    assert sealed_under([patient.id], [lead.id]) == []
    left = {place: found & tokens for place, found in every_uuid().items() if found & tokens}
    assert left == {}
    assert Person.objects.get(id=patient.id).erased_at is not None
    assert Event.objects.filter(lead=lead).count() == events + 1
    assert Item.objects.count() == before
    assert AuditRow.objects.filter(
        verb="person_erased", why="retention_over", subjects=[str(patient.id)]
    ).exists()
    assert holds(tmp_path) == []
    # Everybody else is as before.
    assert known(contact).identity.name == "Rosa Delgado"
    reading = LeadReferral.objects.select_related("key").get(lead=other)
    assert read(reading).patient.first_name == "Leo"


def test_after_erasing_a_contact_the_patient_stands_without_them(arrive: Arrive, tmp_path: Path) -> None:
    lead = closed(arrive("Mia"))
    patient, contact = Person.objects.get(id=lead.patient_id), Person.objects.get(id=lead.contact_id)
    reach_tokens = {token("reach", "+16085550172"), token("reach", "rosa@example.org")}
    tokens = (tokens_of(contact) | tokens_of(patient) | reach_tokens) - strong_keys(known(patient).identity)

    reach = privacy.erase(lead, "contact", reason="asked", actor=SYSTEM)

    assert (reach.leads, reach.readings_without_contact) == ((), 1)
    assert sealed_under([contact.id], []) == []
    assert {place for place, found in every_uuid().items() if found & tokens} == set()
    referral = read(LeadReferral.objects.select_related("key").get(lead=lead))
    assert referral.contact.name is None
    assert "Rosa" not in referral.model_dump_json()
    assert referral.patient.first_name == "Mia"
    assert holds(tmp_path) == []


def test_what_an_undo_would_put_back_goes_with_whoever_it_names(arrive: Arrive) -> None:
    user = User.objects.get(email__startswith="dana@")
    arrivals = [arrive("Mia"), arrive("Leo")]
    said = authorizing.read(answer="approved", said_by="Portal", today=clock.now().date())
    for lead in arrivals:
        answer = partial(authorizing.answered, lead, user, actor=SYSTEM, what=said)
        assert undo.undoable(lead, user, "authorization", answer).sealed is not None
        closed(lead)
    mia, leo = arrivals
    privacy.erase(leo, "patient", reason="retention_over", actor=SYSTEM)
    assert {table for table, _ in sealed_under([], [leo.id])} & {"leads_undostep"} == set()
    assert {table for table, _ in sealed_under([], [mia.id])} & {"leads_undostep"}
    privacy.erase(mia, "contact", reason="asked", actor=SYSTEM)
    assert not UndoStep.objects.filter(lead=mia, sealed__isnull=False).exists()


def test_a_stopped_address_stays_stopped(arrive: Arrive) -> None:
    lead = closed(arrive())
    contact = Person.objects.get(id=lead.contact_id)
    withdraw_consent(
        person=contact, channel="email", address="rosa@example.org", source_id=lead.id, at=clock.now()
    )
    privacy.erase(lead, "contact", reason="asked", actor=SYSTEM)
    kept = ConsentEntry.objects.filter(person=contact).values_list("wording", "address").order_by("id")
    assert list(kept) == [("email-receipt:1", None), ("stop", token("reach", "rosa@example.org"))]


def test_records_that_were_merged_go_together(arrive: Arrive, tmp_path: Path) -> None:
    one, two = closed(arrive("Mia")), closed(arrive("Leo"))
    Person.objects.filter(id=two.patient_id).update(same_as=one.patient_id)
    reach = privacy.erase(two, "patient", reason="asked", actor=SYSTEM)
    assert reach.records == 2
    assert sealed_under([one.patient_id, two.patient_id], [one.id, two.id]) == []
    assert holds(tmp_path) == []


def test_an_original_about_others_too_stays(arrive: Arrive) -> None:
    lead, other = closed(arrive("Mia")), arrive("Leo")
    item = Item.objects.get(parts__lead=lead)
    Part.objects.create(item=item, lead=other, end="joined", at=item.received_at)
    reach = privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)
    assert (reach.originals, reach.shared_originals) == (0, 1)
    assert DataKey.objects.get(id=item.key_id).wrapped is not None


def test_an_open_lead_anywhere_refuses(arrive: Arrive) -> None:
    lead, still_open = closed(arrive("Mia")), arrive("Leo")
    with pytest.raises(Conflict, match=f"still open: L-{still_open.number}"):
        privacy.erase(lead, "contact", reason="asked", actor=SYSTEM)
    assert Person.objects.get(id=lead.contact_id).erased_at is None


def test_the_practices_retention_time_is_kept(arrive: Arrive) -> None:
    """Cedar Street keeps records for ten years; the last day still refuses."""
    lead = closed(arrive(), ago=timedelta(0))
    day = privacy.erasable_from(clock.now(), 10)
    clock.move(datetime.combine(day, time(12), UTC) - timedelta(days=1) - clock.now())
    with pytest.raises(Conflict, match=f"not before {day}"):
        privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)
    clock.move(timedelta(days=1))
    privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)
    assert Person.objects.get(id=lead.patient_id).erased_at is not None


def test_ten_years_after_a_leap_day_are_the_28th() -> None:
    assert privacy.erasable_from(datetime(2024, 2, 29, tzinfo=UTC), 10) == date(2034, 2, 28)


def test_nobody_is_erased_twice_or_without_a_reason(arrive: Arrive) -> None:
    lead = closed(arrive())
    with pytest.raises(BadInput, match="reason"):
        privacy.erase(lead, "patient", reason="because", actor=SYSTEM)
    privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)
    with pytest.raises(BadInput, match="already"):
        privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)


def test_looking_first_changes_nothing(arrive: Arrive) -> None:
    lead = closed(arrive())
    privacy.erase(lead, "patient", reason="asked", actor=SYSTEM, only_look=True)
    assert sealed_under([lead.patient_id], [lead.id])


def test_an_erased_person_who_comes_back_is_somebody_new(arrive: Arrive) -> None:
    lead = closed(arrive("Mia"))
    privacy.erase(lead, "patient", reason="asked", actor=SYSTEM)
    again = arrive("Mia")
    assert again.patient_id != lead.patient_id


def test_every_sealed_column_is_listed() -> None:
    assert sealed.unlisted() == []


def test_the_ledger_has_no_other_door(committed: psycopg.Connection[Any]) -> None:
    """Only the application's role and the owner may call the function that forgets addresses."""
    row = committed.execute(
        "SELECT count(*) FROM pg_proc, aclexplode(proacl) acl WHERE proname = 'people_forget_addresses' "
        "AND acl.grantee = 0"
    ).fetchone()
    assert row == (0,)
    prepare(django_settings.ENVIRONMENT)  # and making it again changes nothing


@pytest.mark.parametrize("order", [["patient", "contact"], ["contact", "patient"]])
def test_both_of_a_lead_go_one_after_the_other(arrive: Arrive, tmp_path: Path, order: list[Any]) -> None:
    lead = closed(arrive())
    for who in order:
        privacy.erase(lead, who, reason="asked", actor=SYSTEM)
    assert sealed_under([lead.patient_id, lead.contact_id], [lead.id]) == []
    assert holds(tmp_path) == []
