"""Finding people through their leads, inside somebody's scope: while they type, and beside a call.

A constant number of questions to the database however many people there are. What shares a short token is opened and
compared; at most `MOST` leads are, the newest first, which for any name is far more than share it by chance.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from django.db.models import Q

from firstvisit.journey.queries import found_leads
from firstvisit.kernel.blind import token
from firstvisit.kernel.folding import folded
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.people.finding import Wanted, wanted
from firstvisit.people.identity import Identity
from firstvisit.people.models import ContactPoint, Person, Restriction
from firstvisit.people.queries import identities, same_people
from firstvisit.practice.models import User
from firstvisit.referral.vocabulary import birth_date, e164

MOST: Final = 400
SHOWN: Final = 20
ALIKE: Final = 5
ALSO_STATED: Final = "That was stated of them too"
"""Why a lead is found whose line does not show what was typed."""


@dataclass(frozen=True, slots=True)
class Found:
    """One lead that was found, with whoever it is about and whom one talks to; `why` says what agrees."""

    lead: Lead
    patient: Identity | None
    contact: Identity | None
    why: str = ""

    @property
    def ids(self) -> list[uuid.UUID]:
        return [i for i in (self.lead.id, self.lead.patient_id, self.lead.contact_id) if i is not None]


def newest_lead_of(user: User, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The code of the lead in somebody's scope where one reads about each of these patients: an open one before a
    closed one, then the newest. Two questions."""
    same = same_people(people)
    theirs = scope.leads_for(user).filter(patient__in={record for group in same.values() for record in group})
    found: dict[uuid.UUID, str] = {}
    for lead in sorted(theirs, key=lambda lead: (lead.closed_at is None, lead.number)):
        found |= {person: code(lead.number) for person, group in same.items() if lead.patient_id in group}
    return found


def find_people(user: User, text: str, *, now: datetime) -> list[Found]:
    """Leads by reference, whole phone or e-mail address, three letters of a name, a birth date, or the last four
    or seven digits of a phone. Open ones first, then the newest; at most twenty."""
    exact = found_leads(user, text, now=now) if text.strip() else []
    asked = wanted(text) if user.may("identity.see") else Wanted()
    found = {lead.id: lead for lead, _ in exact}
    loose = [lead for lead in _by_finders(user, asked) if lead.id not in found] if asked else []
    named = _named_in(user, asked) if asked else {}
    barred = [lead for lead in named if lead.id not in found]
    who = _opened([*found.values(), *loose, *barred], named=user.may("identity.see"))
    merged = _merged(loose)
    fits = [lead for lead in loose if any(asked.fits(one) for one in _of(lead, who, merged))]
    why = {lead: "" if any(asked.fits(_as_shown(one)) for one in _of(lead, who)) else ALSO_STATED for lead in fits}
    why |= named
    kept = list({lead.id: lead for lead in (*found.values(), *fits, *barred)}.values())
    kept.sort(key=lambda lead: (lead.closed_at is not None, -lead.number))
    return [_found(lead, who, why.get(lead, "")) for lead in kept[:SHOWN]]


def alike(user: User, *, phone: str, first: str, last: str, born: str, today: date) -> list[Found]:
    """Leads of people who may be the one somebody types of: the same phone, the same name with the birth date,
    the same birth date with a name that begins alike. At most five, those in whom most agrees first."""
    if not user.may("identity.see"):
        return []
    number, day = _number(phone), _day(born, today)
    names = [folded(name) for name in (first, last) if len(folded(name)) >= 3]
    by_phone: set[uuid.UUID] = set()
    if number:
        points = ContactPoint.objects.filter(token=token("reach", number))
        by_phone = {same or person for person, same in points.values_list("person_id", "person__same_as_id")}
    asked = Wanted(tuple(names), day) if (len(names) == 2 or (names and day)) else Wanted()
    leads = {lead.id: lead for lead in _of_people(user, by_phone)} if by_phone else {}
    leads |= {lead.id: lead for lead in (_by_finders(user, asked) if asked else [])}
    who, merged = _opened(list(leads.values()), named=True), _merged(leads.values())
    found: list[tuple[_Agreement, Found]] = []
    for lead in leads.values():
        theirs = _of(lead, who, merged)
        how = _Agreement(
            phone=bool({lead.patient_id, lead.contact_id} & by_phone),
            name=_name_agrees(asked, theirs),
            whole_name=any({folded(one.first_name or ""), folded(one.last_name or "")} == set(names) for one in theirs),
            born=day is not None,
        )
        if how.phone or how.name:
            found.append((how, _found(lead, who, how.why)))
    found.sort(key=lambda one: (one[0].rank, one[1].lead.closed_at is not None, -one[1].lead.number))
    return [one for _, one in found[:ALIKE]]


@dataclass(frozen=True, slots=True)
class _Agreement:
    """What of somebody found agrees with what was typed; `born` tells whether the name was looked for with a day."""

    phone: bool
    name: bool
    whole_name: bool
    born: bool

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """The more agrees the sooner; a whole name before one that begins alike, and a name before a phone, which a
        whole house may share."""
        return (-(self.phone + self.name * (1 + self.born)), not self.whole_name, not self.name)

    @property
    def why(self) -> str:
        named = "same name and birth date" if self.born else "a name that begins alike"
        return " and ".join(part for part, is_so in (("same phone", self.phone), (named, self.name)) if is_so)


def _name_agrees(asked: Wanted, theirs: list[Identity]) -> bool:
    return bool(asked) and any(asked.fits(one) for one in theirs)


def _by_finders(user: User, asked: Wanted) -> list[Lead]:
    """The newest leads whose patient, a record merged into theirs, or contact has every finder; three questions, each
    with its own index."""
    finders = asked.finders()
    mine = scope.leads_for(user)
    found: dict[uuid.UUID, Lead] = {}
    merged = Person.objects.filter(finders__contains=finders, same_as__isnull=False).values("same_as")
    for theirs in (
        Q(patient__finders__contains=finders), Q(patient__in=merged), Q(contact__finders__contains=finders)
    ):  # fmt: skip
        for lead in mine.filter(theirs).order_by("-number")[:MOST]:
            found[lead.id] = lead
    return list(found.values())


def _named_in(user: User, asked: Wanted) -> dict[Lead, str]:
    """The newest lead of each patient about whom a restriction in force names whoever is asked for, and who that is."""
    rows = Restriction.objects.filter(person__finders__contains=asked.finders(), lifted_at=None)
    pairs = list(rows.values_list("patient", "person")[:MOST])
    if not pairs:
        return {}
    people = {person: one.name for person, (one, _) in identities({p for _, p in pairs}).items() if asked.fits(one)}
    about = {patient: people[person] for patient, person in pairs if person in people}
    leads = scope.leads_for(user).filter(patient__in=about).order_by("patient", "-number").distinct("patient")
    return {lead: f"{about[lead.patient_id]} is named in a restriction" for lead in leads if lead.patient_id}


def _of_people(user: User, people: set[uuid.UUID]) -> list[Lead]:
    mine = scope.leads_for(user).filter(Q(patient__in=people) | Q(contact__in=people))
    return list(mine.order_by("-number")[:MOST])


def _opened(leads: list[Lead], *, named: bool) -> dict[uuid.UUID, Identity]:
    if not named:
        return {}
    ids = {p for lead in leads for p in (lead.patient_id, lead.contact_id) if p}
    return {person: identity for person, (identity, _) in identities(ids).items()}


def _merged(leads: Iterable[Lead]) -> dict[uuid.UUID, list[Identity]]:
    """The records that were merged into the patients of these leads, opened."""
    patients = {lead.patient_id for lead in leads if lead.patient_id}
    rows = list(Person.objects.filter(same_as__in=patients).values_list("same_as", "id")) if patients else []
    who = identities(record for _, record in rows)
    found: dict[uuid.UUID, list[Identity]] = {}
    for standing, record in rows:
        if standing is not None and record in who:
            found.setdefault(standing, []).append(who[record][0])
    return found


def _of(
    lead: Lead, who: dict[uuid.UUID, Identity], merged: Mapping[uuid.UUID, list[Identity]] = MappingProxyType({})
) -> list[Identity]:
    own = merged.get(lead.patient_id, []) if lead.patient_id else []
    return [*(who[p] for p in (lead.patient_id, lead.contact_id) if p in who), *own]


def _as_shown(who: Identity) -> Identity:
    """A person as a list shows them: what they are called now."""
    return replace(who, also_stated=None, preferred_name=None)


def _found(lead: Lead, who: dict[uuid.UUID, Identity], why: str = "") -> Found:
    patient = who.get(lead.patient_id) if lead.patient_id else None
    contact = who.get(lead.contact_id) if lead.contact_id else None
    return Found(lead, patient, contact, why)


def _number(text: str) -> str:
    try:
        return e164(text)
    except ValueError:
        return ""


def _day(text: str, today: date) -> date | None:
    try:
        return birth_date(text, today) if text.strip() else None
    except ValueError:
        return None
