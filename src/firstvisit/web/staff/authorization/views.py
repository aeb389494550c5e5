"""Authorization: one request to a payer, from what is asked for to the last visit of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import authorizing
from firstvisit.journey.authorization import seen, verbs
from firstvisit.journey.authorization.composing import may_be_told
from firstvisit.journey.authorization.papers import ids_of
from firstvisit.journey.authorization.seen import RequestFile
from firstvisit.journey.lead_file import lead_file
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.practice.models import User
from firstvisit.referral.text import free_text
from firstvisit.steps.coverage.models import AuthorizationRequest
from firstvisit.steps.coverage.requests import GRANTED, TO_SEND, UNDER_WAY, WAYS
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.authorization.shown import earlier, facts, replies, titled
from firstvisit.web.staff.lead.shown import seen_by
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.context import site_of

LONGEST: Final = 500
MOST_BYTES: Final = 1_000_000
"""Of a reply that is uploaded: some thousand transactions."""
TYPED: Final = (
    "units", "procedures", "begins", "ends", "words", "way", "to", "reference", "said", "asked_words", "decision",
    "said_by", "number", "granted", "granted_codes", "from_day", "through_day", "refused_why", "reply", "used",
    "more_words", "reason",
)  # fmt: skip
LABELS: Final = {
    "units": "Visits",
    "procedures": "Procedures",
    "begins": "From",
    "ends": "Through",
    "words": "Why it is needed",
    "to": "To whom",
    "reference": "The payer's number",
    "asked_words": "What they said, and who",
    "said_by": "Who said so",
    "number": "Number",
    "refused_why": "In their words",
    "reply": "The reply",
    "more_words": "How more came to be used",
    "reason": "Why, in a few words",
}
_RENAMED: Final = {"authorized": "decision", "units": "granted", "begins": "from_day", "ends": "through_day"}
"""Fields of the record's answer as this page calls them."""


@require_GET
@screen("insurance.see", at_desk=True)
def authorization(request: HttpRequest, code: str, number: UUID) -> HttpResponse:
    """Show one request; the log says who saw it."""
    return _page(request, _found(request, code, number))


@names_fields
@require_POST
@screen("insurance.see", at_desk=True)
def authorization_verb(request: HttpRequest, code: str, number: UUID, verb: str) -> HttpResponse:
    """Do one verb with a request, then show what follows."""
    row, user = _found(request, code, number), staff(request)
    if verb not in VERBS or not user.may(verbs.CAPABILITY):
        raise NotAllowed(verb)
    if lost := problems_of(request, LABELS):
        return _page(request, row, problems=lost, verb=verb)
    try:
        to = VERBS[verb](request, row, user)
    except BadInput as bad:
        return _page(request, row, problems=bad.problems, verb=verb)
    except Conflict as error:
        said = str(error)
        return _page(request, row, problems=[Problem("", f"{said[:1].upper()}{said[1:]}.")], verb=verb, status=409)
    return HttpResponseRedirect(_address(to or row), status=303)


@require_GET
@screen("insurance.see")
def authorization_file(request: HttpRequest, code: str, number: UUID, form: str) -> HttpResponse:
    """The request as a file: the packet, the 278, the PAS bundle. Papers go with it, so whoever takes one may read
    what families and offices wrote; the log says who did."""
    row, user = _found(request, code, number), staff(request)
    if form not in FORMS or not user.may("narrative.see"):
        raise NotAllowed("narrative.see")
    media, ending, make = FORMS[form]
    file = seen.request_file(row, now=clock.now())
    try:
        if file.row.requested_at is None:
            may_be_told(file.reading)
        body = make(file)
    except BadInput as bad:
        return _page(request, row, problems=bad.problems)
    audit.note(actor_of(request), "viewed", f"authorization {form}", [row.lead_id, row.id])
    answer = HttpResponse(body, content_type=media)
    shows = "inline" if form == "packet" else "attachment"
    answer["Content-Disposition"] = f'{shows}; filename="authorization-{code}{ending}"'
    return answer


FORMS: Final[dict[str, tuple[str, str, Callable[[RequestFile], bytes]]]] = {
    "packet": ("application/pdf", ".pdf", seen.packet_of),
    "278": ("application/edi-x12", ".278", lambda file: seen.as_278(file, now=clock.now())),
    "pas": ("application/fhir+json", ".json", lambda file: seen.as_pas(file, now=clock.now())),
}


def _prepare(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    wish = verbs.read_wish(
        units=_text(request, "units"),
        procedures=_text(request, "procedures"),
        urgent=request.POST.get("urgent") == "yes",
        begins=_text(request, "begins"),
        ends=_text(request, "ends"),
        words=_text(request, "words"),
        papers=ids_of(request.POST.getlist("papers")),
    )
    verbs.prepare(row, user, actor=actor_of(request), wish=wish)


def _send(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    verbs.send(
        row, user, actor=actor_of(request), way=request.POST.get("way", ""), to=_text(request, "to", 120),
        reference=_text(request, "reference", 50), said=_date(request, "said"),
    )  # fmt: skip


def _nudge(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    try:
        verbs.nudge(
            row, user, actor=actor_of(request), words=_text(request, "asked_words"), said=_date(request, "said")
        )
    except BadInput as bad:
        raise BadInput(_as_here(bad.problems, {"words": "asked_words"})) from None


def _decide(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    decision = request.POST.get("decision", "")
    try:
        what = authorizing.read(
            answer=verbs.as_answered(decision), said_by=_text(request, "said_by", 120),
            number=_text(request, "number", 50), units=_text(request, "granted"), begins=_text(request, "from_day"),
            ends=_text(request, "through_day"),
            why=_text(request, "refused_why"), today=verbs.today_of(row.lead),
        )  # fmt: skip
        codes = verbs.procedures_of(_text(request, "granted_codes"))
        verbs.decide(
            row, user, actor=actor_of(request), decision=decision, what=what, procedures=codes,
            replaces=request.POST.get("replaces") == "yes",
        )  # fmt: skip
    except BadInput as bad:
        raise BadInput(_as_here(bad.problems, {**_RENAMED, "procedures": "granted_codes"})) from None


def _reply(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > MOST_BYTES:
        raise BadInput([Problem("reply", "This file is larger than a reply can be.")])
    body = file.read() if file is not None else request.POST.get("reply", "").encode()
    verbs.take_reply(row, user, actor=actor_of(request), reply=body)


def _count(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    verbs.count(row, user, actor=actor_of(request), used=_text(request, "used"), words=_text(request, "more_words"))


def _extend(request: HttpRequest, row: AuthorizationRequest, user: User) -> AuthorizationRequest:
    return verbs.extend(row, user, actor=actor_of(request))


def _cancel(request: HttpRequest, row: AuthorizationRequest, user: User) -> None:
    verbs.cancel(row, user, actor=actor_of(request), reason=_text(request, "reason"))


VERBS: Final[dict[str, Callable[[HttpRequest, AuthorizationRequest, User], AuthorizationRequest | None]]] = {
    "prepare": _prepare,
    "sent": _send,
    "asked": _nudge,
    "decided": _decide,
    "reply": _reply,
    "used": _count,
    "more": _extend,
    "take-back": _cancel,
}


def _page(
    request: HttpRequest,
    row: AuthorizationRequest,
    *,
    problems: list[Problem] | None = None,
    verb: str = "",
    status: int = 422,
) -> HttpResponse:
    user, now = staff(request), clock.now()
    row = _fresh(row)
    file = seen.request_file(row, now=now)
    site = site_of(request, user)
    lead = lead_file(row.lead, now=now, narrative=False, user=user)
    page = seen_by(user, lead, site)
    noted_view(actor_of(request), "authorization", [*lead.shown, row.id])
    own = user.may(verbs.CAPABILITY) and scope.leads_for(user).filter(id=row.lead_id).exists()
    closed = row.lead.closed_at is not None and not verbs.goes_on(row)
    works = own and not closed and not page.locked_by
    wish = file.wish
    context: dict[str, Any] = {
        "file": file,
        "row": row,
        "code": f"L-{row.lead.number}",
        "name": page.name,
        "title": titled(row),
        "facts": facts(file, now),
        "earlier": earlier(file, now),
        "replies": replies(file, now),
        "problems": [(problem.field, problem.message) for problem in problems or []],
        "wrong": {problem.field: problem.message for problem in problems or []},
        "verb": verb,
        "typed": typed(request, TYPED) if request.method == "POST" else {},
        "wished": {
            "units": wish.units or "",
            "procedures": " ".join(wish.procedures),
            "begins": wish.begins.isoformat() if wish.begins else "",
            "ends": wish.ends.isoformat() if wish.ends else "",
            "words": wish.words,
            "papers": wish.papers,
        },
        "works": works,
        "closed": closed,
        "locked_by": page.locked_by,
        "takes": user.may("narrative.see"),
        "to_send": row.status in TO_SEND,
        "under_way": row.status in UNDER_WAY,
        "granted": row.status in GRANTED,
        "decides": row.status not in ("cancelled",),
        "ways": WAYS,
        "decisions": verbs.DECISIONS,
        "keys": (("Esc", "close what is open"),),
    }
    return render(request, "staff/authorization/authorization.html", context, status=status if problems else 200)


def _fresh(row: AuthorizationRequest) -> AuthorizationRequest:
    return AuthorizationRequest.objects.select_related("lead__facts", "extends").get(id=row.id)


def _found(request: HttpRequest, code: str, number: UUID) -> AuthorizationRequest:
    """The request, if it is of this lead and inside the person's scope."""
    user, lead = staff(request), by_code(code)
    row = verbs.of_id(number)
    if lead is None or row is None or row.lead_id != lead.id or not user.may("identity.see"):
        raise NotAllowed("leads.see")
    if not scope.sees(user, lead, now=clock.now()):
        raise NotAllowed("leads.see")
    return row


def _address(row: AuthorizationRequest) -> str:
    return reverse("authorization", args=[f"L-{row.lead.number}", row.id])


def _as_here(problems: list[Problem], names: dict[str, str]) -> list[Problem]:
    return [Problem(names.get(each.field, each.field), each.message) for each in problems]


def _text(request: HttpRequest, name: str, limit: int = LONGEST) -> str:
    try:
        return free_text(request.POST.get(name, ""), limit)
    except ValueError as error:
        raise BadInput([Problem(name, str(error))]) from None


def _date(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput([Problem(name, "Enter a date.")]) from None
