"""From the record to the facts that rules read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from firstvisit.kernel.folding import folded
from firstvisit.leads.facts import Facts
from firstvisit.practice.payers import of_our_list
from firstvisit.practice.shape import Practice, Program, Site
from firstvisit.reference import zips
from firstvisit.referral import red_flags
from firstvisit.referral.record import (
    DAYS_OF_SURGERY,
    ORDER_HERE,
    ClinicalEvent,
    OrderState,
    OrganizationNeed,
    Referral,
    Setting,
)
from firstvisit.referral.several import may_be_several
from firstvisit.referral.sides import other_side
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.qualify.subjects import declined_by_words, programs_spoken_of

_ORGANIZATION: Final = tuple(OrganizationNeed.model_fields)
MOST_PLACES: Final = 20
"""Other places whose distance from a home is kept."""
_EVENT_ORDER: Final = ("surgery", "discharge", "injury", "iep", "onset", "birth", "other")


class Chosen(NamedTuple):
    """What a person chose for a lead, beside what was asked: the program and the site (slugs), and the setting."""

    program: str | None = None
    site: str | None = None
    setting: Setting | None = None


NOTHING_CHOSEN: Final = Chosen()


def facts_of(
    referral: Referral,
    practice: Practice,
    *,
    received_at: datetime,
    source: str,
    complete: bool = True,
    chosen: Chosen = NOTHING_CHOSEN,
) -> Facts:
    """Derive the facts of one reading. `complete` is False while a two-step form has only its first step. What was
    `chosen` goes before what was asked, as long as the practice has it."""
    zip_code = _zip(referral)
    home = zips.place(zip_code) if zip_code else None
    age = _age_months(referral, received_at.date())
    asked = referral.program
    if asked is None and referral.lead_kind != "organization":
        asked = declined_by_words(referral, practice, age)
    program = practice.programs.get(chosen.program or "") or _program(referral, asked, practice, age)
    taken_at = practice.sites.get(referral.taken_at or "")
    site = practice.sites.get(chosen.site or "") or _site(practice, program, home, zip_code, taken_at)
    setting = chosen.setting or referral.setting
    away = zips.miles(home, site) if home else None
    miles = None if away is None else round(away)
    event = _event(referral.events or (), program)
    first, last = _days_in_doubt(referral, event)
    payer = referral.payers[0] if referral.payers else None
    ours = of_our_list(payer, practice)
    consents = {consent.channel: consent.given for consent in referral.consents}
    return Facts(
        received_at=received_at,
        source=source,
        lead_kind=referral.lead_kind,
        site=site.slug,
        asked_program=asked,
        program=program.slug if program else None,
        disciplines=referral.disciplines or (program.disciplines if program else ()),
        setting=setting,
        age_months=age,
        icd_categories=tuple(sorted({d.code[:3] for d in referral.diagnoses or () if d.code})),
        timing=referral.timing,
        event_kind=event.kind if event else None,
        event_on=first,
        order_state=_order_state(referral),
        documents=referral.documents or (),
        payer_kind=(ours.kind if ours is not None else payer.kind) if payer else None,
        payer=ours.slug if ours else None,
        authorization=payer.authorization_status if payer else None,
        language=_language(referral.patient.language),
        sex=referral.patient.sex,
        miles=miles,
        in_area=_in_area(site, home, zip_code, setting, among=practice.sites.values() if chosen.site else (site,)),
        places_near=_places_near(practice, home),
        half_days=len(referral.availability) if isinstance(referral.availability, tuple) else None,
        has_name=bool(referral.patient.last_name or referral.contact.name),
        has_phone=bool(referral.patient.phone or referral.contact.phone),
        has_email=bool(referral.patient.email or referral.contact.email),
        says_why=bool(referral.concern or referral.diagnoses),
        complete_form=complete,
        may_email=consents.get("email", False),
        may_text=consents.get("sms", False),
        red_flags=red_flags_of(referral),
        source_kind=referral.attribution.kind if referral.attribution else None,
        cause=referral.cause,
        returning=referral.returning,
        home_health=referral.home_health,
        interpreter=referral.patient.interpreter,
        sides_disagree=any(other_side(d) for d in referral.diagnoses or ()) or None,
        zip_disagrees=True if referral.patient.postal_code and zip_code is None else None,
        ordering=_ordered_elsewhere(referral),
        organization_states=tuple(
            name for name in _ORGANIZATION if getattr(referral.organization, name) is not None
        )
        if referral.lead_kind == "organization"
        else (),
        not_before=referral.not_before,
        several_patients=may_be_several(referral) or None,
        not_known=tuple(sorted(referral.not_known or ())),
        order_here=True if referral.order_signed is True and ORDER_HERE in referral.evidence else None,
        speaks_of=programs_spoken_of(referral, practice),
        away=_away(practice, home),
        surgery_or_on=last,
    )


def _language(stated: str | None) -> str | None:
    """A language of the list; any other words are "other" here and stay in the sealed reading."""
    if stated is None:
        return None
    return next((name for name in LANGUAGES if name.casefold() == stated.casefold()), "other")


def red_flags_of(referral: Referral) -> tuple[str, ...]:
    """Codes of the red flags that its words state as present, or that its reader named where the words stand elsewhere
    in what was sent."""
    words = " . ".join(text for text in (referral.concern, referral.asks, referral.escalate_reason) if text)
    found = {*red_flags.find(words), *red_flags.named(referral.escalate_reason or "")} if words else set()
    return tuple(code for code in red_flags.RED_FLAGS if code in found)


def _age_months(referral: Referral, today: date) -> int | None:
    """Whole months at receipt; an age in years alone counts as that birthday."""
    born = referral.patient.date_of_birth
    if born is None:
        years = referral.patient.age_years
        return None if years is None else years * 12
    return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)


def _program(referral: Referral, asked: str | None, practice: Practice, age: int | None) -> Program | None:
    """The program `asked` for; else the only one that the diagnosis, else the therapy and age, leave."""
    if asked is not None:
        return practice.program_by_any_slug.get(asked)
    codes = tuple(diagnosis.code for diagnosis in referral.diagnoses or () if diagnosis.code)
    wanted = set(referral.disciplines or ())
    if not codes and not wanted:
        return None
    fitting = [
        program
        for program in practice.programs.values()
        if (not wanted or wanted & set(program.disciplines))
        and (age is None or program.age_from_months <= age < program.age_to_months)
        and (not codes or any(code.startswith(prefix) for code in codes for prefix in program.icd_prefixes))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _site(
    practice: Practice,
    program: Program | None,
    here: zips.ZipPlace | None,
    zip_code: str | None,
    taken_at: Site | None,
) -> Site:
    """Of the sites that have the program one in whose area the home lies, else the nearest; without a place the one
    where it was taken, else the practice's home site, or the program's first."""
    sites = [practice.sites[slug] for slug in program.sites] if program else list(practice.sites.values())
    if here is None or here.latitude is None:
        named = [site for site in sites if zip_code in site.area_zips]
        if named:
            return min(named, key=_slug)
        likely = (taken_at, practice.sites[practice.identity.home_site])
        return next((site for site in likely if site in sites), None) or min(sites, key=_slug)

    def rank(site: Site) -> tuple[bool, bool, float, str]:
        away = zips.miles(here, site) or 0.0
        named = zip_code in site.area_zips
        return not named, away > site.area_miles, away, site.slug

    return min(sites, key=rank)


def _slug(site: Site) -> str:
    return site.slug


def _zip(referral: Referral) -> str | None:
    """The five digits of where the patient lives; None where the stated city or state contradicts them."""
    patient = referral.patient
    if not patient.postal_code or zips.contradicted(patient.postal_code, patient.city, patient.state):
        return None
    return patient.postal_code[:5]


def _in_area(
    site: Site, home: zips.ZipPlace | None, zip_code: str | None, setting: Setting | None, *, among: Iterable[Site]
) -> bool | None:
    """Whether the home lies in the area of the site, or of one of those `among` which somebody chose it: whoever lives
    in the area of one of our sites and agreed to come to another is outside of none."""
    found = [_reached(each, home, zip_code, setting) for each in (site, *among)]
    return True if any(found) else found[0]


def _reached(site: Site, home: zips.ZipPlace | None, zip_code: str | None, setting: Setting | None) -> bool | None:
    if zip_code and zip_code in site.area_zips:
        return True
    away = zips.miles(home, site) if home else None
    if away is None:
        return None
    reach = site.home_area_miles if setting == "home" and site.home_area_miles else site.area_miles
    return round(away) <= reach


def _places_near(practice: Practice, home: zips.ZipPlace | None) -> tuple[str, ...]:
    """Slugs of the other places whose area the home lies in, nearest first; found once for each ZIP code."""
    if home is None:
        return ()
    key = ("places_near", home.zip)
    found: tuple[str, ...] | None = practice.memo.get(key)
    if found is None:
        away = [(zips.miles(home, place), place) for place in practice.places.values()]
        near = [
            (miles, place.slug)
            for miles, place in away
            if miles is not None and (miles <= place.area_miles or home.zip in place.area_zips)
        ]
        found = practice.memo[key] = tuple(slug for _, slug in sorted(near))
    return found


def _away(practice: Practice, home: zips.ZipPlace | None) -> str:
    """Miles from a home to each of our sites and to the other places nearest to it; found once for each ZIP code."""
    if home is None:
        return ""
    key = ("away", home.zip)
    found: str | None = practice.memo.get(key)
    if found is None:
        there = ((one.slug, zips.miles(home, one)) for one in practice.places.values())
        near = sorted((away, slug) for slug, away in there if away is not None)[:MOST_PLACES]
        ours = ((zips.miles(home, site), site.slug) for site in practice.sites.values())
        known = [(away, slug) for away, slug in ours if away is not None] + near
        found = practice.memo[key] = ", ".join(f"{slug} {round(away)}" for away, slug in known)
    return found


def _event(events: tuple[ClinicalEvent, ...], program: Program | None) -> ClinicalEvent | None:
    """The event that decides urgency: one that the program's windows count from, dated before undated; then
    surgery before discharge before injury and so on; of one kind the latest. An injury that was operated on since
    counts no more: time runs from the operation, whatever was asked for."""
    operated = max((event.date for event in events if event.kind == "surgery" and event.date), default=None)
    if operated is not None:
        events = tuple(e for e in events if e.kind != "injury" or (e.date is not None and e.date > operated))
    if len(events) < 2:
        return events[0] if events else None
    counts = {kind for window in program.windows for kind in window.since} if program else set()

    def rank(event: ClinicalEvent) -> tuple[bool, bool, int, int]:
        counted, latest = event.kind in counts, -(event.date.toordinal() if event.date else 0)
        return not (counted and event.date), not counted, _EVENT_ORDER.index(event.kind), latest

    return min(events, key=rank)


def _days_in_doubt(referral: Referral, event: ClinicalEvent | None) -> tuple[date | None, date | None]:
    """The day of the event that counts; of a surgery for which two requests gave two days, the first and the last of
    them, until somebody of ours has said what holds."""
    if event is None:
        return None, None
    if event.kind == "surgery" and DAYS_OF_SURGERY in referral.evidence:
        days = sorted({each.date for each in referral.events or () if each.kind == "surgery" and each.date})
        if len(days) > 1:
            return days[0], days[-1]
    return event.date, None


def _ordered_elsewhere(referral: Referral) -> bool | None:
    """Whether the order is to be had of somebody else than the sender. Where nothing tells the two apart, the sender's
    own office orders."""
    orders, sends = referral.ordering, referral.referrer
    if not (orders.name or orders.organization):
        return None
    if not (sends.name or sends.organization):
        return True
    if orders.npi and sends.npi:
        return orders.npi != sends.npi
    for theirs, ours in ((orders.organization, sends.organization), (orders.phone, sends.phone)):
        if theirs and ours:
            return folded(theirs) != folded(ours)
    return False


def _order_state(referral: Referral) -> OrderState:
    has_order = "order" in (referral.documents or ())
    if referral.order_signed is True:
        return "signed"
    if has_order:
        return "on_file" if referral.order_signed is None else "unsigned"
    if referral.order is not None:
        return referral.order
    if referral.order_signed is False and not referral.documents:
        return "unsigned"
    return "unknown" if referral.documents is None else "none"
