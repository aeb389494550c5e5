"""The screen: what follows from a lead's facts and the practice, before any points.

Pure. Each check answers one question and may answer "not known"; the scorecard reads the same answers.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from firstvisit.leads.facts import Facts
from firstvisit.practice.shape import Exclusion, Payer, Practice, Program, Site, Window
from firstvisit.scorecard.conditions import OneOf, all_hold
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.ranking import DERIVED_MAY_RANK
from firstvisit.steps.qualify.terms import HardRule
from firstvisit.steps.qualify.windows import HELD_EVENTS, NOTHING_DUE, Due, due, local_day, months_between

NOT_DEMANDED: Final = OneOf(("ready",))
"""Of an order that nobody is known to need: whatever is found out of it, nothing is missing."""
OrderReadiness = Literal["ready", "on_file", "announced", "missing"]
Needed = Literal["yes", "no", "not_stated"]
_NO_ORDER: Final[tuple[Needed, None]] = ("not_stated", None)
"""Of an organization no order is asked."""


class Checks(NamedTuple):
    """The answers for one lead on `today`, the site's day; `age_months` is the age on that day.

    `order_needed` says whether an order is needed at all, `order_before` before what. `due` is what the dates say.
    """

    facts: Facts
    site: Site
    today: date
    program: Program | None
    payer: Payer | None
    age_months: int | None
    program_offered: bool | None
    age_fits: bool | None
    setting_fits: bool | None
    exclusion: Exclusion | None
    hard_rule: HardRule | None
    order_needed: Needed
    order_before: Literal["evaluation", "treatment"] | None
    order_readiness: OrderReadiness | None
    authorization_first: bool
    ready_to_schedule: bool | None
    due: Due
    order_by_program: bool = False
    """Whether an order is needed depends on the program, and that is not known."""

    @property
    def age_and_setting_fit(self) -> bool | None:
        """False as soon as one does not fit; unknown while one is unknown."""
        if self.age_fits is False or self.setting_fits is False:
            return False
        return None if self.age_fits is None or self.setting_fits is None else True

    @property
    def program_decides_fit(self) -> bool:
        """Whether age and setting are known as far as anybody can tell them, and what is open is the program."""
        stated = self.age_months is not None and self.facts.setting is not None
        return self.program is None and stated and self.age_and_setting_fit is None

    @property
    def other_therapies(self) -> tuple[str, ...]:
        """What was asked for and is not done in the program."""
        if self.program is None or self.facts.lead_kind == "organization":
            return ()
        found = tuple(asked for asked in self.facts.disciplines if asked not in self.program.disciplines)
        return found if len(found) < len(self.facts.disciplines) else ()

    @property
    def authorization_refused(self) -> bool:
        """Whether the payer refused to authorize the evaluation."""
        return self.authorization_first and self.facts.authorization == "denied"

    @property
    def ways_to_reach(self) -> int:
        return self.facts.has_phone + self.facts.has_email

    @property
    def window(self) -> Window | None:
        return self.due.window

    @property
    def deadline(self) -> date | None:
        return self.due.deadline

    @property
    def date_to_ask(self) -> bool:
        return self.due.to_ask

    @property
    def days_left(self) -> int | None:
        """Days until a first visit is due. While a date that decides it is still to be asked for, not known."""
        if self.due.deadline is None or (self.due.to_ask and self.due.clock is None):
            return None
        return (self.due.deadline - self.today).days

    @property
    def date_uncounted(self) -> bool:
        """Whether a date is stated and nothing tells how soon it wants a visit: no program is known, or its days count
        from another event."""
        return self.facts.event_on is not None and self.days_left is None

    @property
    def after_surgery(self) -> bool | None:
        """Whether care follows a surgery: stated, or plain from a program whose windows all run from one."""
        if self.facts.event_kind is not None:
            return self.facts.event_kind == "surgery"
        if self.program is None:
            return None
        since = [window.since for window in self.program.windows if window.since]
        return True if since and all("surgery" in kinds for kinds in since) else None

    def value(self, fact: str) -> Any:
        """A check or a fact by name, for the scorecard; None is unknown, `OneOf` what can only be one of some."""
        if fact == "order_readiness" and self.order_needed != "yes":
            if self.order_by_program:
                return OneOf(("ready", _readiness(self.facts, "yes") or "missing"))
            if self.order_readiness is None:
                return NOT_DEMANDED
        if fact in DERIVED_MAY_RANK:
            return getattr(self, fact)
        value = getattr(self.facts, fact)
        return None if fact == "order_state" and value == "unknown" else value


def check(facts: Facts, practice: Practice, judging: Judging, now: datetime) -> Checks:
    """Answer every question of the screen for one lead."""
    site = practice.sites[facts.site]
    program = practice.programs.get(facts.program) if facts.program else None
    if program is None and facts.asked_program is not None:
        program = practice.program_by_any_slug.get(facts.asked_program)
    payer = practice.payers.get(facts.payer) if facts.payer else None
    today = local_day(now, site.tz)
    age = facts.age_months
    if age is not None and (received := facts.received_at.date()) < today:
        age += months_between(received, today)
    if program is not None:
        offered: bool | None = True
        age_fits = takes_age(program, age)
        setting_fits: bool | None = setting_fits_at(facts.setting, program, site)
    else:
        offered, age_fits, setting_fits = _without_program(facts, age, practice, site)
    of_people = facts.lead_kind != "organization"
    needed, before = _order_needed(facts, program, payer, judging) if of_people else _NO_ORDER
    by_program = False
    if of_people and program is None and facts.asked_program is None and facts.order_state != "signed":
        needed, before, by_program = _order_of_any(facts, age, payer, practice, judging)
    checks = Checks(
        facts=facts,
        site=site,
        today=today,
        program=program,
        payer=payer,
        age_months=age,
        program_offered=offered,
        age_fits=age_fits,
        setting_fits=setting_fits,
        exclusion=held(facts, program) if program is not None else None,
        hard_rule=None,
        order_needed=needed,
        order_before=before,
        order_readiness=_readiness(facts, needed),
        authorization_first=of_people and _authorization_first(facts, payer, judging),
        ready_to_schedule=_ready(facts, judging),
        due=due(facts, program, age, site, judging, today, facts.program) if of_people else NOTHING_DUE,
        order_by_program=by_program,
    )
    if judging.hard_rules:
        held_rule = next((rule for rule in judging.hard_rules if all_hold(rule.when, checks.value)), None)
        checks = checks._replace(hard_rule=held_rule)
    if of_people and facts.event_on is not None and not checks.due.pressing:
        return _demanded(checks, practice, judging)
    return checks


def as_in(checks: Checks, program: Program, judging: Judging) -> Checks:
    """The same lead with the dates and the order rule of another program of ours, which is the one that fits."""
    facts = checks.facts
    theirs = due(facts, program, checks.age_months, checks.site, judging, checks.today, program.slug)
    borrowed = checks.due.pressing and not theirs.pressing
    moved = _with_order_of(checks, program, judging, beside=borrowed)
    return moved._replace(due=checks.due if borrowed else theirs)


def _with_order_of(checks: Checks, program: Program, judging: Judging, *, beside: bool) -> Checks:
    """The same lead under the order rule of another program; `beside` its own, of which the stricter holds."""
    needed, before = _order_needed(checks.facts, program, checks.payer, judging)
    if beside and checks.order_needed == "yes" and (needed != "yes" or checks.order_before == "evaluation"):
        return checks
    return checks._replace(
        order_needed=needed,
        order_before=before,
        order_readiness=_readiness(checks.facts, needed),
        order_by_program=False,
    )


def icd_fits(facts: Facts, program: Program) -> bool:
    """Whether a diagnosis is one of a program's."""
    return any(
        category.startswith(prefix[:3]) or prefix.startswith(category)
        for category in facts.icd_categories
        for prefix in program.icd_prefixes
    )


def _demanded(checks: Checks, practice: Practice, judging: Judging) -> Checks:
    """What an event demands does not wait for the right program to be found: where the one asked for is not it, or no
    program is known, or a diagnosis is another's, the safety window that ends first decides how soon, and whose window
    it is decides what order it needs."""
    facts, age = checks.facts, checks.age_months
    key = ("safety_windows", facts.event_kind)
    programs: tuple[Program, ...] | None = practice.memo.get(key)
    if programs is None:
        programs = practice.memo[key] = tuple(
            program
            for program in practice.programs.values()
            if any(window.urgent and facts.event_kind in window.since for window in program.windows)
        )
    running = [
        (found.deadline, program.name, found, program)
        for program in programs
        if program is not checks.program and _pointed_to(checks, program, practice) and held(facts, program) is None
        if (found := due(facts, program, age, checks.site, judging, checks.today, facts.program)).pressing
        and found.deadline
    ]
    if not running:
        return checks
    _, name, nearest, theirs = min(running, key=lambda each: each[:2])
    clock, near = checks.due.clock, checks.due.clock_urgent
    checks = _with_order_of(checks, theirs, judging, beside=True)
    return checks._replace(due=nearest._replace(by_program=name, clock=clock, clock_urgent=near))


def _pointed_to(checks: Checks, program: Program, practice: Practice) -> bool:
    """Whether something stated points to a program: a diagnosis that is one of ours; else words that name what it is
    about; else the therapy with an event after which that care begins. An injury or an onset stands behind nearly every
    complaint and points nowhere alone. A program that fits needs a diagnosis to be doubted, and so does a service that
    we do not have."""
    facts, asked, age = checks.facts, checks.program, checks.age_months
    if age is not None and not program.age_from_months <= age < program.age_to_months:
        return False
    if asked is not None and checks.exclusion is not None and checks.exclusion.instead == program.slug:
        return True
    therapies = facts.disciplines or (asked.disciplines if asked is not None else ())
    if therapies and set(program.disciplines).isdisjoint(therapies):
        return False
    if any(icd_fits(facts, one) for one in practice.programs.values()):
        return icd_fits(facts, program)
    if asked is None and facts.asked_program is not None:
        return False
    if asked is not None and checks.exclusion is None and checks.age_and_setting_fit is not False:
        return False
    if any(_counts(practice.programs.get(slug), facts.event_kind) for slug in facts.speaks_of):
        return program.slug in facts.speaks_of
    return bool(therapies) and facts.event_kind in HELD_EVENTS


def _counts(program: Program | None, event_kind: str | None) -> bool:
    """Whether a program's windows run from an event of this kind."""
    return program is not None and any(event_kind in window.since for window in program.windows)


def setting_fits_at(setting: str | None, program: Program, site: Site) -> bool:
    """Whether a program is done where they ask for it; where nothing was asked, it is done where it is done.

    Visits at home are made only from sites that have an area for them.
    """
    if setting is None:
        return True
    return setting in program.settings and (setting != "home" or site.home_area_miles is not None)


def held(facts: Facts, program: Program) -> Exclusion | None:
    """The first hard exclusion of a program that holds; an unknown fact excludes nobody."""
    for exclusion in program.exclusions:
        value = getattr(facts, exclusion.fact)
        if exclusion.equals in value if isinstance(value, tuple) else value == exclusion.equals:
            return exclusion
    return None


def candidates(facts: Facts, practice: Practice) -> tuple[Program, ...]:
    """Our programs of the therapies asked for; all of them while no therapy is stated."""
    key = ("candidates", facts.disciplines)
    found: tuple[Program, ...] | None = practice.memo.get(key)
    if found is None:
        wanted = set(facts.disciplines)
        found = practice.memo[key] = tuple(
            program
            for program in practice.programs.values()
            if not wanted or not wanted.isdisjoint(program.disciplines)
        )
    return found


def _without_program(
    facts: Facts, age: int | None, practice: Practice, site: Site
) -> tuple[bool | None, bool | None, bool | None]:
    """Offered, age and setting while no program is known: what holds for whatever program it may become. Who is too old
    or too young for some becomes one of the others; a setting that some have and others have not leaves it open."""
    if facts.asked_program is not None:
        return False, None, None
    if not facts.disciplines:
        return None, None, None
    programs = candidates(facts, practice)
    if not programs:
        return False, None, None
    takes = {program.slug: takes_age(program, age) for program in programs}
    possible = [program for program in programs if takes[program.slug] is not False]
    if not possible:
        return True, False, None
    ages = True if all(takes[program.slug] for program in possible) else None
    there = {setting_fits_at(facts.setting, program, site) for program in possible}
    return True, ages, there.pop() if len(there) == 1 else None


def takes_age(program: Program, age: int | None) -> bool | None:
    """Whether a program takes this age in months; None while it is not known, unless the program takes everyone."""
    if age is None:
        return True if program.age_from_months == 0 and program.age_to_months >= 120 * 12 else None
    return program.age_from_months <= age < program.age_to_months


def _order_needed(
    facts: Facts, program: Program | None, payer: Payer | None, judging: Judging
) -> tuple[Needed, Literal["evaluation", "treatment"] | None]:
    """Law and custom (the program's rule) or the payer may need an order; two separate questions."""
    rule = program.order_rule if program is not None else None
    by_payer = payer.order_required if payer is not None else "not_stated"
    if by_payer == "not_stated" and payer is None and facts.payer_kind is not None:
        by_payer = judging.order_by_payer_kind.get(facts.payer_kind, "not_stated")  # type: ignore[call-overload]
    if rule == "before_evaluation" or by_payer == "yes":
        return "yes", "evaluation"
    if rule == "before_treatment":
        return "yes", "treatment"
    return ("no", None) if rule is not None and by_payer == "no" else ("not_stated", None)


def _order_of_any(
    facts: Facts, age: int | None, payer: Payer | None, practice: Practice, judging: Judging
) -> tuple[Needed, Literal["evaluation", "treatment"] | None, bool]:
    """The order that is needed whatever program it may become, and whether that hangs on the program."""
    possible = [program for program in candidates(facts, practice) if takes_age(program, age) is not False]
    rules = {_order_needed(facts, program, payer, judging) for program in possible}
    if len(rules) < 2:
        return (*(rules.pop() if rules else _NO_ORDER), False)
    if all(needed == "yes" for needed, _ in rules):
        return "yes", "treatment", False
    return "not_stated", None, any(needed == "yes" for needed, _ in rules)


def _readiness(facts: Facts, needed: Needed) -> OrderReadiness | None:
    """How ready the order is for what is known to be needed; None where it is needed or may be, and nothing of it is
    stated. To have one on its way is never worse than to have none."""
    if facts.order_state == "signed" or needed == "no":
        return "ready"
    if needed == "not_stated":
        return None if facts.order_state == "unknown" else "ready"
    match facts.order_state:
        case "on_file" | "unsigned":
            return "on_file"
        case "announced":
            return "announced"
        case "none":
            return "missing"
    return None


def _authorization_first(facts: Facts, payer: Payer | None, judging: Judging) -> bool:
    """Whether the payer authorizes the evaluation itself, and has not yet.

    What the payer is known to want counts; else what its kind wants; else what the sender stated.
    """
    if facts.authorization in ("approved", "not_required"):
        return False
    rule = payer.authorization_before_evaluation if payer is not None else "not_stated"
    if rule == "not_stated":
        kind = judging.authorization_by_payer_kind.get(facts.payer_kind) if facts.payer_kind else None  # type: ignore[call-overload]
        if payer is None and kind is not None:
            return bool(kind == "yes")
        return facts.authorization in ("required", "pending", "denied")
    return rule == "yes"


def _ready(facts: Facts, judging: Judging) -> bool | None:
    if facts.timing is None or facts.timing == "not_sure":
        return None
    return facts.timing in judging.ready_timings
