"""A family's own page of its first visit and of those after it: choose a time, see it, say that they come, move it,
cancel it.

By the link in what we send, and open to whoever knows the birth date; before that it shows nothing of anybody. Every
step is a form or a link, so it needs no script. A tap books: what was tapped by mistake is moved or cancelled here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial, wraps
from typing import Final, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey import own_visit
from firstvisit.journey.booking import visits
from firstvisit.journey.own_visit import Own
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import ics, links
from firstvisit.steps.booking.claims import AlreadyBooked, Taken
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.intake.services import Running
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.book import browser, pages, stood, when
from firstvisit.web.public.parts import births, shown
from firstvisit.web.public.parts.door import SeeOther, form_page, refused
from firstvisit.web.public.parts.frame import frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.readable import unreadable_fields

ASKED: Final = ("birth",)
NO_REASON: Final = "Choose why you cancel."
DOOR: Final = "family"
Inner = Callable[..., HttpResponse]


def _link_of(mark: str) -> str:
    given = links.given_by(mark, now=clock.now())
    return f"book:{given.lead}" if given is not None else ""


def opened(view: Inner) -> Callable[..., HttpResponse]:
    """A page behind the link: asks for the birth date first, whichever of them is opened."""

    @partial(form_page, link_of=_link_of)
    @wraps(view)
    def page(request: HttpRequest, mark: str, **which: uuid.UUID) -> HttpResponse:
        now = clock.now()
        given = links.given_by(mark, now=now)
        found = own_visit.own(given) if given is not None else None
        if given is None or found is None:
            return pages.end(request, "nowhere", 404)
        if not browser.opened_in(request, given, now=now):
            return _ask(request, found)
        response = view(request, mark, found, **which)
        if browser.COOKIE not in response.cookies:  # unless they have just closed it
            browser.keep_open(request, response, given, now=now)
        return response

    return page


def opened_later(view: Callable[[HttpRequest, str, Own, Appointment], HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for a page of one of the visits after the first; what is over or not theirs leads to what stands."""

    @opened
    @wraps(view)
    def page(request: HttpRequest, mark: str, found: Own, number: uuid.UUID) -> HttpResponse:
        course = own_visit.course_of(found.lead, now=clock.now())
        visit = next((row for row in course if row.id == number), None)
        if visit is None:
            here = reverse("book", args=[mark])
            if not _pressed(request):
                return SeeOther(here)
            again = stood.cancelled(request, found.lead.id)
            return SeeOther(f"{here}?said=cancelled_later") if again else _changed(here)
        return view(request, mark, found, visit)

    return page


def _ask(request: HttpRequest, found: Own) -> HttpResponse:
    """Open the page, if this is the patient's birth date; the browser is asked no more for half an hour."""
    if request.method != "POST" or switches(request) or "birth" not in request.POST:
        return pages.ask(request)
    typed = shown.typed_on(request, ASKED, language="en")
    if lost := shown.damaged(typed.answers, unreadable_fields(request), ASKED):
        return pages.ask(request, lost)
    now = clock.now()
    lead, right = found.lead.id, found.birth_date
    try:
        births.check(request, typed.answers, "birth", lead=lead, right=right, now=now, noted="visit_refused")
    except births.TooMany:
        return births.shut(request, now=now)
    except BadInput as no:
        return pages.ask(request, no.problems)
    audit.note(actor_of(request), "viewed", "lead", [found.lead.id], why="visit")
    response = SeeOther(request.get_full_path())
    if not browser.keep_open(request, response, found.given, now=now):
        return refused(request, "shared", 409)
    return response


@opened
def book(request: HttpRequest, mark: str, found: Own) -> HttpResponse:
    """The visit, where there is one to come; else three times, and more of them on a tap. Whose first visit is over
    reads the visits after it."""
    now = clock.now()
    visit = own_visit.visit_of(found.lead, now=now)
    if request.method == "POST" and not switches(request):
        return _do(request, mark, found, visit)
    if visit is not None and (found.visit_stays if visit.status == "booked" else found.may_choose):
        return pages.visit(request, mark, found, visit, said=request.GET.get("said", ""))
    begun = own_visit.begun_of(found.lead, now=now)
    if (begun is not None or not found.may_choose) and (course := own_visit.course_of(found.lead, now=now)):
        return pages.course(request, mark, found, course, said=request.GET.get("said", ""))
    if begun is not None:
        return pages.begun(request, begun, said=request.GET.get("said", ""))
    return pages.times(request, mark, found)


def _do(request: HttpRequest, mark: str, found: Own, visit: Appointment | None) -> HttpResponse:
    """What somebody does on the open page; again changes nothing, and what is no more as it stood there is shown as it
    is now."""
    here, now = reverse("book", args=[mark]), clock.now()
    match request.POST.get("do", ""):
        case "close":
            response = pages.ask(request, shut=True)
            browser.shut(response)
            return response
        case "come":
            booked = visit is not None and visit.status == "booked"
            return _come(request, visit, here) if visit is not None and booked else _changed(here)
        case "come_later":
            return _come_later(request, own_visit.course_of(found.lead, now=now), here)
        case "take":
            return _take(request, mark, found, visit, own_visit.hold_of(found.lead, now=now))
        case "let_go":
            return _let_go(request, own_visit.hold_of(found.lead, now=now), here)
    if "slot" in request.POST:
        return choose(request, mark, found, visit)
    return SeeOther(here)


def _changed(there: str) -> HttpResponse:
    """Nothing was done: what stands now is shown, with a word."""
    return SeeOther(f"{there}?said=changed")


def _come(request: HttpRequest, visit: Appointment, there: str) -> HttpResponse:
    """They come at the time that stood on the page; of another one they are asked anew."""
    if visit.starts_at <= clock.now():
        return SeeOther(there)
    try:
        visits.confirm(visit, by=None, actor=actor_of(request), shown=stood.sequence(request, visit))
    except Conflict:
        return _changed(there)
    return SeeOther(f"{there}?said=confirmed")


def _come_later(request: HttpRequest, course: list[Appointment], here: str) -> HttpResponse:
    """They come to all the visits that stood on the button, or say nothing."""
    said = stood.marks(request)
    if not course or not said <= {stood.mark(row) for row in course}:
        return _changed(here)
    try:
        for row in pages.asked_of(course):
            if not said or stood.mark(row) in said:
                visits.confirm(row, by=None, actor=actor_of(request), shown=row.sequence)
    except Conflict:
        return _changed(here)
    return SeeOther(f"{here}?said=confirmed")


def choose(request: HttpRequest, mark: str, found: Own, visit: Appointment | None) -> HttpResponse:
    """Book the time that was tapped; twice is once. Where it has gone meanwhile, the next best stand there instead, or
    the visit that they chose in another window."""
    here = reverse("book", args=[mark])
    has_one = visit is not None and visit.status == "booked"
    if not has_one and (begun := own_visit.begun_of(found.lead, now=clock.now())) is not None:
        return pages.begun(request, begun, 409)
    if not found.may_choose and not has_one:
        return pages.times(request, mark, found)
    try:
        visits.book(found.lead, request.POST.get("slot", ""), by=None, actor=actor_of(request), door=DOOR)
    except (BadInput, Conflict) as no:
        if has_one or isinstance(no, AlreadyBooked):
            return SeeOther(f"{here}?said=has_one")
        return pages.times(request, mark, found, note=_why(no)) if _why(no) else SeeOther(here)
    return SeeOther(f"{here}?said=thanks")


def _take(
    request: HttpRequest, mark: str, found: Own, visit: Appointment | None, hold: Appointment | None
) -> HttpResponse:
    """What we held for them becomes theirs, also a moment too late as long as nobody else took it. Who has a visit by
    now reads that one."""
    here = reverse("book", args=[mark])
    if visit is not None and visit.status == "booked":
        return SeeOther(f"{here}?said={'thanks' if stood.sequence(request, visit) != stood.NEVER else 'has_one'}")
    if (begun := own_visit.begun_of(found.lead, now=clock.now())) is not None:
        return pages.begun(request, begun, 409)
    if hold is None or stood.sequence(request, hold) != hold.sequence:
        return _changed(here)
    if not found.may_choose:
        return pages.times(request, mark, found)
    try:
        visits.take(hold, by=None, actor=actor_of(request))
    except Conflict as no:
        return pages.times(request, mark, found, note=_why(no)) if _why(no) else SeeOther(here)
    return SeeOther(f"{here}?said=thanks")


def _let_go(request: HttpRequest, hold: Appointment | None, here: str) -> HttpResponse:
    """They do not want what we held for them."""
    if hold is None or stood.sequence(request, hold) != hold.sequence:
        return _changed(here)
    try:
        visits.let_go(hold, by=None, actor=actor_of(request))
    except Conflict:
        return _changed(here)
    return SeeOther(f"{here}?said=let_go")


@opened
def move(request: HttpRequest, mark: str, found: Own) -> HttpResponse:
    """Other times for the same visit; the old one stays theirs until one is tapped."""
    visit = own_visit.visit_of(found.lead, now=clock.now())
    if visit is None or visit.status != "booked" or not found.visit_stays:
        here = reverse("book", args=[mark])
        return _changed(here) if _pressed(request) else SeeOther(here)
    return _move(request, mark, found, visit)


def _pressed(request: HttpRequest) -> bool:
    return request.method == "POST" and not switches(request)


def _move(request: HttpRequest, mark: str, found: Own, visit: Appointment) -> HttpResponse:
    here = pages.address(mark, visit)
    if visit.starts_at <= clock.now():
        return SeeOther(here)  # which says that it has begun
    if not _pressed(request) or "slot" not in request.POST:
        return pages.times(request, mark, found, moves=visit)
    try:
        said = stood.sequence(request, visit)
        visits.move(visit, request.POST["slot"], by=None, actor=actor_of(request), shown=said)
    except visits.Changed:
        return _changed(f"{here}/move")
    except (BadInput, Conflict) as no:
        return pages.times(request, mark, found, moves=visit, note=_why(no)) if _why(no) else _changed(here)
    return SeeOther(f"{here}?said=moved")


@opened
def cancel(request: HttpRequest, mark: str, found: Own) -> HttpResponse:
    """Cancel it, with a reason."""
    visit = own_visit.visit_of(found.lead, now=clock.now())
    if visit is None or visit.status != "booked" or not found.visit_stays:
        here = reverse("book", args=[mark])
        if not _pressed(request):
            return SeeOther(here)
        return SeeOther(f"{here}?said=cancelled") if stood.cancelled(request, found.lead.id) else _changed(here)
    return _cancel(request, mark, found, visit)


def _cancel(request: HttpRequest, mark: str, found: Own, visit: Appointment) -> HttpResponse:
    here, first = reverse("book", args=[mark]), visit.service == "evaluation"
    if not _pressed(request):
        return pages.cancelling(request, mark, found, visit)
    if stood.sequence(request, visit) != visit.sequence:
        return _changed(f"{pages.address(mark, visit)}/cancel")
    why = request.POST.get("why", "")
    if why not in pages.REASONS:
        return pages.cancelling(request, mark, found, visit, [Problem("why", NO_REASON)])
    try:
        visits.cancel(visit, why=why, by=None, actor=actor_of(request), shown=visit.sequence)
    except Conflict:
        return _changed(here)
    return SeeOther(f"{here}?said={'cancelled' if first else 'cancelled_later'}")


@opened_later
def later(request: HttpRequest, mark: str, found: Own, visit: Appointment) -> HttpResponse:
    """One of the visits after the first: see it, say that they come."""
    if _pressed(request) and request.POST.get("do") == "come":
        return _come(request, visit, pages.address(mark, visit))
    return pages.visit(request, mark, found, visit, said=request.GET.get("said", ""))


@opened_later
def move_later(request: HttpRequest, mark: str, found: Own, visit: Appointment) -> HttpResponse:
    """Other times for one of the visits after the first."""
    return _move(request, mark, found, visit)


@opened_later
def cancel_later(request: HttpRequest, mark: str, found: Own, visit: Appointment) -> HttpResponse:
    """Cancel one of the visits after the first, with a reason; the others stay."""
    return _cancel(request, mark, found, visit)


@opened
def tell_when(request: HttpRequest, mark: str, found: Own) -> HttpResponse:
    """None fits: they say when, and we look again."""
    if found.lead.closed_at is not None:
        return pages.end(request, "closed")
    if not _pressed(request):
        return pages.when(request, mark, found)
    try:
        asked = when.keep(request, found)
    except BadInput as bad:
        return pages.when(request, mark, found, bad.problems)
    except Running:
        return refused(request, "saving", 409)
    move_on = "book_move" if own_visit.visit_of(found.lead, now=clock.now()) is not None else "book"
    return SeeOther(f"{reverse(move_on, args=[mark])}?{asked}")


@opened
def calendar(request: HttpRequest, mark: str, found: Own) -> HttpResponse:
    """The visit and those after it as an ICS file; of what was cancelled the file that takes it out again."""
    now, shape = clock.now(), practice()
    visit = own_visit.visit_of(found.lead, now=now)
    standing = [] if visit is None or visit.status == "held" else [visit]
    rows = [*standing, *own_visit.course_of(found.lead, now=now)] if visit is None or standing else []
    if not rows and visit is None:
        rows = own_visit.ended_visits(found.lead)
    if not rows:
        return SeeOther(reverse("book", args=[mark]))
    # A CANCEL speaks of one event (RFC 5546, 3.2.5); of several that are no more the file publishes that they are not.
    method: Literal["PUBLISH", "CANCEL"] = "CANCEL" if [row.status for row in rows] == ["cancelled"] else "PUBLISH"
    entries = [_entry(request, mark, row) for row in rows]
    file = ics.calendar(entries, organizer=ics.Organizer(shape.identity.name, shape.identity.email), method=method)
    answer = HttpResponse(file, content_type=ics.MEDIA_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _entry(request: HttpRequest, mark: str, visit: Appointment) -> ics.Entry:
    words, shape = frame_of(request).words("book"), practice()
    site = shape.sites.get(visit.site) or shape.sites[shape.identity.home_site]
    summary = "summary" if visit.service == "evaluation" else "summary_after"
    return ics.Entry(
        appointment=visit.id,
        sequence=visit.sequence,
        status=visit.status,
        changed_at=visit.changed_at,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        summary=words[summary].format(practice=shape.identity.name),
        zone=site.tz,
        where=f"{site.street}, {site.city}, {site.state} {site.postal_code}" if visit.setting == "clinic" else "",
        about=words["ics_about"].format(phone=site.phone, bring=f"{words['bring']}: {words['bring_what']}"),
        url=request.build_absolute_uri(reverse("book", args=[mark])),
    )


def _why(no: BadInput | Conflict) -> str:
    """Why a time cannot be had: its offer is too old, its hour has come, or somebody else has it; "" where the lead or
    the visit is not what it was, which the page itself says."""
    if isinstance(no, Taken):
        return "expired" if no.why == "over" else "gone"
    return "expired" if isinstance(no, BadInput) else ""
