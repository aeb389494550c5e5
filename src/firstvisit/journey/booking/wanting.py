"""From a lead to what booking looks for: its program and therapy, windows, wishes, payer, language, home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from firstvisit.journey.adrift import LEADS
from firstvisit.journey.case import Case
from firstvisit.journey.endings import VISIT_STAYS
from firstvisit.journey.loading import load
from firstvisit.journey.plan import Plan, plan
from firstvisit.kernel.decisions import Reason
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.services import read
from firstvisit.practice.queries import home_zone, policy, practice, queue_ids
from firstvisit.practice.shape import Practice, Program
from firstvisit.reference import zips
from firstvisit.referral import hours
from firstvisit.referral.record import Referral
from firstvisit.steps.booking.fitting import PAYS_THEMSELVES
from firstvisit.steps.booking.kinds import kind_for
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking, Service
from firstvisit.steps.booking.shapes import Place, Setting, Span, Want
from firstvisit.steps.booking.spans import midnight, minute
from firstvisit.steps.qualify.rules import BOOKS, Judgement

EVALUATED: Final = "evaluated"
"""How a lead is closed whose treatment goes on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead needs, or why nothing can be looked for yet (`why_not`: codes with words for the desk)."""

    lead: Lead
    case: Case
    plan: Plan
    program: Program | None
    wants: tuple[Want, ...]
    why_not: tuple[Reason, ...] = ()

    @property
    def bookable(self) -> bool:
        """Whether the decision allows that times are offered unasked: the lead fits, nobody has to look first."""
        return bool(self.wants) and self.plan.outcome in BOOKS and self.case.visit is None

    @property
    def cannot_be_met(self) -> date | None:
        """The last day of a window that bounds nothing any more: it is over, or the day from which they can come lies
        behind it. Whoever was forgotten is offered the soonest, and the desk reads that it is late."""
        by = self.plan.judgement.steers.by
        return by if by is not None and self.wants and self.wants[0].not_after is None else None


def wanted(
    lead: Lead, *, now: datetime, service: Service = "evaluation", discipline: str = "", moves: bool = False
) -> Wanted:
    """What this lead needs now; one want for each therapy its program does and it asked for, or for that `discipline`
    alone. `moves`: at another time for a visit that stands."""
    shape, rules = practice(), policy()
    (case,) = load([lead], {number: slug for slug, number in queue_ids().items()}, now)
    planned = plan(case, shape, rules, now)
    program = planned.judgement.checks.program
    problems = _why_not(case, planned, program, service, moves)
    if problems or program is None:
        return Wanted(lead, case, planned, program, (), problems)
    referral = read(LeadReferral.objects.select_related("key").get(lead=lead))
    known, judged = _known_clinicians(lead), planned.judgement
    wants = tuple(
        _want(
            case.facts, case.site, judged, authorized(case, planned, each, _given_as(service)),
            referral, program, each, service, known,
        )
        for each in ((discipline,) if discipline else _disciplines(case.facts, program))
    )  # fmt: skip
    own = tuple(sorted((minute(each.starts_at), minute(each.ends_at)) for each in case.appointments if each.stands))
    return Wanted(
        lead, case, planned, program, tuple(want._replace(elsewhere=own) for want in wants if want is not None)
    )


def wanted_by_caller(judged: Judgement, referral: Referral) -> Want | None:
    """What somebody needs whose answers are judged and who is no lead yet; None while the program is not known."""
    program, facts = judged.checks.program, judged.checks.facts
    if program is None:
        return None
    therapy = _disciplines(facts, program)[0]
    return _want(facts, facts.site, judged, (None, None), referral, program, therapy, "evaluation", frozenset())


def wanted_for(row: Appointment, lead: Lead, *, now: datetime, same_day: bool = False) -> Wanted:
    """What one visit needs at another time. Treatment keeps to its site and to whoever has it where they can, is bound
    by no window of the first visit but by the days for which the payer gave treatment, lies on a day after an
    evaluation that is still to come, and on none on which they have another visit of that therapy; `same_day`: on such
    a day too, for the desk, who reads what stands there."""
    moves = row.status == "booked"
    known = wanted(lead, now=now, service=_service(row), discipline=row.discipline, moves=moves)
    if row.service == "evaluation":
        return known
    slugs = {row.clinician.slug} if row.clinician is not None else set()
    firsts = Appointment.objects.filter(lead=lead, service="evaluation", discipline=row.discipline, status="booked")
    first = firsts.order_by("starts_at").values_list("starts_at", "site").first()
    after = None
    if first is not None and first[1] in practice().sites:
        after = first[0].astimezone(practice().sites[first[1]].tz).date() + timedelta(days=1)
    days = [] if same_day else _days_of_others(row, known.case)
    wants = tuple(
        want._replace(
            kind=row.kind if row.service == "group" else want.kind,
            sites=tuple(dict.fromkeys((row.site, *want.sites))) if row.site in practice().sites else want.sites,
            knows=want.knows | slugs,
            not_before=max((day for day in (want.not_before, after) if day is not None), default=None),
            not_after=want.given_until,
            urgent=False,
            elsewhere=tuple(sorted((*want.elsewhere, *days))),
        )
        for want in known.wants
    )
    return replace(known, wants=wants)


def _days_of_others(row: Appointment, case: Case) -> list[Span]:
    """The whole days, at their sites, of the lead's other visits of that therapy that stand or took place."""
    others = (each for each in case.appointments if each.discipline == row.discipline and each.status in LEADS)
    found = set()
    for each in others:
        if each.id != row.id:
            site = practice().sites.get(each.site)
            zone = site.tz if site is not None else home_zone()
            day = each.starts_at.astimezone(zone).date()
            found.add((midnight(day, zone), midnight(day + timedelta(days=1), zone)))
    return sorted(found)


def _service(row: Appointment) -> Service:
    return "treatment" if row.service == "treatment" else "group" if row.service == "group" else "evaluation"


def _given_as(service: Service) -> Service:
    """As what the payer gives it: a seat in a group is treatment."""
    return "treatment" if service == "group" else service


def _why_not(
    case: Case, planned: Plan, program: Program | None, service: Service, moves: bool
) -> tuple[Reason, ...]:
    found = []
    goes_on = (*((EVALUATED,) if service != "evaluation" else ()), *(VISIT_STAYS if moves else ()))
    if not case.closed and planned.outcome == "clinician_review" and case.unreviewed() is not None:
        found.append(Reason("red_flag", "A red flag waits for a clinician: no time is given before they have looked."))
    if not case.closed and planned.outcome == "refer_out":
        found.append(Reason("refer_out", "The decision is to refer on: decide otherwise on the lead before you book."))
    if case.closed and case.closed_how not in goes_on:
        found.append(Reason("closed", "This lead is closed: open it again first."))
    if case.kind == "organization":
        found.append(Reason("organization", "An organization's enquiry has no first visit of its own."))
    if program is None and not found:
        found.append(Reason("program", "Choose the program first: it says how long the visit is and who can do it."))
    return tuple(found)


def _disciplines(facts: Facts, program: Program) -> tuple[str, ...]:
    asked = tuple(each for each in facts.disciplines if each in program.disciplines)
    return asked or program.disciplines[:1]


def _want(
    facts: Facts,
    site: str,
    judged: Judgement,
    given: tuple[date | None, date | None],
    referral: Referral,
    program: Program,
    discipline: str,
    service: Service,
    known: frozenset[str],
) -> Want | None:
    setting = _setting(facts, program)
    kind = kind_for(policy().section(Booking), service, program.slug, setting)
    if kind is None:
        return None
    first, last, urgent = _window(facts, judged, given)
    lives = zips.place(referral.patient.postal_code or "")
    home = None
    if lives is not None and lives.latitude is not None and lives.longitude is not None:
        home = Place(lives.latitude, lives.longitude)
    stated = referral.availability
    return Want(
        service=service,
        kind=kind.slug,
        program=program.slug,
        discipline=discipline,
        setting=setting,
        minutes=kind.minutes or program.minutes,
        before=kind.minutes_before,
        after=kind.minutes_after,
        sites=_sites(facts, site, program, practice()),
        skills=frozenset((*program.skills, *kind.skills)),
        credentials=frozenset(kind.credentials),
        equipment=frozenset((*program.equipment, *kind.equipment)) if setting == "clinic" else frozenset(),
        room=kind.room and setting == "clinic",
        payer=facts.payer or "",
        payer_counts=facts.payer is not None and facts.payer_kind not in PAYS_THEMSELVES,
        language=facts.language or "",
        half_days=frozenset(stated) if isinstance(stated, tuple) and stated else None,
        between=hours.between(referral.hours),
        not_before=first,
        not_after=last,
        given_until=given[1] if service != "evaluation" else None,
        urgent=urgent and service == "evaluation",  # treatment keeps its therapist and its hours
        knows=known,
        home=home,
        zip=(referral.patient.postal_code or "")[:5],
        assistants=service != "evaluation",
        new_patient=service == "evaluation",
    )


def _setting(facts: Facts, program: Program) -> Setting:
    asked = facts.setting
    if asked in ("home", "telehealth") and asked in program.settings:
        return "home" if asked == "home" else "telehealth"
    return "clinic" if "clinic" in program.settings else "home" if "home" in program.settings else "telehealth"


def _window(
    facts: Facts, judged: Judgement, given: tuple[date | None, date | None]
) -> tuple[date | None, date | None, bool]:
    """From which day, through which, and whether they cannot wait: the last day is a matter of safety, or is over. Who
    presses is booked beside the authorization; anybody else from the day on which the payer's answer is expected, and
    within the days for which it was given."""
    steers = judged.steers
    urgent = steers.urgent
    window, opens = judged.checks.due.window, None
    if window is not None and window.since and facts.event_on is not None:
        opens = facts.event_on + timedelta(days=window.first_day)
    begins, ends = (None, None) if urgent else given
    first = max((day for day in (facts.not_before, opens, begins) if day is not None), default=None)
    soonest, last = max(first or steers.today, steers.today), steers.by
    if last is not None and last < soonest:
        last, urgent = None, True  # `Wanted.cannot_be_met`
    elif ends is not None and ends >= soonest:
        last = min(last or ends, ends)
    return first, last, urgent


def authorized(
    case: Case, planned: Plan, discipline: str, service: Service = "evaluation"
) -> tuple[date | None, date | None]:
    """The days for which the payer authorized it, by its latest answer; while that is expected, from then on."""
    if service == "evaluation" and planned.expected_on is not None:
        return planned.expected_on.day, None
    given = [
        each
        for each in case.requests
        if each.service == service and each.granted and each.discipline in ("", discipline)
    ]
    latest = max(given, key=lambda each: each.decided_at or each.needed_at, default=None)
    return (latest.begins, latest.ends) if latest is not None else (None, None)


def _sites(facts: Facts, site: str, program: Program, shape: Practice) -> tuple[str, ...]:
    """Their own site, then others of the program in whose area they live, nearest first."""
    miles = dict(_miles(facts.away))
    near = [
        slug
        for slug in program.sites
        if slug in shape.sites and (slug == site or miles.get(slug, 1e9) <= shape.sites[slug].area_miles)
    ]
    return tuple(sorted(near, key=lambda slug: (slug != site, miles.get(slug, 0.0), slug)))


def _miles(away: str) -> Sequence[tuple[str, float]]:
    pairs = (part.strip().rpartition(" ") for part in away.split(",") if part.strip())
    return [(slug, float(miles)) for slug, _, miles in pairs]


def _known_clinicians(lead: Lead) -> frozenset[str]:
    """Whom the patient has seen here before."""
    if lead.patient_id is None:
        return frozenset()
    seen = Appointment.objects.filter(lead__patient=lead.patient_id, status__in=("arrived", "completed"))
    return frozenset(seen.exclude(clinician=None).values_list("clinician__slug", flat=True))
