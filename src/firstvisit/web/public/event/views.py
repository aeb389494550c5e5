"""Sign up at an event: one short form behind its QR code. Works without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.models import CommunityEvent
from firstvisit.steps.intake.services import Running
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.web.public.parts import device, links, opening, shown, soon, touch
from firstvisit.web.public.parts.door import SeeOther, form_page, public_page, refused, take_post
from firstvisit.web.public.parts.frame import Frame, choices, draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.parts.taken import taken
from firstvisit.web.public.parts.touch import touches_of
from firstvisit.web.public.request import fields as request_fields
from firstvisit.web.public.texts import register
from firstvisit.web.readable import unreadable_fields

FIELDS: Final = ("who", "name", "phone", "email", "concern", "may_email", "may_text")
OPENED_BEFORE: Final = timedelta(hours=2)
"""What somebody typed into a form that was open when the event was closed is taken for so long."""


@form_page
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of one event; 404 once it is closed. Whoever had it open then may still send it."""
    found = CommunityEvent.objects.filter(slug=slug).first()
    if found is None or not _open(found, sent=request.method == "POST"):
        return refused(request, "gone", 404)
    frame = frame_of(request)
    typed = shown.typed_on(request, FIELDS, language=frame.language, groups=request_fields.GROUPS)
    if request.method != "POST" or switches(request):
        return _page(request, frame, found, typed.shown())
    try:
        if problems := shown.damaged(typed.answers, unreadable_fields(request), FIELDS):
            raise BadInput(problems)
        came = touches_of(request)
        body = form_answers.kept(typed.answers, event=about_event(found), language=frame.language, came=came)
        receipt = take_post(request, "event", body)
    except BadInput as bad:
        return _page(request, frame, found, typed.shown(bad.problems), status=422)
    except Running:
        return refused(request, "saving", 409)
    link = links.link_to("event_done", receipt.item)
    return SeeOther(reverse("event_done", args=[found.slug, link]))


def _open(found: CommunityEvent, *, sent: bool) -> bool:
    closed = found.ended_at
    return closed is None or (sent and clock.now() < closed + OPENED_BEFORE)


def about_event(found: CommunityEvent) -> dict[str, str]:
    """What is kept of the event with each sign-up: which it was, its name and the program it was about."""
    program = practice().programs.get(found.program)
    return {"slug": found.slug, "name": found.name, "about": program.name if program else ""}


@public_page
def done(request: HttpRequest, slug: str, link: str) -> HttpResponse:
    """The reference and what happens next."""
    kept = links.behind("event_done", link)
    if kept is None:
        return refused(request, "link", 404)
    frame = frame_of(request)
    words = frame.words("event")
    values = {"t": words, **taken(frame, kept, words["done_next"]), "again": reverse("event", args=[slug])}
    if not kept.flagged:
        values |= soon.of_lead(frame, kept.lead)
    page = draw(request, "public/event/done.html", values, frame=frame, private=True)
    touch.forget(page)
    if not values["emergency"]:
        device.make_way(request, page)
    return page


def _page(
    request: HttpRequest, frame: Frame, found: CommunityEvent, page: shown.Shown, status: int = 200
) -> HttpResponse:
    words, asked, shape = frame.words("event"), frame.words("request"), practice()
    site = shape.sites.get(found.site)
    day = opening.day_words(found.on, frame.language)
    welcome = found.welcome_es if frame.language == "es" else found.welcome_en
    if welcome and frame.language == "es":
        frame.quotes(register.welcome(found))
    values: dict[str, Any] = {
        "t": words,
        "r": asked,
        "title": words["title"].format(name=found.name),
        "about": words["about_event"].format(day=day, site=site.name if site else shape.identity.name),
        "welcome": welcome or words["welcome"],
        "shown": page,
        "fields": page.fields,
        **soon.by_site(frame, program=found.program, only=site.slug if site else ""),
        "who": choices(((who, asked[f"who_{who}"]) for who in request_fields.WHO), page.fields["who"].value),
        "boxes": [
            ("may_text", *frame.wording("text-request"), bool(page.fields["may_text"].value)),
            ("may_email", *frame.wording("email-receipt"), bool(page.fields["may_email"].value)),
        ],
    }
    return draw(request, "public/event/event.html", values, status, frame=frame, form=True)
