"""What the first visit costs, for the family: by the link in our letter, and open to whoever knows the birth date.

Before that the page shows nothing of anybody. It needs no script: every step is a form, and what a form carries from
one step to the next is a signed mark that holds for half an hour.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from firstvisit.journey import estimates
from firstvisit.kernel import audit, clock, seal
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads.models import LeadReferral
from firstvisit.leads.queries import code
from firstvisit.people.queries import birth_date_of
from firstvisit.practice.queries import practice
from firstvisit.steps.coverage import estimate_words
from firstvisit.steps.coverage import estimates as rows
from firstvisit.steps.coverage.estimate_links import estimate_behind, estimate_of, opened_mark, was_opened
from firstvisit.steps.coverage.estimate_words import Language
from firstvisit.steps.coverage.estimating import Estimate
from firstvisit.steps.coverage.models import Estimate as Row
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts import births, opening, shown
from firstvisit.web.public.parts.door import form_page
from firstvisit.web.public.parts.frame import draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.texts.register import estimate_texts
from firstvisit.web.readable import unreadable_fields

ASKED: Final = ("birth",)
ACCEPTED: Final = ("who",)


def _link_of(mark: str) -> str:
    found = estimate_of(mark, now=clock.now())
    return f"estimate:{found}" if found is not None else ""


@partial(form_page, link_of=_link_of)
def estimate(request: HttpRequest, mark: str) -> HttpResponse:
    """Ask for the birth date; then show it, hand out the PDF, take that it was accepted."""
    now = clock.now()
    found = estimate_behind(mark, now=now)
    key = _key(found) if found is not None and estimates.link_opens(found) else None
    if found is None or key is None:
        frame = frame_of(request)
        values = {"t": frame.words("estimate"), "phone": practice().identity.phone}
        return draw(request, "public/estimate/nowhere.html", values, 404, frame=frame, private=True)
    if request.method != "POST":
        return _ask(request)
    if was_opened(request.POST.get("opened", ""), found.id, now=now):
        return _opened(request, found, key)
    return _ask(request) if switches(request) else _try(request, found, key)


def _key(found: Row) -> seal.OpenKey | None:
    """The key under which it lies; None where the record was erased."""
    row = LeadReferral.objects.select_related("key").filter(lead=found.lead_id, key__wrapped__isnull=False).first()
    return seal.open_key(row.key) if row is not None else None


def _ask(request: HttpRequest, problems: list[Problem] | None = None) -> HttpResponse:
    frame = frame_of(request)
    page = shown.typed_on(request, ASKED, language=frame.language).shown(problems or ())
    values = {"t": frame.words("estimate"), "shown": page, "fields": page.fields}
    status = 422 if problems else 200
    return draw(request, "public/estimate/ask.html", values, status, frame=frame, private=True, form=True)


def _try(request: HttpRequest, found: Row, key: seal.OpenKey) -> HttpResponse:
    """Open the page, if this is the patient's birth date."""
    typed = shown.typed_on(request, ASKED, language="en")
    if lost := shown.damaged(typed.answers, unreadable_fields(request), ASKED):
        return _ask(request, lost)
    now = clock.now()
    lead, right = found.lead_id, birth_date_of(found.lead.patient)
    try:
        births.check(request, typed.answers, "birth", lead=lead, right=right, now=now, noted="estimate_refused")
    except births.TooMany:
        return births.shut(request, now=now)
    except BadInput as no:
        return _ask(request, no.problems)
    audit.note(actor_of(request), "viewed", "lead", [found.lead_id], why="estimate")
    return _page(request, found, key)


def _opened(request: HttpRequest, found: Row, key: seal.OpenKey) -> HttpResponse:
    """What somebody does on the open page."""
    do = "" if switches(request) else request.POST.get("do", "")
    if do == "pdf":
        audit.note(actor_of(request), "viewed", "lead", [found.lead_id], why="estimate_pdf")
        answer = HttpResponse(rows.pdf(found, key), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="estimate-{code(found.lead.number)}.pdf"'
        answer["X-Robots-Tag"] = "noindex"
        return answer
    if do != "accept":
        return _page(request, found, key)
    try:
        estimates.accepted_on_page(found, who=request.POST.get("who", ""), actor=actor_of(request))
    except BadInput as bad:
        return _page(request, found, key, bad.problems)
    except Conflict:
        pass  # accepted a moment ago, or a newer one has taken its place: the page says which
    return _page(request, found, key)


def _page(
    request: HttpRequest, found: Row, key: seal.OpenKey, problems: list[Problem] | None = None
) -> HttpResponse:
    frame, shape = frame_of(request), practice()
    words, language = frame.words("estimate"), frame.language
    languages: tuple[Language, ...] = (language,)
    if language == "es":
        frame.quotes(estimate_texts())
        languages = ("es",) if estimates.spanish_signed() else ("es", "en")
    made = rows.reckoned(found, key)
    site = shape.sites.get(found.lead.site) or shape.sites[shape.identity.home_site]
    page = shown.typed_on(request, ACCEPTED, language=language).shown(problems or ())
    steps = rows.history([found])[found.id]
    accepted = next((step for step in steps if step.what == "accepted"), None)
    current = rows.newest(found.lead_id)
    values: dict[str, Any] = {
        "t": words,
        "shown": page,
        "fields": page.fields,
        "opened": opened_mark(found.id, at=clock.now()),
        "made_on": words["made_on"].format(at=opening.dated_words(found.made_at, site, language)),
        "visit": words["visit"].format(at=opening.dated_words(found.visit_at, site, language))
        if found.visit_at
        else "",
        "copies": [_copy(made[each], each, good_faith=found.good_faith) for each in languages],
        "old": current is None or current.id != found.id,
        "accepted": words["accepted"].format(at=opening.dated_words(accepted.at, site, language)) if accepted else "",
        "phone": site.phone,
    }
    status = 422 if problems else 200
    return draw(request, "public/estimate/estimate.html", values, status, frame=frame, private=True, form=True)


def _copy(made: Estimate, language: Language, *, good_faith: bool) -> dict[str, Any]:
    """The arithmetic and what goes with it, in one language. A Spanish that nobody has signed has the English below."""
    law = ("only_estimate", "dispute", "no_contract") if good_faith else ()
    return {
        "lang": language,
        "sentence": estimate_words.sentence(made, language),
        "basis": estimate_words.basis(made, language),
        "lines": estimate_words.lines(made, language),
        "step": estimate_words.paper("step", language),
        "columns": estimate_words.columns(language),
        "provisos": estimate_words.provisos(made, language),
        "law": [estimate_words.paper(each, language) for each in law],
    }
