"""What an EMR tells of a visit: whose it is, and what follows. Unsure is for a person; nothing unsure closes anything.

Sure is our own number with a name and birth date that do not contradict it, or the whole name, the birth date and the
day of a first visit that stands here, of exactly one patient.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import ended
from firstvisit.journey.booking.ended import ENDS, Contradicts
from firstvisit.journey.endings import BOOKED
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict
from firstvisit.kernel.folding import folded
from firstvisit.leads import services
from firstvisit.leads.models import ContactAttempt, Lead
from firstvisit.leads.queries import by_code, code
from firstvisit.people.finding import Wanted, births
from firstvisit.people.identity import Identity
from firstvisit.people.models import Person
from firstvisit.people.queries import identities, same_people
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.names import without_generation
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.ends import WORDS, End
from firstvisit.steps.booking.ends.kinds import words_of
from firstvisit.steps.booking.models import Appointment

How = Literal["noted", "known", "unsure", "nothing"]
_OURS: Final = re.compile(r"(?i)L-?\d{1,9}")
_TO_BE: Final = ("booked", "arrived", "completed", "missed", "left")


class Unsure(Conflict):
    """Whose it is, or whether it holds, is not certain: says why, and names nobody."""


class Stranger(Conflict):
    """It is about somebody who has no open lead here: an EMR tells of all its patients."""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one end: noted, known already, unsure (`why` in words that name nobody), or nothing of ours."""

    how: How
    why: str = ""
    lead: Lead | None = None

    @property
    def code(self) -> str | None:
        """The lead as people say it."""
        return code(self.lead.number) if self.lead is not None else None


def take(
    end: End, *, actor: Actor, now: datetime, dry: bool = False, sees: Callable[[Lead], bool] | None = None
) -> Became:
    """Find whose an end is and note it, in one transaction. `dry`: only say what would become of it. `sees`: nothing is
    noted of a lead of which it says no."""
    if end.signed == "no":
        return Became("nothing", "it is not signed yet")
    try:
        if end.signed == "unknown":
            raise Unsure("it does not say whether it is signed")
        if end.on is None:
            raise Unsure("it does not say on which day")
        with transaction.atomic():
            lead, visit = whose(end, end.on)
            if sees is not None and not sees(lead):
                raise Stranger("it is of nobody whom you see")
            _of_ours(end, visit)
            locked = Lead.objects.select_for_update(of=("self",)).get(id=lead.id)
            changed = _apply(locked, visit, end, end.on, actor=actor, now=now)
            if changed and not dry:
                advance([locked.id], now=now)
            if dry:
                transaction.set_rollback(True)
    except Stranger as why:
        return Became("nothing", str(why))
    except (Unsure, Contradicts) as why:
        return Became("unsure", str(why))
    return Became("noted" if changed else "known", WORDS[end.what], locked)


def unreadable(end: End, why: str, *, sees: Callable[[Lead], bool] | None = None) -> Became:
    """What becomes of an end of which nobody can read the day or the birth date (`why`): a person looks, unless what
    can be read is of nobody here. `sees` as for `take`."""
    lead = numbered(end)
    if lead is not None and sees is not None and not sees(lead):
        return Became("nothing", "it is of nobody whom you see")
    named = bool(end.last_name and end.first_name)
    if lead is None and named and end.born is not None and not any(_people(end.last_name, end.first_name, end.born)):
        return Became("nothing", "nobody here is called so and born then")
    if lead is None and named and end.born is None and end.on is not None and not _called_so(end, end.on):
        return Became("nothing", "nobody of that name has a first visit that day")
    return Became("unsure", why)


def take_as(locked: Lead, end: End, on: date, *, actor: Actor, by: User, now: datetime) -> bool:
    """Note an end on the lead that a person says it is of, locked; false where it is known. Unsure or Contradicts where
    it does not go with what stands there."""
    visit = _only([row for row in _visits([locked.id]) if _day(row) == on])
    return _apply(locked, visit, end, on, actor=actor, now=now, by=by)


def numbered(end: End) -> Lead | None:
    """The lead of the first number that is ours, whoever is named with it."""
    for number in end.numbers:
        if (visit := _visit_of(number)) is not None:
            return visit.lead
        if _OURS.fullmatch(number) and (lead := by_code(number)) is not None:
            return lead
    return None


def whose(end: End, on: date) -> tuple[Lead, Appointment | None]:
    """The lead, and the visit where one stands here. Unsure where it is not certain."""
    for number in end.numbers:
        visit = _visit_of(number)
        if visit is not None:
            if _agrees(visit.lead, end) is False:
                raise Unsure("it names somebody else than the visit of its number")
            if visit.service != "evaluation" or visit.status not in _TO_BE:
                raise Unsure("the visit of its number is no first visit that stands here")
            if end.what not in ("plan_of_care_sent", "discharged") and _day(visit) != on:
                raise Unsure("the visit of its number is on another day")
            return visit.lead, visit
        lead = by_code(number) if _OURS.fullmatch(number) else None
        if lead is not None:
            if not _agrees(lead, end):
                raise Unsure("its number alone does not say who it is")
            return lead, _only([row for row in _visits([lead.id]) if _day(row) == on])
    return _by_name(end, on)


def _by_name(end: End, on: date) -> tuple[Lead, Appointment | None]:
    if not (end.last_name and end.first_name and end.born):
        raise Unsure("it has no number of ours, and not the whole name with the birth date")
    people, nearly = _people(end.last_name, end.first_name, end.born)
    if not people and not nearly:
        if _called_so(end, on):
            raise Unsure("somebody of that name has a first visit that day, and another birth date here")
        raise Stranger("nobody here is called so and born then")
    if len(people) != 1:
        raise Unsure("somebody here is called nearly so" if not people else "more than one here may be meant")
    leads = {lead.id: lead for lead in Lead.objects.filter(patient__in=people[0])}
    if end.what in ("plan_of_care_sent", "discharged"):
        return _evaluated(leads, on), None
    same = [row for row in _visits(leads) if _day(row) == on]
    if len(same) == 1:
        return leads[same[0].lead_id], same[0]
    if same:
        raise Unsure("more than one visit of that day may be meant")
    known = [lead for lead in leads.values() if ended.known_ends(lead).get(end.what) == on]
    if not known and not any(lead.closed_at is None for lead in leads.values()):
        raise Stranger("they have no open lead here")
    agreed = known or (_agreed_in_a_try(leads, on) if end.what == "evaluation_completed" else [])
    if len(agreed) != 1:
        raise Unsure("no first visit stands here for that day")
    return agreed[0], None


def _evaluated(leads: dict[uuid.UUID, Lead], on: date) -> Lead:
    """The one lead whose evaluation is noted, on that day or before."""
    days = {lead: ended.known_ends(lead).get("evaluation_completed") for lead in leads.values()}
    fit = [lead for lead, day in days.items() if day is not None and day <= on]
    if len(fit) != 1:
        raise Unsure("no evaluation is noted here before it" if not fit else "more than one evaluation may be meant")
    return fit[0]


def _agreed_in_a_try(leads: dict[uuid.UUID, Lead], on: date) -> list[Lead]:
    """Open leads whose last try ended in a visit of that day, which is kept elsewhere."""
    last: dict[uuid.UUID, ContactAttempt] = {}
    for attempt in ContactAttempt.objects.filter(lead__in=leads).order_by("at"):
        last[attempt.lead_id] = attempt
    found = []
    for lead in leads.values():
        tried = last.get(lead.id)
        site = practice().sites.get(lead.site)
        if lead.closed_at is not None or tried is None or tried.outcome != BOOKED or site is None:
            continue
        if tried.again_at is not None and tried.again_at.astimezone(site.tz).date() == on:
            found.append(lead)
    return found


def _apply(
    locked: Lead,
    visit: Appointment | None,
    end: End,
    on: date,
    *,
    actor: Actor,
    now: datetime,
    by: User | None = None,
) -> bool:
    """Note it on the locked lead; false where it is known."""
    if on > now.astimezone(_tz(locked)).date():
        raise Unsure("its day is still to come")
    if end.what in ENDS:
        return ended.ended(locked, end.what, on, actor=actor, source=end.source, now=now, appointment=visit, by=by)
    if visit is None:
        raise Unsure("no first visit stands here for that day")
    if locked.closed_at is not None and visit.status != end.what:
        raise Contradicts("its lead is closed")
    visit.refresh_from_db()
    if visit.status == end.what or (end.what == "arrived" and visit.status == "completed"):
        return False
    verbs: dict[str, tuple[Callable[..., Appointment], ...]] = {
        "arrived": (claims.arrived,),
        "missed": (claims.missed,),
        "left": (claims.left,) if visit.status == "arrived" else (claims.arrived, claims.left),
    }
    if end.what == "missed" and visit.status in ("arrived", "completed", "left"):
        raise Contradicts("here it says that they came")
    try:
        for verb in verbs[end.what]:
            visit = verb(visit, now=now)
    except Contradicts:
        raise
    except Conflict:
        raise Contradicts("the visit stands otherwise here") from None
    data = {"appointment": str(visit.id), "at": visit.starts_at.isoformat(), "site": visit.site, "source": end.source}
    services.noted(locked, f"visit_{end.what}", actor, at=now, data=data, subject=("appointment", visit.id))
    return True


def _of_ours(end: End, visit: Appointment | None) -> None:
    """Unsure where the evaluation may be that of another therapy than the visit's, or of another profession."""
    if visit is not None and end.therapies and visit.discipline and visit.discipline not in end.therapies:
        raise Unsure("it is of another therapy than the visit of that day")
    programs = practice().programs
    named = [visit.program, programs[visit.program].name] if visit is not None and visit.program in programs else []
    known = {word for name in named for word in words_of(name)}
    if not known.issuperset(end.besides):
        raise Unsure("it may be the evaluation of another profession")


def _visit_of(number: str) -> Appointment | None:
    try:
        own = uuid.UUID(number)
    except ValueError:
        return None
    return Appointment.objects.select_related("lead").filter(id=own).first()


def _called_so(end: End, on: date) -> bool:
    """Whether somebody of just that name, whenever they were born, has a first visit on that day: a birth date is
    mistyped as a name is."""
    begins = datetime.combine(on, time(), UTC) - timedelta(days=1)
    rows = Appointment.objects.filter(service="evaluation", status__in=_TO_BE, lead__patient__isnull=False)
    near = rows.filter(starts_at__gte=begins, starts_at__lt=begins + timedelta(days=3)).select_related("lead")
    patients = [row.lead.patient_id for row in near if _day(row) == on]
    who = identities([patient for patient in patients if patient is not None])
    return any(_is(identity, end._replace(born=None)) for identity, _ in who.values())


def _visits(leads: Collection[uuid.UUID]) -> list[Appointment]:
    rows = Appointment.objects.filter(lead__in=leads, service="evaluation", status__in=_TO_BE)
    return list(rows.order_by("starts_at"))


def _only(rows: list[Appointment]) -> Appointment | None:
    if len(rows) > 1:
        raise Unsure("more than one visit of that day may be meant")
    return rows[0] if rows else None


def _day(visit: Appointment) -> date | None:
    site = practice().sites.get(visit.site)
    return visit.starts_at.astimezone(site.tz).date() if site is not None else None


def _agrees(lead: Lead, end: End) -> bool | None:
    """Whether what is stated of the patient is that of the lead's: None where nothing is stated."""
    if not (end.last_name or end.first_name or end.born):
        return None
    if lead.patient_id is None:
        return False
    records = same_people([lead.patient_id])[lead.patient_id]
    return any(_is(who, end) for who, _ in identities(records).values())


def _is(who: Identity, end: End) -> bool:
    """Whether every part of name and birth date that is stated is one of theirs."""
    stated = (*who.naming, *(who.also_stated or ()))
    lasts = {_name(said) for name, said in stated if name == "last_name"}
    firsts = {_name(said) for name, said in stated if name in ("first_name", "preferred_name")}
    return (
        (not end.last_name or _name(end.last_name) in lasts)
        and (not end.first_name or _name(end.first_name) in firsts)
        and (end.born is None or end.born.isoformat() in births(who))
    )


def _people(last: str, first: str, born: date) -> tuple[list[set[uuid.UUID]], bool]:
    """Everybody who is called so and was born then, each with all their records; and whether somebody born then shares
    one of the names."""
    asked = End("arrived", None, "", "csv", (), last, first, born)
    near = [row.id for row in Person.objects.filter(finders__contains=Wanted((), born).finders(), erased_at=None)]
    who = {person: identity for person, (identity, _) in identities(near).items()}
    fit = [person for person, identity in who.items() if _is(identity, asked)]
    halves = (asked._replace(last_name=""), asked._replace(first_name=""))
    nearly = any(_is(identity, half) for identity in who.values() for half in halves)
    groups = same_people(fit)
    return [set(each) for each in {frozenset(groups[person]) for person in fit}], nearly


def _name(said: str) -> str:
    return folded(without_generation(said))


def _tz(lead: Lead) -> ZoneInfo:
    shape = practice()
    return shape.sites.get(lead.site, shape.sites[shape.identity.home_site]).tz
