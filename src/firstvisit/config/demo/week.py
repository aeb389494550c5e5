"""The demo's first visits of these days: yesterday's that nobody answered for, one who came and one who did not; those
to come, some confirmed, one cancelled. Invented people at numbers 555-01xx.

What is to come is booked as a family books it. What is past was agreed before the practice began with firstvisit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from django.db import transaction

from firstvisit.config.demo.referrals import ByApi
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import visits
from firstvisit.journey.booking.offering import offers
from firstvisit.journey.booking.wanting import wanted
from firstvisit.kernel.audit import SYSTEM, Actor
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking import claims, spans, supply
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Slot, Want

DESK: Final = "dana@"
"""Who of the sample's desk noted what became of visits."""
BACK: Final = 7
"""Days back in which a past visit is looked for: the last on which the therapist was there."""


class Family(NamedTuple):
    """Whose first visit it is. `becomes` says how it stands; those to come take the `nth` best time of theirs."""

    given: str
    family: str
    born: str
    discipline: str
    program: str
    zip_code: str
    who: str
    becomes: Literal["unanswered", "arrived", "missed", "booked", "confirmed", "cancelled"]
    nth: int = 0


FAMILIES: Final = (
    Family("Opal", "Brandvold", "1961-03-12", "PT", "orthopedic", "53704", "priya_raman", "unanswered"),
    Family("Leif", "Castellano", "1974-08-02", "OT", "hand_therapy", "53703", "anna_lindqvist", "unanswered"),
    Family("Maeve", "Dorrance", "1949-11-21", "PT", "joint_replacement", "49855", "erik_salmela", "unanswered"),
    Family("Rufus", "Engstrom", "1988-05-30", "PT", "orthopedic", "53711", "priya_raman", "arrived"),
    Family("Thea", "Farnsworth", "1957-01-17", "OT", "hand_therapy", "53719", "anna_lindqvist", "missed"),
    Family("Ansel", "Grimaldi", "2022-04-09", "SLP", "early_language", "53713", "lucia_herrera", "confirmed"),
    Family("Bettina", "Hollis", "1969-09-25", "PT", "orthopedic", "53704", "priya_raman", "confirmed", 1),
    Family("Cyrus", "Ingersoll", "1980-12-03", "OT", "hand_therapy", "53703", "anna_lindqvist", "booked", 1),
    Family("Dagny", "Jorgenson", "1953-06-14", "PT", "vestibular", "53705", "priya_raman", "booked", 2),
    Family("Emil", "Kowalczyk", "2021-10-08", "SLP", "speech_language", "53711", "lucia_herrera", "booked", 2),
    Family("Fenna", "Lachance", "1964-02-27", "PT", "orthopedic", "53716", "priya_raman", "cancelled", 3),
    Family("Joren", "Pelkey", "1977-05-16", "OT", "neuro_rehab", "53711", "marcus_bell", "booked", 1),
    Family("Kaja", "Quill", "1966-10-29", "PT", "joint_replacement", "53704", "priya_raman", "booked", 4),
    Family("Lorne", "Rasmus", "1985-01-08", "OT", "neuro_rehab", "53713", "marcus_bell", "confirmed", 3),
    Family("Mina", "Sather", "1951-04-23", "OT", "hand_therapy", "53716", "anna_lindqvist", "booked", 4),
    Family("Gideon", "Maki", "1946-07-19", "PT", "joint_replacement", "49855", "erik_salmela", "confirmed"),
    Family("Hedda", "Niskanen", "1972-03-05", "OT", "hand_therapy", "49855", "hannah_koski", "booked", 1),
    Family("Ilmari", "Oja", "1959-08-11", "PT", "orthopedic", "49855", "erik_salmela", "booked", 2),
)  # fmt: skip
"""Whose first visits they are; `who` is the therapist of a past one."""


def all_of(today: date) -> Iterator[ByApi]:
    """A referral for each of them, in the order of `FAMILIES`."""
    for number, one in enumerate(FAMILIES):
        name = f"{one.given} {one.family}"
        child = one.born >= f"{today.year - 17}"
        contact = {"name": name, "relationship": "self", "phone": f"(608) 555-01{number + 40:02}"}
        if child:
            contact |= {"name": f"Petra {one.family}", "relationship": "mother"}
        yield ByApi(
            f"week-{number}",
            f"first visit, {one.becomes}",
            {
                "lead_kind": "caregiver" if child else "patient",
                "discipline": [one.discipline],
                "program": one.program,
                "patient": {
                    "first_name": one.given,
                    "last_name": one.family,
                    "date_of_birth": one.born,
                    "postal_code": one.zip_code,
                },
                "contact": contact,
                "payer": {"kind": "private_pay"},
                "order_signed": True,
                "documents": ["order"],
                "concern": "Asked for a first visit and agreed to the time",
            },
        )


def fill(references: Sequence[str], now: datetime) -> int:
    """Book their visits and note what became of them; `references` are those of `all_of`, in its order. How many visits
    there are. Whoever has one already is left alone."""
    desk = User.objects.get(email__startswith=DESK)
    first, made = now.date() - timedelta(days=BACK + 1), 0
    known = {one.slug: one for one in supply.bookables(practice(), policy().section(Booking), first, now.date())}
    for one, code in zip(FAMILIES, references, strict=True):
        lead = Lead.objects.filter(number=int(code[2:])).first() if code else None
        if lead is None or lead.closed_at is not None or Appointment.objects.filter(lead=lead).exists():
            continue
        past = one.becomes in ("unanswered", "arrived", "missed")
        row = _past(lead, known[one.who], now) if past else _to_come(lead, one.nth, now)
        if row is not None:
            _note(row, one, desk)
            made += 1
    return made


def _to_come(lead: Lead, nth: int, now: datetime) -> Appointment | None:
    found = offers(lead, now=now, count=nth + 1, a_half_day=1).offers
    return visits.book(lead, found[-1].token, by=None, actor=SYSTEM, door="family") if found else None


def _past(lead: Lead, who: Bookable, now: datetime) -> Appointment | None:
    """The first free time of the last day on which the therapist was there, agreed some days before."""
    want = wanted(lead, now=now).wants[0]
    with transaction.atomic():
        locked = Lead.objects.select_for_update(of=("self",)).get(id=lead.id)
        for slot in _free(who, want, now):
            try:
                agreed = spans.moment(slot.start) - timedelta(days=4)
                row = claims.book(slot, locked, want, made_by="desk", now=agreed)
            except claims.Taken:
                continue
            visits.note(locked, "visit_booked", SYSTEM, row, now)
            advance([locked.id], now=now)
            return row
    return None


def _free(who: Bookable, want: Want, now: datetime) -> Iterator[Slot]:
    """Times of the last days before today that lie in the therapist's hours, the latest day first."""
    days: dict[date, list[Slot]] = {}
    for each in who.open:
        zone = practice().sites[each.site].tz
        on = spans.moment(each.start).astimezone(zone).date()
        if on >= now.astimezone(zone).date() or "clinic" not in each.settings or each.programs:
            continue
        for start in range(each.start + want.before, each.end - want.minutes - want.after + 1, 15):
            end = start + want.minutes
            claimed = start - want.before, end + want.after
            days.setdefault(on, []).append(Slot(start, end, claimed, each.site, "clinic", who.id, (who.id,), 0, ()))
    for on in sorted(days, reverse=True):
        yield from days[on]


def _note(row: Appointment, one: Family, desk: User) -> None:
    """What became of it, by the desk or the family."""
    ours = Actor("user", str(desk.id))
    if one.becomes == "arrived":
        visits.arrived(row, by=desk, actor=ours)
    elif one.becomes == "missed":
        visits.missed(row, by=desk, actor=ours)
    elif one.becomes == "confirmed":
        visits.confirm(row, by=None, actor=SYSTEM)
    elif one.becomes == "cancelled":
        visits.cancel(row, why="ill", by=None, actor=SYSTEM)
