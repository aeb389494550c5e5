"""When somebody new can expect a first visit, for pages that strangers read.

What is said is the third free time (`third_next`): the first one is often a gap that a cancellation left, gone before
whoever reads of it has asked. A thread of each web process measures every ten minutes; a page reads what is kept and
never searches, however many read at once. Where nothing is kept, or what is kept is old, nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.booking.third_next import ANY, THIRD, Wait, day_of, waits
from firstvisit.journey.own_visit import scheduled_at
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Program, Site
from firstvisit.steps.qualify.rules import BOOKS

EVERY: Final = timedelta(minutes=10)
GOOD_FOR: Final = 2 * EVERY
"""For so long a measurement is told; one that nobody renewed is not."""


@dataclass(frozen=True, slots=True)
class Expected:
    """First visits at one site: the earliest and the latest day of the third free time over the programs and therapies
    that are meant, and the last day through which some of them are booked out (None: none of them is)."""

    site: Site
    first: date | None
    last: date | None
    full_through: date | None
    setting: str = "clinic"


@dataclass(frozen=True, slots=True)
class _Measured:
    at: datetime
    sites: Mapping[str, tuple[Wait, ...]]


_measured: _Measured | None = None


def measure(*, now: datetime) -> None:
    """Measure every site and keep it in this process."""
    global _measured
    _measured = _Measured(now, {site.slug: tuple(waits(site, now=now)) for site in practice().sites.values()})


def forget() -> None:
    """Keep nothing until the next measurement."""
    global _measured
    _measured = None


def expected_by_site(*, now: datetime, program: str = "") -> list[Expected]:
    """What somebody new can expect whoever pays, of all programs or of one; a site of which nothing is known is left
    out."""
    found = (_at(site, _kept(site.slug, now), program=program) for site in practice().sites.values())
    return [each for each in found if each is not None]


def expected_of(lead: Lead, *, now: datetime) -> Expected | None:
    """What a lead whose decision allows a first visit can expect, at its site, by its program, therapy and payer; None
    where that is not known, where a visit is booked, where it is seen at home, and where it has to wait for something
    else first."""
    facts, shape = lead.facts, practice()
    site, program = shape.sites.get(lead.site), shape.programs.get(facts.program or "")
    if site is None or program is None or lead.closed_at is not None or lead.outcome not in BOOKS:
        return None
    setting = _setting(facts.setting, program)
    if setting not in ("clinic", "telehealth"):
        return None
    payer = facts.payer if facts.payer in shape.payers else ANY
    found = _at(site, _kept(site.slug, now), program=program.slug, therapies=_therapies(facts.disciplines, program),
                payer=payer or ANY, setting=setting)  # fmt: skip
    if found is None or (facts.not_before is not None and (found.first is None or facts.not_before > found.first)):
        return None
    return found if scheduled_at(lead) is None else None


def _setting(asked: str | None, program: Program) -> str:
    """Where somebody of this program is seen: as asked where the program does that, else at the clinic."""
    if asked in ("home", "telehealth") and asked in program.settings:
        return asked
    return next((each for each in ("clinic", "home", "telehealth") if each in program.settings), "")


def _kept(site: str, now: datetime) -> tuple[Wait, ...]:
    kept = _measured
    return kept.sites.get(site, ()) if kept is not None and abs(now - kept.at) <= GOOD_FOR else ()


def _therapies(asked: Iterable[str], program: Program) -> Collection[str]:
    return [each for each in asked if each in program.disciplines] or program.disciplines


def _at(
    site: Site,
    kept: Iterable[Wait],
    *,
    program: str = "",
    therapies: Collection[str] = (),
    payer: str = ANY,
    setting: str = "",
) -> Expected | None:
    """`setting` "": where each program is seen of which nobody asks otherwise. Somebody who works there and has one or
    two free times left counts neither as free nor as full."""
    usual = {program.slug: _setting(None, program) for program in practice().programs.values()}
    meant = [
        each for each in kept
        if (not program or each.program == program) and (not therapies or each.discipline in therapies)
        and each.setting == (setting or usual.get(each.program))
    ]  # fmt: skip
    days = [day_of(starts[-1], site) for each in meant if len(starts := each.starts.get(payer, [])) == THIRD]
    full = [each.through for each in meant if payer in each.works and not each.starts.get(payer)]
    if not days and not full:
        return None
    first, last = min(days, default=None), max(days, default=None)
    return Expected(site, first, last, max(full, default=None), setting or "clinic")
