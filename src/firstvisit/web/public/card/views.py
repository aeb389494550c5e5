"""The family's photo of its insurance card, by a link: first the birth date, then front and back. Names nobody."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey.coverage import card as cards
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.people.queries import birth_date_of
from firstvisit.steps.intake import card_links
from firstvisit.steps.intake.pages.photos import MOST_BYTES, NoPhoto
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts import births, shown
from firstvisit.web.public.parts.door import SeeOther, form_page
from firstvisit.web.public.parts.frame import Frame, draw, frame_of
from firstvisit.web.public.parts.languages import switches

SIDES: Final = ("front", "back")
NOT_IT: Final = "This does not fit. Check the date, or call us."
NOT_USED: Final = {
    "none": "Choose or take a photo first; the front is the more important one.",
    "heic": (
        "This photo is in a format (HEIC) that we cannot open. Take a screenshot of it and send that, or set the "
        "camera to “Most Compatible” and take it again."
    ),
    "other": "This is no photo that we can open. Send a JPEG or PNG picture.",
    "large": "This photo is too large. Take a screenshot of it and send that.",
    "small": "This picture is too small to read. Take it again from closer by.",
    "broken": "This photo did not arrive whole. Please send it again.",
}
"""Why a photo cannot be used, and what to do; their Spanish stands in `texts/problems.toml`."""
MOST: Final = 2 * MOST_BYTES + 256 * 1024
"""Two photos and the form around them."""


@form_page
def card(request: HttpRequest, mark: str) -> HttpResponse:
    """Ask for the patient's birth date; whoever gives it goes on to the photos."""
    frame, now = frame_of(request), clock.now()
    lead = card_links.lead_of(mark, now=now)
    if lead is None:
        return _end(request, frame, "over", 404)
    typed = shown.typed_on(request, ("birth_date",), language=frame.language)
    if request.method != "POST" or switches(request):
        return _ask(request, frame, typed.shown())
    right = birth_date_of(lead.patient)
    try:
        births.check(request, typed.answers, "birth_date", lead=lead.id, right=right, now=now, other=NOT_IT)
    except births.TooMany:
        return births.shut(request, now=now)
    except BadInput as no:
        return _ask(request, frame, typed.shown(no.problems), 422)
    return SeeOther(reverse("card_photos", args=[card_links.proof(lead, now=now)]))


def _photos(request: HttpRequest, proof: str) -> HttpResponse:
    """Take front and back; say which of them cannot be used and what to do, and thank for what came."""
    frame, now = frame_of(request), clock.now()
    if cards.sent(proof, now=now):
        return _end(request, frame, "thanks", 200)
    if card_links.proven(proof, now=now) is None:
        return _end(request, frame, "over", 404)
    page = shown.typed_on(request, SIDES, language=frame.language)
    if request.method != "POST" or switches(request):
        return _take(request, frame, page.shown())
    given = [(side, file) for side in SIDES if (file := request.FILES.get(side)) is not None]
    if not given:
        return _take(request, frame, _wrong(page, "front", "none"), 422)
    try:
        kept = cards.send(proof, [file.read() for _, file in given], actor=actor_of(request), now=now)
    except NoPhoto as no:
        return _take(request, frame, _wrong(page, given[no.number][0], no.why), 422)
    return SeeOther(reverse("card_photos", args=[proof])) if kept else _end(request, frame, "over", 404)


photos = form_page(_photos, most_bytes=MOST)


def _wrong(page: shown.Typed, side: str, why: str) -> shown.Shown:
    return page.shown([Problem(side, NOT_USED[why])])


def _ask(request: HttpRequest, frame: Frame, page: shown.Shown, status: int = 200) -> HttpResponse:
    values: dict[str, Any] = {"t": frame.words("card"), "shown": page, "fields": page.fields}
    return draw(request, "public/card/birth.html", values, status, frame=frame, private=True, form=True)


def _take(request: HttpRequest, frame: Frame, page: shown.Shown, status: int = 200) -> HttpResponse:
    words = frame.words("card")
    sides = [(page.fields[side], words[side]) for side in SIDES]
    values: dict[str, Any] = {"t": words, "shown": page, "sides": sides}
    return draw(request, "public/card/photos.html", values, status, frame=frame, private=True, form=True)


def _end(request: HttpRequest, frame: Frame, how: str, status: int) -> HttpResponse:
    values = {"t": frame.words("card"), "how": how}
    return draw(request, "public/card/end.html", values, status, frame=frame, private=True)
