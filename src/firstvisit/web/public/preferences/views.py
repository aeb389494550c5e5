"""Preferences: how and when somebody wants to hear from us, by the link in our letters. Shows nobody's name."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput
from firstvisit.leads.models import Lead
from firstvisit.people.models import Person
from firstvisit.people.own_pages import person_of_preferences
from firstvisit.people.stopping import stop_mark
from firstvisit.steps.intake.services import Running
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.web.public.parts import opening, shown
from firstvisit.web.public.parts.about import about
from firstvisit.web.public.parts.door import form_page, refused, take_post
from firstvisit.web.public.parts.frame import Frame, choices, draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.request import fields as request_fields
from firstvisit.web.readable import unreadable_fields

FIELDS: Final = ("timing", "method", "phone", "language", "may_text")
LISTS: Final = ("times",)
_TIMINGS: Final = ("asap", "two_weeks", "within_month", "later", "not_sure")
_METHODS: Final = ("phone", "sms", "email")
_LANGUAGES: Final = (("English", "English"), ("Spanish", "Español"), ("Hmong", "Hmoob"))


@form_page
def preferences(request: HttpRequest, mark: str) -> HttpResponse:
    """The questions, none answered beforehand; what is left open stays as it was."""
    person = person_of_preferences(mark, now=clock.now())
    frame = frame_of(request)
    if person is None:
        return _end(request, frame, "nowhere", 404)
    lead = _lead_of(person)
    if lead is None:
        return _end(request, frame, "closed", 200)
    typed = shown.typed_on(request, FIELDS, LISTS, language=frame.language)
    if request.method != "POST" or switches(request):
        return _page(request, frame, person, lead, typed.shown())
    try:
        if problems := shown.damaged(typed.answers, unreadable_fields(request), (*FIELDS, *LISTS)):
            raise BadInput(problems)
        body = form_answers.kept(typed.answers, about=about(lead), language=frame.language)
        take_post(request, "preferences", body, joins=lead.id)
    except BadInput as bad:
        return _page(request, frame, person, lead, typed.shown(bad.problems), status=422)
    except Running:
        return refused(request, "saving", 409)
    return _end(request, frame, "saved", 200)


def _lead_of(person: Person) -> Lead | None:
    """The newest open lead about which we write to this person."""
    records = [person.id, *person.also.values_list("id", flat=True)]
    theirs = Q(contact__in=records) | Q(contact__isnull=True, patient__in=records)
    open_leads = Lead.objects.filter(theirs, closed_at__isnull=True).select_related("patient__key", "contact__key")
    return open_leads.order_by("-number").first()


def _page(
    request: HttpRequest, frame: Frame, person: Person, lead: Lead, page: shown.Shown, status: int = 200
) -> HttpResponse:
    words, asked, fields = frame.words("preferences"), frame.words("request"), page.fields
    values: dict[str, Any] = {
        "t": words,
        "r": asked,
        "shown": page,
        "fields": fields,
        "timings": choices(((each, words[f"timing_{each}"]) for each in _TIMINGS), fields["timing"].value),
        "methods": choices(((each, words[f"method_{each}"]) for each in _METHODS), fields["method"].value),
        "languages": choices(_LANGUAGES, fields["language"].value),
        "week": asked["days"].split(),
        "halves": request_fields.half_days(
            asked, opening.long_days(frame.language), set(fields["times"].value or ())
        ),
        "asks_phone": "phone" not in about(lead).get("contact", {}),
        "boxes": [("may_text", *frame.wording("text-request"), bool(fields["may_text"].value))],
        "stop": stop_mark(person.id),
    }
    template = "public/preferences/preferences.html"
    return draw(request, template, values, status, frame=frame, private=True, form=True)


def _end(request: HttpRequest, frame: Frame, how: str, status: int) -> HttpResponse:
    values = {"t": frame.words("preferences"), "how": how}
    return draw(request, "public/preferences/end.html", values, status, frame=frame, private=True)
