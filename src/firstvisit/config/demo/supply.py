"""When the demo's clinicians work: hours, notes, supervision, case review, home visits, vacations, a per-diem."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final, NamedTuple

from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import supplying
from firstvisit.steps.booking.models import Block

BEFORE: Final = timedelta(days=91)
"""They have worked like this for a while."""
MO, TU, WE, TH, FR = range(5)


class Hours(NamedTuple):
    """One block of somebody; `rule` instead of `days` where it is not weekly."""

    who: str
    what: str
    days: tuple[int, ...]
    begins: str
    ends: str
    rule: str = ""
    programs: tuple[str, ...] = ()


HOURS: Final = (
    Hours("anna_lindqvist", "clinic", (MO, TU, WE, TH), "08:00", "17:00"),
    Hours("anna_lindqvist", "clinic", (FR,), "08:00", "12:00"),
    Hours("anna_lindqvist", "clinic", (TU, TH), "08:00", "09:00", programs=("hand_tendon_repair",)),
    Hours("anna_lindqvist", "documentation", (MO, TU, WE, TH), "12:00", "12:45"),
    Hours("anna_lindqvist", "documentation", (MO, TU, WE, TH), "16:15", "17:00"),
    Hours("anna_lindqvist", "case_review", (WE,), "12:45", "13:15"),
    Hours("marcus_bell", "clinic", (MO, TU, TH, FR), "09:00", "17:30"),
    Hours("marcus_bell", "clinic", (WE,), "09:00", "12:00"),
    Hours("marcus_bell", "travel", (WE,), "12:00", "13:00"),
    Hours("marcus_bell", "home", (WE,), "13:00", "17:00"),
    Hours("marcus_bell", "documentation", (MO, TU, TH, FR), "12:30", "13:15"),
    Hours("priya_raman", "clinic", (MO, TU, WE, TH, FR), "08:00", "16:30"),
    Hours("priya_raman", "documentation", (MO, TU, WE, TH, FR), "12:00", "12:30"),
    Hours("priya_raman", "supervision", (TU,), "15:30", "16:30"),
    Hours("priya_raman", "meeting", (), "12:30", "13:30", rule="FREQ=MONTHLY;BYDAY=1FR"),
    Hours("lucia_herrera", "clinic", (TU, WE, TH, FR), "09:30", "17:30"),
    Hours("lucia_herrera", "video", (MO,), "09:00", "12:00"),
    Hours("lucia_herrera", "documentation", (TU, WE, TH, FR), "13:00", "13:45"),
    Hours("tyler_novak", "clinic", (MO, TU, WE, TH), "07:30", "16:30"),
    Hours("tyler_novak", "clinic", (FR,), "07:30", "12:00"),
    Hours("tyler_novak", "documentation", (MO, TU, WE, TH), "12:00", "12:30"),
    Hours("tyler_novak", "supervision", (TU,), "15:30", "16:30"),
    Hours("erik_salmela", "clinic", (MO, TU, WE, TH, FR), "08:00", "12:00"),
    Hours("erik_salmela", "clinic", (MO, TU, WE, TH, FR), "13:00", "17:00"),
    Hours("erik_salmela", "documentation", (MO, TU, WE, TH, FR), "16:15", "17:00"),
    Hours("hannah_koski", "clinic", (MO, TU, WE, TH), "08:00", "12:00"),
    Hours("hannah_koski", "clinic", (MO, TU, WE, TH), "13:00", "17:00"),
    Hours("hannah_koski", "documentation", (MO, TU, WE, TH), "16:15", "17:00"),
    Hours("joan_tervo", "clinic", (MO, WE, FR), "08:00", "12:00"),
    Hours("joan_tervo", "clinic", (MO, WE, FR), "13:00", "17:00"),
    Hours("joan_tervo", "documentation", (MO, WE, FR), "16:15", "17:00"),
)
AWAY: Final = (
    ("priya_raman", "vacation", 15, 16),
    ("anna_lindqvist", "course", 11, 11),
    ("hannah_koski", "vacation", 28, 31),
    ("erik_salmela", "vacation", 39, 42),
)
"""Who is away why, from and through so many days after this week's Monday."""
PER_DIEM: Final = "sofia_brandt"
EXTRA: Final = (5, 12)
"""Days after this week's Monday on which the per-diem works, Saturdays."""


def set_up(today: date) -> None:
    """Enter it once; where anything is entered, nothing is touched."""
    if Block.objects.exists():
        return
    people = {row.slug: row for row in Resource.objects.filter(retired_at=None)}
    sites = {slug: one.sites[0] for slug, one in practice().resources.items()}
    first, now = today - BEFORE, clock.now()
    for who, what, days, begins, ends, rule, programs in HOURS:
        supplying.add_block(
            people[who], what=what, site=sites[who], begins=time.fromisoformat(begins), ends=time.fromisoformat(ends),
            weekdays=days, rule=rule, first_day=first, programs=programs, actor=SYSTEM, now=now,
        )  # fmt: skip
    monday = today - timedelta(days=today.weekday())
    for who, why, start, end in AWAY:
        supplying.add_change(
            people[who], what="away", first=(monday + timedelta(days=start), None),
            last=(monday + timedelta(days=end), None), why=why, by=None, actor=SYSTEM, now=now,
        )  # fmt: skip
    for day in (monday + timedelta(days=after) for after in EXTRA):
        if day < today:
            continue
        supplying.add_change(
            people[PER_DIEM], what="extra", first=(day, time(9)), last=(day, time(13)), by=None, actor=SYSTEM, now=now
        )
    for who, per_diem, miles in ((PER_DIEM, True, None), ("marcus_bell", False, 12)):
        supplying.set_terms(
            people[who], evaluations_a_day=None, new_patients_a_day=None, per_diem=per_diem, last_day=None,
            home_miles=miles, home_zips=(), seen="", actor=SYSTEM,
        )  # fmt: skip
