"""The screen: what follows from a lead's facts and the practice, before any points.

Pure. Each check answers one question and may answer "not known"; the scorecard reads the same answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from firstvisit.leads.facts import FACTS, Facts
from firstvisit.practice.shape import OtherPlace, Payer, Practice, Program, Site, Window
from firstvisit.reference.zips import miles

OrderReadiness = Literal["ready", "on_file", "missing"]

DERIVED_MAY_RANK = {
    "program_offered",
    "age_and_setting_fit",
    "days_left",
    "order_readiness",
    "ways_to_reach",
}


def may_rank(fact: str) -> bool | None:
    """Whether a score may use this fact; None when there is no such fact."""
    if fact in DERIVED_MAY_RANK:
        return True
    return FACTS[fact].may_rank if fact in FACTS else None


class Checks(NamedTuple):
    """The answers for one lead. `deadline` is the last local day for a first visit, from `window`."""

    facts: Facts
    site: Site
    program: Program | None
    payer: Payer | None
    program_offered: bool | None
    age_fits: bool | None
    setting_fits: bool | None
    exclusion: str | None
    order_needed: Literal["yes", "no", "not_stated"]
    order_readiness: OrderReadiness | None
    window: Window | None
    window_open: bool
    deadline: date | None
    days_left: int | None
    date_to_ask: bool

    @property
    def age_and_setting_fit(self) -> bool | None:
        """False as soon as one does not fit; unknown while one is unknown. No setting stated: in clinic."""
        if self.age_fits is False or self.setting_fits is False:
            return False
        return None if self.age_fits is None else True

    @property
    def ways_to_reach(self) -> int:
        return self.facts.has_phone + self.facts.has_email

    def value(self, fact: str) -> Any:
        """A check or a fact by name, for the scorecard; None is unknown."""
        return getattr(self, fact) if fact in DERIVED_MAY_RANK else getattr(self.facts, fact)


def check(facts: Facts, practice: Practice, now: datetime) -> Checks:
    """Answer every question of the screen for one lead."""
    site = practice.sites[facts.site]
    program = practice.programs.get(facts.program) if facts.program else None
    payer = practice.payers.get(facts.payer) if facts.payer else None
    offered: bool | None = None
    if program is not None:
        offered = True
    elif facts.asked_program is not None:
        offered = facts.asked_program in practice.program_by_any_slug or None
        offered = False if offered is None else offered
    today = now.astimezone(site.tz).date()
    window, deadline, window_open, ask = _window(facts, program, site, today)
    needed = _order_needed(program, payer)
    return Checks(
        facts=facts,
        site=site,
        program=program,
        payer=payer,
        program_offered=offered,
        age_fits=_age_fits(facts, program),
        setting_fits=None if program is None else (facts.setting or "clinic") in program.settings,
        exclusion=_exclusion(facts, program),
        order_needed=needed,
        order_readiness=_readiness(facts, needed),
        window=window,
        window_open=window_open,
        deadline=deadline,
        days_left=None if deadline is None else (deadline - today).days,
        date_to_ask=ask,
    )


def programs_instead(checks: Checks, practice: Practice) -> list[Program]:
    """Our own programs that fit the age where the one asked for does not, same therapy, same site first."""
    facts, wanted = checks.facts, checks.program
    disciplines = set(facts.disciplines) or set(wanted.disciplines if wanted else ())
    fitting = [
        program
        for program in practice.programs.values()
        if program is not wanted
        and program.status == "open"
        and disciplines & set(program.disciplines)
        and facts.age_months is not None
        and program.age_from_months <= facts.age_months < program.age_to_months
        and (not facts.icd_categories or _icd_fits(facts, program))
    ]
    return sorted(fitting, key=lambda program: (facts.site not in program.sites, program.name))


def other_places(facts: Facts, practice: Practice) -> list[OtherPlace]:
    """Places that do this therapy for this age: those whose area they live in first, nearest first.

    A place that names the programs it takes is offered for those alone, and before the general ones. With
    no home known the distance is that to our own site.
    """
    here = practice.sites[facts.site]
    near = {slug: rank for rank, slug in enumerate(facts.places_near)}
    fitting = [
        place
        for place in practice.places.values()
        if (facts.asked_program in place.programs if place.programs else True)
        and (not facts.disciplines or set(facts.disciplines) & set(place.disciplines))
        and (facts.age_months is None or place.age_from_months <= facts.age_months < place.age_to_months)
    ]
    return sorted(
        fitting,
        key=lambda place: (
            not place.programs,
            near.get(place.slug, len(near)),
            miles(here, place) or 0.0,
            place.name,
        ),
    )


def _age_fits(facts: Facts, program: Program | None) -> bool | None:
    if program is None:
        return None
    if facts.age_months is None:
        takes_everyone = program.age_from_months == 0 and program.age_to_months >= 120 * 12
        return True if takes_everyone else None
    return program.age_from_months <= facts.age_months < program.age_to_months


def _icd_fits(facts: Facts, program: Program) -> bool:
    return any(
        category.startswith(prefix[:3]) or prefix.startswith(category)
        for category in facts.icd_categories
        for prefix in program.icd_prefixes
    )


def _exclusion(facts: Facts, program: Program | None) -> str | None:
    """The code of the first hard exclusion that holds; an unknown fact excludes nobody."""
    for exclusion in program.exclusions if program else ():
        value = getattr(facts, exclusion.fact)
        held = exclusion.equals in value if isinstance(value, tuple) else value == exclusion.equals
        if value is not None and held:
            return exclusion.code
    return None


def _order_needed(program: Program | None, payer: Payer | None) -> Literal["yes", "no", "not_stated"]:
    """Law and custom (the program's rule) or the payer may need an order; two separate questions."""
    if program is not None and program.order_rule == "before_evaluation":
        return "yes"
    if payer is not None and payer.order_required == "yes":
        return "yes"
    if program is None or (payer is None) or payer.order_required == "not_stated":
        return "not_stated"
    return "no"


def _readiness(facts: Facts, needed: str) -> OrderReadiness | None:
    if facts.order_state == "signed" or needed == "no":
        return "ready"
    match facts.order_state:
        case "on_file" | "unsigned":
            return "on_file"
        case "none":
            return "missing" if needed == "yes" else "ready"
    return None


def _window(
    facts: Facts, program: Program | None, site: Site, today: date
) -> tuple[Window | None, date | None, bool, bool]:
    """The program's window for this lead, its last day, whether it runs now, and whether a date must be asked.

    The window of the stated event counts first; one that starts with receipt is the fallback.
    """
    if program is None:
        return None, None, False, False
    fallback: Window | None = None
    for window in program.windows:
        if not window.since:
            fallback = fallback or window
        elif facts.event_kind in window.since and facts.event_on is not None:
            last = _after(facts.event_on, window.last_day, window.business_days, site)
            return window, last, today <= last + timedelta(days=14), False
    ask = any(w.ask_if_missing and w.since for w in program.windows) and facts.event_on is None
    if fallback is None:
        return None, None, False, ask
    received = facts.received_at.astimezone(site.tz).date()
    last = _after(received, fallback.last_day, fallback.business_days, site)
    return fallback, last, True, ask


def _after(start: date, days: int, business: bool, site: Site) -> date:
    if not business:
        return start + timedelta(days=days)
    day, left = start, days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in site.closed_days:
            left -= 1
    return day
