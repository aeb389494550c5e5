"""What the first visit costs: the arithmetic to read aloud, the estimates made so far, and what became of each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from firstvisit.journey import estimates
from firstvisit.journey.estimates import Known
from firstvisit.journey.verbs import noted_view, open_lease
from firstvisit.kernel import clock, seal
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.leads.queries import by_code
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.shape import Site
from firstvisit.steps.coverage import estimate_words
from firstvisit.steps.coverage import estimates as rows
from firstvisit.steps.coverage.answers import SERVICES
from firstvisit.steps.coverage.estimate_words import Language, Said
from firstvisit.steps.coverage.estimating import Estimate as Reckoned
from firstvisit.steps.coverage.models import Estimate, EstimateStep
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.lead.benefits import THERAPIES
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.staff.whose import whose
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

LABELS: Final = {"reason": "Who asked, and how", "who": "Who accepted it", "how": "How they get it"}


@dataclass(frozen=True, slots=True)
class Spelled:
    """One arithmetic in words."""

    sentence: str
    basis: str
    lines: list[Said]
    provisos: list[str]


class Became(NamedTuple):
    """One thing that became of an estimate, with the shape of its sign."""

    words: str
    shape: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One estimate as it was made: `became` is what became of it, oldest first."""

    id: uuid.UUID
    title: str
    made: str
    english: Spelled
    became: list[Became]
    accepted: bool
    outdated: bool
    """What is known now comes to something else."""


@names_fields
@require_http_methods(["GET", "POST"])
@screen("insurance.see", at_desk=True)
def lead_estimate(request: HttpRequest, code: str) -> HttpResponse:
    """Show what it costs as known now and what was said before; do what was pressed."""
    user, lead = staff(request), _lead(request, code)
    if request.method == "GET":
        return _page(request, lead)
    if not user.may("leads.work"):
        raise NotAllowed("leads.work")
    verb = VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise NotAllowed("estimate")
    if lost := problems_of(request, LABELS):
        return _page(request, lead, lost)
    try:
        verb(request, lead, user)
    except BadInput as bad:
        return _page(request, lead, bad.problems)
    except Conflict as conflict:
        return _page(request, lead, [Problem("", f"{str(conflict).capitalize()}.")], status=409)
    return HttpResponseRedirect(reverse("lead_estimate", args=[code]), status=303)


@require_GET
@screen("insurance.see", at_desk=True)
def estimate_pdf(request: HttpRequest, code: str, estimate: uuid.UUID) -> HttpResponse:
    """An estimate as it was given, to print or to read."""
    lead = _lead(request, code)
    row = Estimate.objects.filter(id=estimate, lead=lead).first()
    if row is None:
        raise NotAllowed("leads.see")
    noted_view(actor_of(request), "estimate", [lead.id])
    answer = HttpResponse(rows.pdf(row, _key(lead)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="estimate-{code}.pdf"'
    return answer


def _lead(request: HttpRequest, code: str) -> Lead:
    user, lead = staff(request), by_code(code)
    seen = lead is not None and user.may("identity.see") and scope.leads_for(user).filter(id=lead.id).exists()
    if lead is None or not seen or lead.kind == "organization":
        raise NotAllowed("leads.see")
    if LeadReferral.objects.filter(lead=lead, key__wrapped__isnull=True).exists():
        raise NotAllowed("erased")
    return lead


def _key(lead: Lead) -> seal.OpenKey:
    return seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)


def _ask(request: HttpRequest, lead: Lead, user: User) -> None:
    estimates.ask_estimate(lead, user, reason=request.POST.get("reason", ""), actor=actor_of(request))


def _make(request: HttpRequest, lead: Lead, user: User) -> None:
    said = {name: request.POST.get(name, "") for name in ("discipline", "language")}
    estimates.make_estimate(lead, user, actor=actor_of(request), **said)


def _give(request: HttpRequest, lead: Lead, user: User) -> None:
    estimates.give_estimate(_row(request, lead), user, how=request.POST.get("how", ""), actor=actor_of(request))


def _accept(request: HttpRequest, lead: Lead, user: User) -> None:
    how, who = request.POST.get("accepted", ""), request.POST.get("who", "")
    estimates.accept_estimate(_row(request, lead), user, how=how, words=who, actor=actor_of(request))


VERBS: Final[dict[str, Callable[[HttpRequest, Lead, User], None]]] = {
    "ask": _ask,
    "make": _make,
    "give": _give,
    "accept": _accept,
}


def _row(request: HttpRequest, lead: Lead) -> Estimate:
    try:
        wanted = uuid.UUID(request.POST.get("estimate", ""))
    except ValueError:
        raise NotAllowed("estimate") from None
    row = Estimate.objects.select_related("lead__facts").filter(id=wanted, lead=lead).first()
    if row is None:
        raise NotAllowed("estimate")
    return row


def _page(
    request: HttpRequest, lead: Lead, problems: list[Problem] | None = None, *, status: int = 422
) -> HttpResponse:
    user, key = staff(request), _key(lead)
    site, works = site_of(request, user), user.may("leads.work") and lead.closed_at is None
    if works:
        open_lease(lead, user)
    asked = request.POST.get("discipline", request.GET.get("therapy", ""))
    known = estimates.known_of(lead, asked if asked in SERVICES else "")
    now = estimates.reckon(known, "en")
    shown = _shown(lead, key, known, now, site)
    noted_view(actor_of(request), "estimate", [lead.id])
    owed = Task.objects.filter(lead=lead, kind="give_estimate", status="open").first()
    spanish = known.case.facts.language == "Spanish"
    context: dict[str, Any] = {
        "code": f"L-{lead.number}",
        "whose": whose(lead, staff(request)),
        "now": _spelled(now, "en"),
        "spanish": _spelled(estimates.reckon(known, "es"), "es") if spanish else None,
        "therapy": THERAPIES[known.discipline],
        "discipline": known.discipline,
        "therapies": [(each, THERAPIES[each]) for each in estimates.disciplines(known.case)],
        "answered": words.moment(known.answered_at, site.tz, clock.now()) if known.answered_at else "",
        "self_pay": known.self_pay,
        "owed": owed,
        "owed_by": words.moment(owed.due_at, site.tz, clock.now()) if owed else "",
        "late": owed is not None and owed.due_at < clock.now(),
        "asked": estimates.ASKED in known.case.rulings,
        "current": shown[0] if shown else None,
        "before": shown[1:],
        "givens": estimates.GIVEN,
        "accepts": estimates.ACCEPTED,
        "languages": estimates.LANGUAGES,
        "language": "es" if spanish else "en",
        "signed": estimates.spanish_signed(),
        "works": works,
        "closed": lead.closed_at is not None,
        "problems": problems or [],
        "wrong": {problem.field: problem.message for problem in problems or []},
        "typed": {name: request.POST.get(name, "") for name in ("reason", "who", "how", "accepted")},
    }
    return render(request, "staff/estimate/estimate.html", context, status=status if problems else 200)


def _shown(lead: Lead, key: seal.OpenKey, known: Known, now: Reckoned, site: Site) -> list[Shown]:
    """The estimates of a lead, newest first."""
    made = list(Estimate.objects.filter(lead=lead).select_related("made_by").order_by("-made_at", "-id"))
    history, mails = rows.history(made), estimates.mails(made)
    found = []
    for row in made:
        said = rows.reckoned(row, key)["en"]
        title = "Good faith estimate" if row.good_faith else "Estimate"
        at = words.moment(row.made_at, site.tz, clock.now())
        written = f"{THERAPIES[row.discipline]}, {estimates.LANGUAGES['es' if row.language == 'es' else 'en']}"
        changed = row.discipline == known.discipline and (said != now or row.visit_at != known.visit_at)
        found.append(
            Shown(
                row.id,
                title,
                f"{written}. Made {at} by {row.made_by.name}",
                _spelled(said, "en"),
                [_became(step, mails.get(row.id), site) for step in history[row.id]],
                any(step.what == "accepted" for step in history[row.id]),
                changed,
            )
        )
    return found


def _became(step: EstimateStep, mail: Message | None, site: Site) -> Became:
    by = f", noted by {step.by.name}" if step.by is not None and step.what == "accepted" else ""
    by = f", by {step.by.name}" if step.by is not None and step.what == "given" else by
    at, shape = words.moment(step.at, site.tz, clock.now()), "yes"
    said = f"{step.what.capitalize()} {words.ESTIMATE_WAYS[step.how]}, {at}{by}"
    if step.what == "given" and step.how == "email" and mail is not None:
        shape, said = _mailed(mail, site)
        said = f"{said}; sent off {at}{by}"
    return Became(said, shape)


def _mailed(mail: Message, site: Site) -> tuple[str, str]:
    """What has become of the e-mail: it gives nothing before it has left."""
    now = clock.now()
    match mail.status:
        case "sent":
            assert mail.ended_at is not None
            return "yes", f"Given {words.ESTIMATE_WAYS['email']}, {words.moment(mail.ended_at, site.tz, now)}"
        case "unclear":
            return "doubt", "The e-mail may or may not have left: find out"
        case "refused" | "withdrawn":
            return "no", "Not given: the e-mail did not leave"
    if mail.wanted_at > now:
        return "waiting", f"Not given yet: the e-mail leaves {words.moment(mail.wanted_at, site.tz, now)}"
    return "waiting", "Not given yet: the e-mail waits to leave"


def _spelled(made: Reckoned, language: Language) -> Spelled:
    return Spelled(
        estimate_words.sentence(made, language),
        estimate_words.basis(made, language),
        estimate_words.lines(made, language),
        estimate_words.provisos(made, language),
    )
