"""What staff write about who speaks for a patient: authority, the talk-to list, restrictions; each on the timeline."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import models, transaction

from firstvisit.journey.advancing import advance
from firstvisit.journey.desk_tasks import person_looks_on_lead
from firstvisit.journey.endings import BARRED_WROTE, STATED_OTHERWISE
from firstvisit.journey.reaching import concerned, notice
from firstvisit.kernel import clock, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope, services
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.people import barring, guarding
from firstvisit.people.authority import DOUBTS, Doubt
from firstvisit.people.identity import Identity
from firstvisit.people.models import Guardian, Person
from firstvisit.people.referrers import others_of_npi
from firstvisit.people.resolved import Resolved
from firstvisit.practice.models import User
from firstvisit.referral.names import name_part
from firstvisit.referral.record import Referral
from firstvisit.referral.vocabulary import e164, email_address

ANOTHER: Final = "another"
"""In the place of a person: somebody whom nobody who speaks for the patient is."""
LONGEST_AHEAD: Final = timedelta(days=366)
ASKED: Final = "check_authority"
"""The kind of task that asks a person who may decide for a patient."""

OTHER_WAYS: Final = "other_ways"
"""The kind of task that asks a person by which ways a patient is reached."""
WAYS: Final = "They asked by another phone or e-mail address than we have: ask at the one on file which holds"
OTHERWISE: Final = "Somebody unknown states otherwise: ask the family, then take it over or leave it"
NPI_OF_ANOTHER: Final = "npi_of_another"
NPI: Final = "Whoever refers states an NPI that came with another name before: find out who sent this"
WROTE: Final = "A restricted person wrote and was told nothing of this patient: read it and say whether it is they"
SPOKE: Final = (
    "One of ours took down what somebody said whom a restriction names, or perhaps a namesake: read it and say whether "
    "it is they"
)
WROTE_ELSEWHERE: Final = (
    "Somebody whom a restriction about another patient names, or perhaps they, wrote this: look there, read it and "
    "say whether it is they before anybody calls or writes"
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may never have written, as typed: who they are, how to know them when they call, and what the
    restriction rests on (`since` an ISO day, `paper` of `guarding.PAPERS`)."""

    first_name: str = ""
    last_name: str = ""
    relation: str = ""
    phone: str = ""
    email: str = ""
    since: str = ""
    paper: str = ""


def restrict(
    lead: Lead,
    by: User,
    *,
    kind: str,
    person: str,
    address: str,
    reason: str,
    actor: Actor,
    named: Named | None = None,
) -> None:
    """Say what must not happen about the patient of a lead, with a reason; messages keep to it from now. `person` is
    the id of somebody who speaks for them, or `ANOTHER` for whom `named` names."""
    said = named or Named()
    other, problems = _identity_of(said) if person == ANOTHER else (None, [])
    words = reason.strip()
    if kind not in guarding.RESTRICTIONS:
        problems.append(Problem("kind", "Choose what it is."))
    if not words or len(words) > 500:
        problems.append(Problem("reason", "Say why, in a few words, under 500 characters."))
    who = _speaker(lead, person)
    if person and who is None and person != ANOTHER:
        problems.append(Problem("person", "Choose somebody who speaks for this patient."))
    reach, wrong = _place(address)
    problems += [Problem("address", wrong)] if wrong else []
    if kind == "may_not_be_told" and who is None and person != ANOTHER:
        problems.append(Problem("person", "Choose who may not be told."))
    if kind == "avoid_address" and not reach and not wrong:
        problems.append(Problem("address", "Enter the phone, e-mail or postal address that nothing may go to."))
    problems += _grounds_wrong(said)
    if problems:
        raise BadInput(list(dict.fromkeys(problems)))
    grounds = {"relation": said.relation.strip(), "since": said.since, "paper": said.paper}

    def write(patient: Person, now: datetime) -> bool:
        about = who
        if other is not None:
            rows: list[models.Model] = []
            about = barring.named(patient, other, rows).person
            writes.insert(rows)
        return guarding.restrict(
            patient, kind=kind, person=about, address=reach, words=words, by=by, at=now, grounds=grounds
        )

    _do(lead, by, actor, "restricted", write, {"kind": kind}, words)


def lift(lead: Lead, by: User, *, restriction: uuid.UUID, reason: str, actor: Actor) -> None:
    """A restriction no longer holds, with a reason."""
    words = reason.strip()
    if not words or len(words) > 500:
        raise BadInput([Problem("reason", "Say why, in a few words, under 500 characters.")])

    def write(patient: Person, now: datetime) -> bool:
        if not guarding.lift(restriction, patient, by=by, at=now):
            raise BadInput([Problem("reason", "This restriction is not in force any more.")])
        return True

    _do(lead, by, actor, "restriction_lifted", write, {}, words)


def authorize(lead: Lead, by: User, *, guardian: uuid.UUID, authority: str, told: str, actor: Actor) -> None:
    """What somebody who speaks for the patient may decide, and whether they are on the talk-to list."""
    if authority not in guarding.AUTHORITIES or told not in ("", "yes", "no"):
        raise BadInput([Problem("authority", "Choose what they may decide, and whether we may talk to them.")])

    def write(patient: Person, now: datetime) -> bool:
        may = {"yes": True, "no": False}.get(told)
        if not guarding.authorize(patient, guardian, authority=authority, may_be_told=may):
            raise BadInput([Problem("authority", "They do not speak for this patient.")])
        asked = Task.objects.filter(lead__patient=patient, kind=ASKED, status="open")
        for task in asked if authority else ():
            services.end_task(task, result="done", by=by, at=now)
        return True

    _do(lead, by, actor, "authority_noted", write, {"authority": authority, "told": told}, None)


def look_who_wrote(lead: Lead, resolved: Resolved, *, by: datetime | None = None) -> None:
    """Somebody whom a restriction about the patient names has written: a person reads it, once while that is open, and
    no later than they were told that somebody calls (`by`), for it may be a namesake."""
    if not resolved.barred:
        return
    looks = Task.objects.filter(lead=lead, kind=BARRED_WROTE, status="open")
    if not looks.exists():
        opened = Event.objects.filter(lead=lead, name="received", data__restricted=True).exists()
        why = SPOKE if resolved.by_staff else WROTE_ELSEWHERE if opened else WROTE
        person_looks_on_lead(lead, BARRED_WROTE, why, urgent=False)
    if by is not None:
        looks.filter(due_at__gt=by).update(due_at=by)


def look_who_it_is(lead: Lead, resolved: Resolved, referral: Referral) -> None:
    """A patient asks by other ways than the ones on file, or an NPI is stated with another name than before: a person
    finds out, once while that is open."""
    doubts = ((OTHER_WAYS, WAYS, resolved.other_ways), (NPI_OF_ANOTHER, NPI, bool(others_of_npi(referral))))
    for kind, why, doubted in doubts:
        if doubted and not Task.objects.filter(lead=lead, kind=kind, status="open").exists():
            person_looks_on_lead(lead, kind, why, urgent=False)


def look_what_holds(lead: Lead) -> None:
    """Somebody unknown states otherwise what was stated: whoever has the lead says what holds, once while that is
    open."""
    if not Task.objects.filter(lead=lead, kind=STATED_OTHERWISE, status="open").exists():
        person_looks_on_lead(lead, STATED_OTHERWISE, OTHERWISE, urgent=False)


def ask_who_decides(lead: Lead, doubt: Doubt) -> None:
    """What somebody said they may decide contradicts what is on file: a person finds out, once while that is open."""
    if doubt and not Task.objects.filter(lead=lead, kind=ASKED, status="open").exists():
        person_looks_on_lead(lead, ASKED, DOUBTS[doubt], urgent=False)


def _do(
    lead: Lead,
    by: User,
    actor: Actor,
    name: str,
    write: Callable[[Person, datetime], bool],
    data: dict[str, str],
    words: str | None,
) -> None:
    # Why somebody may not be told is part of a family's story: whoever may not read it decides nothing about it.
    if not all(by.may(needed) for needed in ("leads.work", "identity.see", "narrative.see")):
        raise NotAllowed("narrative.see")
    with transaction.atomic():
        locked = Lead.objects.select_for_update(of=("self",)).select_related("patient__key").get(id=lead.id)
        if not scope.leads_for(by).filter(id=locked.id).exists() or locked.patient is None:
            raise NotAllowed("leads.see")
        now = clock.now()
        if not write(locked.patient, now):
            return
        services.noted(locked, name, actor, at=now, data=data, words=words)
        home = concerned(locked.patient.id)
        notice(home)
        # Also where nothing of theirs changed: whoever referred a brother or sister may be told nothing from now on.
        advance(sorted({locked.id, *(each.id for each in home)}), now=now)


def _speaker(lead: Lead, text: str) -> Person | None:
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        return None
    pair = Guardian.objects.filter(patient=lead.patient_id, guardian=wanted).select_related("guardian").first()
    return pair.guardian if pair else None


def _identity_of(said: Named) -> tuple[Identity | None, list[Problem]]:
    """Whom a restriction names though they never wrote; a name that can be heard on the phone is needed."""
    phone, wrong_phone = _reach(said.phone)
    email, wrong_email = _reach(said.email)
    first, last = said.first_name.strip(), said.last_name.strip()
    problems = []
    if not (first and last):
        problems.append(Problem("first_name", "Enter first and last name of whom it is about."))
    for field, name in (("first_name", first), ("last_name", last)):
        if name and (wrong := _name_wrong(name)):
            problems.append(Problem(field, wrong))
    if wrong_phone or "@" in phone:
        problems.append(Problem("phone", wrong_phone or "Enter a phone number, and the e-mail address beside it."))
    if wrong_email or (email and "@" not in email):
        problems.append(Problem("email", "Enter an e-mail address, like name@example.org."))
    if problems:
        return None, problems
    return Identity(first_name=first, last_name=last, phone=phone or None, email=email or None), []


def _name_wrong(name: str) -> str:
    """Why this can be no name that is heard on the phone; "" where it can."""
    try:
        name_part(name)
    except ValueError as error:
        return str(error)
    return "Enter the name without < and >." if set(name) & set("<>") else ""


def _grounds_wrong(said: Named) -> list[Problem]:
    problems = []
    if said.paper not in guarding.PAPERS:
        problems.append(Problem("paper", "Choose whether somebody saw the paper."))
    if len(said.relation.strip()) > 40:
        problems.append(Problem("relation", "Say how they are related in under 40 characters."))
    if said.since:
        try:
            day = date.fromisoformat(said.since)
        except ValueError:
            day = None
        if day is None or not date(1900, 1, 1) <= day <= clock.now().date() + LONGEST_AHEAD:
            problems.append(Problem("since", "Enter the day from which it holds, at most a year ahead."))
    return problems


def _place(text: str) -> tuple[str, str]:
    """What nothing may go to: a phone as E.164, an e-mail address, or the house where no letter may go, as typed."""
    reach, wrong = _reach(text)
    words = text.split()
    if wrong and any(word.isalpha() for word in words) and any(letter.isdigit() for letter in text):
        return " ".join(words)[:200], ""
    return reach, wrong


def _reach(text: str) -> tuple[str, str]:
    """A phone as E.164 or an e-mail address; else what is wrong with it."""
    text = text.strip()
    if not text:
        return "", ""
    try:
        return (email_address(text) if "@" in text else e164(text)), ""
    except ValueError as error:
        return "", str(error)
