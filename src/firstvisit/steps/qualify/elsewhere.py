"""Where somebody goes when we are not the right place: a program of ours, a named place, a next step. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from firstvisit.kernel.decisions import Reason
from firstvisit.leads.facts import Facts
from firstvisit.practice.shape import OtherPlace, Practice, Program
from firstvisit.reference.zips import miles
from firstvisit.referral.record import Setting
from firstvisit.steps.qualify.checks import Checks, candidates, held, icd_fits, setting_fits_at
from firstvisit.steps.qualify.holds import Hold, day, too_young
from firstvisit.steps.qualify.policy import Judging

_INSTEAD: Final[dict[Setting, str]] = {
    "clinic": "in the clinic, {site}", "telehealth": "by telehealth", "home": "at home", "school": "at school",
}  # fmt: skip
"""Settings in which a program may do instead of the one asked for, in words; the one to offer first stands first."""
MOST_REMEMBERED: Final = 20_000
"""Rankings of places that are remembered of one practice."""


NO_PLACE: Final = Reason("no_place", 'No other place is known that fits; a person signs "not a match"', "unknown")
FAR_PLACE: Final = Reason(
    "no_place", 'No place is known that serves their home; a person refers out or signs "not a match"', "unknown"
)


class Named(NamedTuple):
    """Another place, with what one must know before naming it to anybody.

    `serves_home`: the home lies in its area; None while the home is not known. `miles` is great-circle from their home
    where `from_home`, else from our site. `stale`: nobody has verified it for longer than the rules allow.
    """

    slug: str
    name: str
    phone: str
    disciplines: tuple[str, ...]
    ages: str
    languages: tuple[str, ...]
    serves_home: bool | None
    miles: int | None
    from_home: bool
    verified_on: date
    stale: bool
    text: str = ""
    """One line with everything, for the reasons."""

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "verified_on": self.verified_on.isoformat()}


class OursFar(NamedTuple):
    """A program of ours that takes them, at a site (slug) of ours in whose reach they do not live; `reason` says so."""

    program: Program
    site: str
    reason: Reason


class Fitting(NamedTuple):
    """What of ours fits where what was asked for does not: a program and the site (slug) to come to; `setting` where it
    is the same program in another one."""

    program: Program
    site: str
    setting: Setting | None = None


class Elsewhere(NamedTuple):
    """The judgement that we are not the right place, or not yet: outcome, reasons and what goes with them."""

    outcome: str
    reasons: tuple[Reason, ...]
    next_step: str
    place: Named | None = None
    hold: Hold | None = None
    fits: Fitting | None = None
    """What of ours fits; None where nothing does."""

    @property
    def program(self) -> Program | None:
        """The other program of ours that fits; None where none does, or the same one in another setting."""
        return self.fits.program if self.fits is not None and self.fits.setting is None else None


class _Why(NamedTuple):
    """One reason why not. `ours`: whether another program of ours may be the answer."""

    code: str
    text: str
    ours: bool = True
    instead: str | None = None
    by_setting: bool = False


LOOK_ELSEWHERE: Final = ("not_offered", "age", "setting", "area")
"""Reasons whose next step is to look for another practice, which nobody needs for whom a program of ours fits."""


def elsewhere(checks: Checks, practice: Practice, judging: Judging) -> Elsewhere | None:
    """Not the right service, program, age, setting or place: ours first, then a hold, a named place, a person."""
    whys = _whys(checks, practice)
    if not whys:
        return None
    reasons = [Reason(why.code, why.text, "no") for why in whys]
    step = judging.next_step(whys[0].code)
    can = they_can(step)
    if all(why.ours for why in whys) and (ours := _ours(checks, practice, whys)) is not None:
        if whys[0].code in LOOK_ELSEWHERE or whys[0].instead is not None:
            step = judging.next_step("instead")
        said, fits = ours
        told = Reason("instead", said, "yes")
        return Elsewhere("route_other_location_or_program", (*reasons, told, they_can(step)), step, fits=fits)
    only_age = len(whys) == 1 and whys[0].code == "age"
    hold = too_young(checks, judging) if only_age else None
    place = named_place(checks, practice, judging)
    serves = place is not None and place.serves_home is not False
    far = ours_far(checks, practice, whys)
    then = [] if far is None else [far.reason]
    if far is not None and not serves:
        can = they_can(step := judging.next_step("far_site"))
    elif not serves and place is not None and checks.facts.in_area is not True:  # who lives near us needs none nearer
        can = they_can(step := judging.next_step("far_place"))
    if place is not None:
        then.append(Reason("place", place.text, "yes" if serves and not place.stale else "waiting"))
    if _telehealth_may_do(checks):
        then.append(Reason("telehealth", "Also done by telehealth: ask whether that would do", "unknown"))
    then.append(can)
    if hold is not None:
        return Elsewhere("nurture", (*reasons, Reason("hold", hold.text, "waiting"), *then), step, place, hold)
    if serves:
        return Elsewhere("refer_out", (*reasons, *then), step, place)
    none = () if far is not None else (NO_PLACE if place is None else FAR_PLACE,)
    return Elsewhere("person_looks", (*reasons, *none, *then), step, place)


@lru_cache(maxsize=256)
def they_can(step: str) -> Reason:
    """The family's next best step, as a reason says it."""
    return Reason("next_step", f"They can: {step}", "waiting")


def _whys(checks: Checks, practice: Practice) -> tuple[_Why, ...]:
    """Every hard reason, in the order in which they are said."""
    facts, program, found = checks.facts, checks.program, list[_Why]()
    if checks.program_offered is False:
        found.append(_not_offered(facts, practice))
    if checks.hard_rule is not None:
        rule = checks.hard_rule
        found.append(_Why(rule.code, rule.text, rule.instead is not None, rule.instead))
    if checks.exclusion is not None:
        e = checks.exclusion
        found.append(_Why(e.code, e.text, instead=e.instead, by_setting=e.fact == "setting"))
    if checks.age_fits is False:
        found.append(_Why("age", f"Age is outside {program.name if program else 'what we offer of this'}"))
    if checks.setting_fits is False and not any(why.by_setting for why in found):
        what = program.name if program is not None else "What was asked for"
        found.append(
            _Why("setting", f"{what} is not done in the setting asked for ({facts.setting})", by_setting=True)
        )
    if facts.in_area is False and facts.setting != "telehealth":
        away = f"Lives {facts.miles} miles away, outside" if facts.miles is not None else "Lives outside"
        near_clinic = facts.setting == "home" and facts.miles is not None and facts.miles <= checks.site.area_miles
        what = "the area for visits at home" if near_clinic else "the area"
        found.append(_Why("area", f"{away} {what} of {checks.site.name}", near_clinic, by_setting=near_clinic))
    return tuple(found)


def _not_offered(facts: Facts, practice: Practice) -> _Why:
    declined = practice.not_offered_by_any_slug.get(facts.asked_program or "")
    if declined is not None:
        return _Why("not_offered", f"We do not offer {declined.name}. {declined.text}".strip().rstrip("."), False)
    asked = facts.asked_program.replace("_", " ") if facts.asked_program else ", ".join(facts.disciplines)
    return _Why("not_offered", f"We do not offer {asked}", False)


def _ours(checks: Checks, practice: Practice, whys: tuple[_Why, ...]) -> tuple[str, Fitting] | None:
    """Another program of ours, or another setting of the same one, in words; None when none fits."""
    for why in whys:
        if why.instead is not None and (instead := practice.programs.get(why.instead)) is not None:
            fits = _takes(instead, checks, any_setting=False) and _within_reach(instead, checks, practice)
            found = Fitting(instead, site_for(instead, checks, practice))
            return (f"{_at(instead, checks, practice)} fits", found) if fits else None
    fitting = programs_instead(checks, practice)
    if fitting:
        names = " or ".join(_at(program, checks, practice) for program in fitting[:2])
        return f"{names} fits", Fitting(fitting[0], site_for(fitting[0], checks, practice))
    program, by_setting = checks.program, {why.code for why in whys if why.by_setting}
    if by_setting and program is not None and {why.code for why in whys} <= {"setting", "area"} | by_setting:
        settings = [setting for setting in _INSTEAD if _done_there(setting, program, checks)]
        if settings and _takes(program, checks, any_setting=True):
            said = f"{program.name} {' or '.join(_INSTEAD[s].format(site=checks.site.name) for s in settings)}"
            return said, Fitting(program, checks.site.slug, settings[0])
    return None


def _done_there(setting: Setting, program: Program, checks: Checks) -> bool:
    """Whether a program is done in this setting, which is another than was asked for; at home within the area for it,
    as far as it is known where they live."""
    facts, reach = checks.facts, checks.site.home_area_miles
    if setting == facts.setting or not setting_fits_at(setting, program, checks.site):
        return False
    return setting != "home" or facts.miles is None or (reach is not None and facts.miles <= reach)


def _at(program: Program, checks: Checks, practice: Practice) -> str:
    """A program's name, with the site to come to where the lead's own does not have it."""
    site = practice.sites[site_for(program, checks, practice)]
    return program.name if site.slug == checks.site.slug else f"{program.name}, at {site.name},"


def site_for(program: Program, checks: Checks, practice: Practice) -> str:
    """The site (slug) at which somebody of this lead would come to a program: its own, else the nearest to it."""
    if checks.site.slug in program.sites:
        return checks.site.slug
    key = ("site_for", program.slug, checks.site.slug)
    if key not in practice.memo:
        sites = [practice.sites[slug] for slug in program.sites if slug in practice.sites]
        nearest = min(sites, key=lambda site: (miles(checks.site, site) or 0.0, site.slug), default=checks.site)
        practice.memo[key] = nearest.slug
    return str(practice.memo[key])


def ours_far(checks: Checks, practice: Practice, whys: tuple[_Why, ...]) -> OursFar | None:
    """The program of ours that they need, where only a site of ours has it that is out of their reach: the one they
    asked for, where another site of ours is theirs; else the one that a reason names, or one that may stand in. Who
    lives in the area of none of our sites is told of no site further away."""
    if by_other_site(checks, practice) and [why.code for why in whys] == ["area"]:
        may = [checks.program] if checks.program is not None else []
    elif all(why.ours for why in whys):
        named = [practice.programs[why.instead] for why in whys if why.instead in practice.programs]
        may = named or _any_reach(checks, practice)
    else:
        return None
    for program in may:
        if (away := far_away(program, checks, practice)) and _takes(program, checks, any_setting=False):
            site = site_for(program, checks, practice)
            said = f"Ours too: {program.name}, at {practice.sites[site].name}{away}; ask whether they would come"
            return OursFar(program, site, Reason("our_site", said, "waiting"))
    return None


def by_other_site(checks: Checks, practice: Practice) -> bool:
    """Whether they live in the area of a site of ours and not in that of the site that has their program."""
    if checks.facts.in_area is not False:
        return False
    away = ((site, miles_from_home(checks.facts, slug)) for slug, site in practice.sites.items())
    return any(far is not None and far <= site.area_miles for site, far in away if site is not checks.site)


def far_away(program: Program, checks: Checks, practice: Practice) -> str:
    """How far the site of a program is that is out of reach, in words; "" where it is within."""
    if _within_reach(program, checks, practice) and not (
        program is checks.program and by_other_site(checks, practice)
    ):
        return ""
    site = site_for(program, checks, practice)
    from_home = miles_from_home(checks.facts, site)
    if from_home is not None:
        return f", {_count(from_home)} from their home"
    away = miles(checks.site, practice.sites[site])
    return f", {_count(round(away))} from {checks.site.name}" if away is not None else ""


def _any_reach(checks: Checks, practice: Practice) -> list[Program]:
    """What may stand in for the program asked for, wherever of ours it is; without an age nobody knows."""
    if checks.age_months is None:
        return []
    wanted = checks.program
    return [
        program
        for program in candidates(checks.facts, practice)
        if program is not wanted
        and (
            icd_fits(checks.facts, program)
            if checks.facts.icd_categories
            else _stands_in(program, wanted)
        )
    ]


def miles_from_home(facts: Facts, slug: str) -> int | None:
    """Whole miles from the home to one of our sites or another place; None where that is not known."""
    found = next((each for each in facts.away.split(", ") if each.rpartition(" ")[0] == slug), "")
    return int(found.rpartition(" ")[2]) if found else None


def _count(away: int) -> str:
    return f"{away} mile{'' if away == 1 else 's'}"


def may_be_chosen(checks: Checks, practice: Practice) -> list[Program]:
    """Our programs that take this patient, full ones too: those of the therapy asked for first, and of them those
    within reach. What only a site out of reach has comes last, for a family that would come (`far_away`)."""
    facts, age = checks.facts, checks.age_months
    found = [
        program
        for program in practice.programs.values()
        if (program is not checks.program or by_other_site(checks, practice))
        and (age is None or program.age_from_months <= age < program.age_to_months)
        and held(facts, program) is None
    ]
    return sorted(
        found,
        key=lambda program: (
            not _within_reach(program, checks, practice),
            set(program.disciplines).isdisjoint(facts.disciplines),
        ),
    )


def programs_instead(checks: Checks, practice: Practice) -> list[Program]:
    """Our own programs that fit where the one asked for does not, same therapy, same site first."""
    if checks.age_months is None:
        return []
    facts = checks.facts
    slug = checks.program.slug if checks.program is not None else None
    key = ("instead", slug, facts.disciplines, facts.icd_categories, facts.site)
    standing_in: tuple[Program, ...] | None = practice.memo.get(key)
    if standing_in is None:
        standing_in = practice.memo[key] = _standing_in(checks, practice)
    return [program for program in standing_in if _takes(program, checks, any_setting=False)]


def _standing_in(checks: Checks, practice: Practice) -> tuple[Program, ...]:
    """The programs that may stand in for the one asked for, whatever the age and the day."""
    facts, wanted = checks.facts, checks.program
    disciplines = set(facts.disciplines) or set(wanted.disciplines if wanted else ())
    fitting = [
        program
        for program in candidates(facts, practice)
        if program is not wanted
        and disciplines & set(program.disciplines)
        and _within_reach(program, checks, practice)
        and (icd_fits(facts, program) if facts.icd_categories else _stands_in(program, wanted))
    ]
    return tuple(sorted(fitting, key=lambda program: (facts.site not in program.sites, program.name)))


def _stands_in(program: Program, wanted: Program | None) -> bool:
    """Whether a program may stand in for another without a diagnosis: it is general, or of the same diagnoses."""
    if program.general or wanted is None:
        return program.general
    categories = {prefix[:3] for prefix in wanted.icd_prefixes}
    return any(prefix[:3] in categories for prefix in program.icd_prefixes)


def _takes(program: Program, checks: Checks, *, any_setting: bool) -> bool:
    """Whether one of our programs would take this lead now."""
    facts, age = checks.facts, checks.age_months
    return (
        (age is None or program.age_from_months <= age < program.age_to_months)
        and (any_setting or setting_fits_at(facts.setting, program, checks.site))
        and program.status_on(checks.today) == "open"
        and (program is checks.program or held(facts, program) is None)
    )


def _within_reach(program: Program, checks: Checks, practice: Practice) -> bool:
    """Whether the lead's site has the program, or another so near that its area holds the lead's site."""
    if checks.site.slug in program.sites:
        return True
    key = ("within_reach", program.slug, checks.site.slug)
    if key not in practice.memo:
        sites = [practice.sites[slug] for slug in program.sites if slug in practice.sites]
        practice.memo[key] = any((miles(checks.site, site) or 0.0) <= site.area_miles for site in sites)
    return bool(practice.memo[key])


def _telehealth_may_do(checks: Checks) -> bool:
    return checks.facts.in_area is False and checks.program is not None and "telehealth" in checks.program.settings


def named_place(checks: Checks, practice: Practice, judging: Judging) -> Named | None:
    """The nearest fitting place, with what must be said of it."""
    facts = checks.facts
    place = next(iter(other_places(checks, practice)), None)
    if place is None:
        return None
    serves = place.slug in facts.places_near if facts.miles is not None else None
    stale = (checks.today - place.verified_on).days > judging.stale_after_days
    home = miles_from_home(facts, place.slug)
    key = ("named", place.slug, checks.site.slug if home is None else home, serves, stale)
    named: Named | None = practice.memo.get(key)
    if named is None:
        away = home if home is not None else miles(checks.site, place)
        named = Named(
            slug=place.slug,
            name=place.name,
            phone=place.phone,
            disciplines=tuple(place.disciplines),
            ages=_ages(place),
            languages=place.languages,
            serves_home=serves,
            miles=None if away is None else round(away),
            from_home=home is not None,
            verified_on=place.verified_on,
            stale=stale,
        )
        named = named._replace(text=_told(named))
        if len(practice.memo) < MOST_REMEMBERED:
            practice.memo[key] = named
    return named


def _told(place: Named) -> str:
    parts = [place.name, place.phone, f"{', '.join(place.disciplines)}, {place.ages}"]
    if place.miles is not None:
        parts.append(f"{_count(place.miles)} from {'their home' if place.from_home else 'us'}")
    if place.serves_home is not None:
        parts.append("serves their home" if place.serves_home else "their home is outside its area")
    verified = f"verified {day(place.verified_on)}"
    parts.append(f"{verified}, too long ago: call before naming it" if place.stale else verified)
    return "; ".join(parts)


def other_places(checks: Checks, practice: Practice) -> list[OtherPlace]:
    """Places that do this therapy for this age, the best first."""
    facts, age = checks.facts, checks.age_months
    wanted = facts.disciplines or (checks.program.disciplines if checks.program else ())
    key = ("places", checks.site.slug, facts.asked_program, wanted, facts.places_near, facts.language)
    ranked: list[OtherPlace] | None = practice.memo.get(key)
    if ranked is None:
        ranked = _ranked(checks, practice, set(wanted))
        if len(practice.memo) < MOST_REMEMBERED:
            practice.memo[key] = ranked
    if age is None:
        return ranked
    return [place for place in ranked if place.age_from_months <= age < place.age_to_months]


def _ranked(checks: Checks, practice: Practice, wanted: set[str]) -> list[OtherPlace]:
    """First what the practice itself names for a service it does not offer, then places that name this very
    program, then those whose area the home lies in, nearest first, then those that speak the language. With no home
    known the distance is that to our own site."""
    facts, speaks = checks.facts, checks.facts.language
    declined = practice.not_offered_by_any_slug.get(facts.asked_program or "")
    chosen = {slug: rank for rank, slug in enumerate(declined.places)} if declined is not None else {}
    near = {slug: rank for rank, slug in enumerate(facts.places_near)}
    fitting = [
        place
        for place in practice.places.values()
        if (place.slug in chosen or (facts.asked_program in place.programs if place.programs else not chosen))
        and (not wanted or wanted & set(place.disciplines))
    ]
    return sorted(
        fitting,
        key=lambda place: (
            not (place.programs or place.slug in chosen),
            near.get(place.slug, len(near)),
            speaks is not None and speaks not in place.languages,
            chosen.get(place.slug, len(chosen)),
            miles(checks.site, place) or 0.0,
            place.slug,
        ),
    )


def _ages(place: OtherPlace) -> str:
    """ "all ages", "from 18 years", "3 to 17 years" """
    lowest, highest = place.age_from_months, place.age_to_months
    if lowest == 0 and highest >= 110 * 12:
        return "all ages"
    since = f"{lowest // 12} years" if lowest % 12 == 0 and lowest >= 24 else f"{lowest} months"
    return f"from {since}" if highest >= 110 * 12 else f"{since} up to {highest // 12} years"
