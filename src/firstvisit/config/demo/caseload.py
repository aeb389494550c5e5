"""Whom the demo's clinicians treat already: families whose evaluation is done, with visits three times a week, so that
the calendar is about half full. Invented people at numbers 555-01xx."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from firstvisit.config.demo.referrals import ByApi
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking.ended import ended
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.booking import claims, outgoing, spans, supply
from firstvisit.steps.booking.models import Appointment, Outgoing
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Slot, Want

SEED: Final = 20_261_123
WEEKS: Final = 3
"""Weeks ahead that are booked; two lie behind."""
TREATMENT: Final = 45
_GIVEN: Final = (
    "Amos", "Beatriz", "Carl", "Della", "Ewan", "Flora", "Gus", "Hazel", "Ivo", "June", "Kurt", "Lena", "Miles", "Nora",
    "Otis", "Pia", "Quinn", "Rhea", "Saul", "Tess",
)  # fmt: skip
_FAMILY: Final = ("Lindgren", "Okafor", "Petrov", "Ruiz", "Sundby", "Tran", "Ullman", "Vance", "Wirth", "Yoder")
CASELOAD: Final = (
    ("anna_lindqvist", "OT", "hand_therapy", "53703", 5),
    ("marcus_bell", "OT", "neuro_rehab", "53711", 5),
    ("priya_raman", "PT", "orthopedic", "53704", 4),
    ("lucia_herrera", "SLP", "cognition", "53713", 5),
    ("tyler_novak", "PT", "orthopedic", "53719", 7),
    ("erik_salmela", "PT", "joint_replacement", "49855", 6),
    ("hannah_koski", "OT", "hand_therapy", "49855", 5),
    ("joan_tervo", "SLP", "cognition", "49855", 4),
)
"""Who treats whom: therapy, program, where they live, and how many."""


def all_of(today: date) -> Iterator[ByApi]:
    """A referral for each of them, in the order of `CASELOAD`."""
    number = 0
    for who, discipline, program, zip_code, count in CASELOAD:
        for _ in range(count):
            yield _family(number, who, discipline, program, zip_code)
            number += 1


def fill(references: Sequence[str], now: datetime) -> int:
    """Complete their evaluations and book their treatment; `references` are those of `all_of`, in its order. How many
    visits were booked. Whoever has visits already is left alone."""
    chance = random.Random(SEED)  # noqa: S311  the same demo every time
    people = iter(references)
    theirs = {who: [next(people, "") for _ in range(count)] for who, _, _, _, count in CASELOAD}
    zone = {slug: site.tz for slug, site in practice().sites.items()}
    first = now.date() - timedelta(days=21)
    last = now.date() + timedelta(days=7 * WEEKS)
    known = {one.slug: one for one in supply.bookables(practice(), policy().section(Booking), first, last)}
    return sum(
        _treat(known[who], discipline, program, theirs[who], zone[practice().resources[who].sites[0]], chance, now)
        for who, discipline, program, _, _ in CASELOAD
    )


def _treat(
    one: Bookable,
    discipline: str,
    program: str,
    references: Iterable[str],
    zone: ZoneInfo,
    chance: random.Random,
    now: datetime,
) -> int:
    """One therapist's caseload: each person has two or three times a week, the same in every week."""
    times = _times(one, zone)
    chance.shuffle(times)
    made = 0
    for code in references:
        lead = Lead.objects.filter(number=int(code[2:])).first() if code else None
        if lead is None or Appointment.objects.filter(lead=lead).exists():
            continue
        week: dict[int, str] = {}
        while times and len(week) < 3:
            day, at = times.pop()
            if day in week:
                times.insert(0, (day, at))
                if len({each for each, _ in times} - set(week)) == 0:
                    break
                continue
            week[day] = at
        with transaction.atomic():
            made += _book(lead, one, discipline, program, week, zone, now)
    return made


def _book(
    lead: Lead, one: Bookable, discipline: str, program: str, week: dict[int, str], zone: ZoneInfo, now: datetime
) -> int:
    """Their evaluation in the past, then the visits of the pattern wherever the therapist is open. Of an assistant's
    people somebody else did the evaluation, before the practice began with firstvisit."""
    visits: list[tuple[Slot, Want]] = []
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday() + 14)
    evaluated = monday - timedelta(days=3) if one.assistant else None
    for number in range(7 * (2 + WEEKS)):
        day = monday + timedelta(days=number)
        if day.weekday() not in week:
            continue
        start = spans.on_the_clock(day, time.fromisoformat(week[day.weekday()]), zone)
        stretch = next((each for each in one.open if each.start <= start and start + TREATMENT <= each.end), None)
        if stretch is None or (evaluated is None and spans.moment(start + TREATMENT) > now):
            continue
        want = Want(
            service="treatment" if evaluated else "evaluation", kind="treatment" if evaluated else "evaluation",
            program=program, discipline=discipline, setting="clinic", minutes=TREATMENT, before=0, after=0,
            sites=(stretch.site,),
        )  # fmt: skip
        end = start + TREATMENT
        slot = Slot(start, end, (start, end), stretch.site, "clinic", one.id, (one.id,), 0, ())
        visits.append((slot, want))
        evaluated = evaluated or day
    made = _kept(lead, visits, now)
    if evaluated is not None:
        locked = Lead.objects.select_for_update(of=("self",)).get(id=lead.id)
        ended(locked, "evaluation_completed", evaluated, actor=SYSTEM, source="csv", now=now)
        advance([locked.id], now=now)
        _known_to_the_emr(locked, now)
    return made


def _known_to_the_emr(lead: Lead, now: datetime) -> None:
    """They and their visits came from the EMR, so it is told nothing of them as they stand; what changes is told."""
    rows = list(Outgoing.objects.filter(lead=lead, status="wanted"))
    for row in rows:
        row.status, row.ended_at, row.control = "acknowledged", now, outgoing.control_of()
        row.kind = "a04" if row.what == "patient" else "s12"
    Outgoing.objects.bulk_update(rows, ["status", "ended_at", "control", "kind"])


def _kept(lead: Lead, visits: Sequence[tuple[Slot, Want]], now: datetime) -> int:
    """All visits of somebody, booked some days before the first; those that are past took place. 0 where one of the
    times is somebody's."""
    if not visits:
        return 0
    agreed = spans.moment(visits[0][0].start) - timedelta(days=3)
    try:
        rows = claims.book_series(visits, lead, made_by="desk", now=min(now, agreed))
    except claims.Taken:
        return 0
    past = [row for row in rows if row.ends_at <= now]
    for row in past:
        row.status = "completed" if row.service == "treatment" else "arrived"
        row.status_at = row.ends_at if row.service == "treatment" else row.starts_at
    Appointment.objects.bulk_update(past, ["status", "status_at"])
    return len(rows)


def _times(one: Bookable, zone: ZoneInfo) -> list[tuple[int, str]]:
    """Weekdays and hours at which somebody could be treated week after week."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for stretch in one.open:
        if stretch.programs or "clinic" not in stretch.settings:
            continue
        for start in range(stretch.start, stretch.end - TREATMENT + 1, TREATMENT):
            local = spans.moment(start).astimezone(zone)
            found[local.weekday(), f"{local:%H:%M}"] += 1
    return sorted(key for key, count in found.items() if count >= 3)


def _family(number: int, who: str, discipline: str, program: str, zip_code: str) -> ByApi:
    first, last = _GIVEN[number % len(_GIVEN)], _FAMILY[(number * 3 + number // len(_GIVEN)) % len(_FAMILY)]
    return ByApi(
        f"caseload-{number}",
        f"in treatment with {who.replace('_', ' ').title()}",
        {
            "lead_kind": "patient",
            "discipline": [discipline],
            "program": program,
            "patient": {
                "first_name": first,
                "last_name": last,
                "date_of_birth": f"{1946 + number}-{number % 12 + 1:02}-{number % 27 + 1:02}",
                "postal_code": zip_code,
            },
            "contact": {"name": f"{first} {last}", "relationship": "self", "phone": f"(608) 555-01{number % 100:02}"},
            "concern": "In treatment here already; brought over when the practice began with firstvisit",
        },
    )
