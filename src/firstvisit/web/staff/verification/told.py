"""Told by phone or portal: the questions in the order in which a payer's line answers them, kept as a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey import undo, verbs
from firstvisit.journey.coverage import by_hand
from firstvisit.journey.coverage.known import Plan, Therapy, plans_of, told_before
from firstvisit.journey.undo_reading import reading_of
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.referral.record import Referral
from firstvisit.steps.coverage import told
from firstvisit.steps.coverage.told import HOWS, PERIODS, Told
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.lead.benefits import THERAPIES
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.context import site_of

VERB: Final = "told"
LABELS: Final = {
    "how": "How you asked",
    "said_by": "Who answered",
    "reference": "Reference number",
    "at": "When",
    "active": "Is the plan active?",
    "covered": "Is the therapy covered?",
    "copay": "Copay a visit",
    "coinsurance": "Coinsurance",
    "deductible": "Deductible in all",
    "deductible_left": "Of it left",
    "limited": "Is there a visit limit?",
    "visits": "Visits in all",
    "visits_left": "Visits left",
    "period": "Per",
    "authorization": "Is authorization needed?",
    "referral": "Is a referral needed?",
    "words": "What else they said",
}
STATES: Final = {"yes": "Yes", "no": "No", "": "Not stated"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its number, its words, and the fields under it. `note` says what to ask for."""

    number: int
    words: str
    note: str
    state: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()


@names_fields
@require_http_methods(["GET", "POST"])
@screen("insurance.see", at_desk=True)
def told_page(request: HttpRequest, code: str, rank: int, discipline: str) -> HttpResponse:
    """Show the questions, and keep what was answered."""
    user, lead = staff(request), by_code(code)
    if lead is None or not user.may("leads.work") or not user.may("identity.see"):
        raise NotAllowed("leads.see")
    if not scope.leads_for(user).filter(id=lead.id).exists():
        raise NotAllowed("leads.see")
    reading = reading_of(lead)
    found = _found(lead, reading, rank, discipline)
    if found is None:
        raise NotAllowed("insurance.see")
    if request.method == "GET":
        return _page(request, lead, reading, *found)
    if lost := problems_of(request, LABELS):
        return _page(request, lead, reading, *found, problems=lost)
    try:
        what = told.read(_typed(request), at=_moment(request, site_of(request, user)), now=clock.now())
        before = told_before(lead, request.POST.get("corrects", ""))
        step = undo.undoable(lead, user, VERB, lambda: _keep(request, lead, user, rank, discipline, what, before))
    except BadInput as bad:
        return _page(request, lead, reading, *found, problems=bad.problems)
    return HttpResponseRedirect(
        f"{reverse('lead', args=[code])}?{urlencode({'done': step.id})}#benefits", status=303
    )


def _keep(
    request: HttpRequest, lead: Lead, user: User, rank: int, discipline: str, what: Told, before: Any
) -> None:
    instead = before.check.id if before is not None else None
    by_hand.tell(lead, user, actor=actor_of(request), rank=rank, discipline=discipline, what=what, instead_of=instead)


def _found(lead: Lead, reading: Referral, rank: int, discipline: str) -> tuple[Plan, Therapy] | None:
    for plan in plans_of(lead, reading):
        for each in plan.therapies:
            if (plan.insured.rank, each.discipline) == (rank, discipline):
                return plan, each
    return None


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in LABELS if name != "at"}


def _moment(request: HttpRequest, site: Site) -> datetime | None:
    """When they answered, in the zone of the site; None where that cannot be read."""
    try:
        moment = datetime.fromisoformat(request.POST.get("at", "").strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=site.tz)
    except (ValueError, OverflowError):
        return None


def _page(
    request: HttpRequest,
    lead: Lead,
    reading: Referral,
    plan: Plan,
    therapy: Therapy,
    *,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    user, now = staff(request), clock.now()
    site = site_of(request, user)
    corrects = request.POST.get("corrects", request.GET.get("corrects", ""))
    before = told_before(lead, corrects)
    values = _shown(request, before.told if before else None, site, now)
    if lead.closed_at is None:
        verbs.open_lease(lead, user)
    verbs.noted_view(actor_of(request), "lead", [lead.id])
    name = THERAPIES.get(therapy.discipline, therapy.discipline)
    context = {
        "code": f"L-{lead.number}",
        "payer": plan.payer,
        "payer_name": plan.payer.name if plan.payer else plan.stated.name or "the payer",
        "therapy": name,
        "at_hand": list(_at_hand(plan, reading)),
        "questions": _questions(name.lower(), therapy.discipline),
        "values": values,
        "wrong": {problem.field: problem.message for problem in problems or []},
        "problems": [(problem.field, LABELS.get(problem.field, ""), problem.message) for problem in problems or []],
        "hows": HOWS,
        "states": STATES,
        "periods": PERIODS,
        "corrects": corrects if before else "",
        "closed": lead.closed_at is not None,
        "withheld": plan.nobody == "withheld",
    }
    return render(request, "staff/verification/told.html", context, status=422 if problems else 200)


def _at_hand(plan: Plan, reading: Referral) -> list[tuple[str, str, str]]:
    """What the payer asks for: label, value, and whether it is a phone or an address."""
    identity, stated, patient = practice().identity, plan.stated, reading.patient
    name = " ".join(part for part in (patient.first_name, patient.last_name) if part)
    payer = plan.payer
    found = [
        ("Phone", payer.phone if payer else "", "tel"),
        ("Portal", payer.portal if payer else "", "url" if payer and payer.portal.startswith("https://") else ""),
        ("Member number", stated.member_id or "", ""),
        ("Group", stated.group_number or "", ""),
        ("Patient", name, ""),
        ("Born", _day(patient.date_of_birth), ""),
        ("Holds the plan", stated.subscriber_name or "", ""),
        ("Their birth date", _day(stated.subscriber_date_of_birth), ""),
        ("Our NPI", identity.npi, ""),
        ("Our tax id", identity.tax_id, ""),
    ]
    needed = ("Phone", "Portal", "Member number")
    return [(label, value, kind) for label, value, kind in found if value or label in needed]


def _day(day: Any) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day else ""


def _questions(therapy: str, discipline: str) -> list[Question]:
    """In the order of a payer's line: eligibility, benefits, limits, authorization."""
    asked = (
        ("Is the plan active on the day of the visit?", "If it is not, ask since when, and stop here.", "active", ()),
        (f"Is outpatient {therapy} in an office covered?", "This therapy, not rehabilitation.", "covered", ()),
        (
            "What does the patient pay for a visit?",
            "A copay, a coinsurance or both. Nothing to pay is 0.",
            "",
            (("copay", "Copay a visit, $", "decimal"), ("coinsurance", "Coinsurance, %", "decimal")),
        ),
        (
            "What is the deductible, and what of it is left?",
            "The patient’s own, not the family’s.",
            "",
            (("deductible", "In all, $", "decimal"), ("deductible_left", "Left, $", "decimal")),
        ),
        (
            "Is there a visit limit, and how many are left?",
            "Ask whether other therapies count toward the same visits.",
            "limited",
            (("visits", "In all", "numeric"), ("visits_left", "Left", "numeric"), ("period", "Per", "period")),
        ),
        ("Is authorization needed before the first visit?", "Ask for evaluation and treatment.", "authorization", ()),
        ("Is a referral needed?", "From the primary care provider, or an order by a physician.", "referral", ()),
    )
    return [Question(n, *each) for n, each in enumerate(asked, start=1)]


def _shown(request: HttpRequest, before: Told | None, site: Site, now: datetime) -> Mapping[str, str]:
    """What stands in the fields: what was typed, else what was noted before, else the moment."""
    if request.method == "POST":
        return {name: request.POST.get(name, "").replace("\x00", "") for name in LABELS}
    if before is None:
        return {"at": f"{now.astimezone(site.tz):%Y-%m-%dT%H:%M}", "period": "23"}
    said = before.model_dump()
    states = {name: {True: "yes", False: "no", None: ""}[said[name]] for name in told.STATES}
    plain = {name: "" if said[name] is None else str(said[name]) for name in LABELS if name not in told.STATES}
    return {**plain, **states, "at": f"{before.at.astimezone(site.tz):%Y-%m-%dT%H:%M}"}
