"""Ask for a first visit: two short steps, contact first and saved at once. Works without JavaScript."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey.receiving import Receipt
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.services import Running, original, went_on
from firstvisit.steps.intake.sources import form
from firstvisit.web.public.book import after_form
from firstvisit.web.public.parts import device, links, opening, shown, soon
from firstvisit.web.public.parts.door import AlreadySent, SeeOther, form_page, public_page, refused, take_post
from firstvisit.web.public.parts.frame import Frame, choices, draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.parts.shown import Shown
from firstvisit.web.public.parts.taken import taken
from firstvisit.web.public.parts.touch import touches_of
from firstvisit.web.public.request import fields as asked
from firstvisit.web.readable import unreadable_fields


@form_page
def start(request: HttpRequest) -> HttpResponse:
    """Step 1: who needs care and how to reach whoever asks. Saved at once; 303 to step 2."""
    frame = frame_of(request)
    typed = shown.typed_on(request, asked.STEP1, language=frame.language, groups=asked.GROUPS)
    if request.method != "POST" or switches(request):
        return _start_page(request, frame, typed.shown())
    try:
        receipt = _receive(request, 1, typed.answers, frame.language)
    except BadInput as bad:
        return _start_page(request, frame, typed.shown(bad.problems), status=422)
    except Running:
        return refused(request, "saving", 409)
    return SeeOther(reverse("request_step2", args=[links.link_to("step2", receipt.item)]))


@form_page
def step2(request: HttpRequest, link: str) -> HttpResponse:
    """Step 2: what is needed. Continues the request of step 1; shows nothing of it."""
    kept = links.behind("step2", link)
    if kept is None:
        return refused(request, "link", 404)
    mark = shown.token_of(request.POST) if request.method == "POST" else None
    if device.begins_at(request) and went_on(kept.item, but=mark):
        raise AlreadySent("the next person found the page of the one before")
    first: dict[str, Any] = json.loads(original(kept.item))
    before: dict[str, Any] = first["answers"]
    frame, who = frame_of(request), str(before["who"])
    typed = shown.typed_on(request, asked.STEP2, asked.LISTS, language=frame.language, groups=asked.GROUPS2)
    if request.method != "POST" or switches(request):
        return _step2_page(request, frame, who, typed.shown())
    # What they agreed to, they read in the language of step 1.
    language, answers = first.get("language", frame.language), {**before, **typed.answers}
    try:
        receipt = _receive(request, 2, answers, language, after=kept)
    except BadInput as bad:
        return _step2_page(request, frame, who, typed.shown(bad.problems), status=422)
    except Running:
        return refused(request, "saving", 409)
    link = links.link_to("done", receipt.item)
    return after_form.opens(request, SeeOther(reverse("request_done", args=[link])), links.behind("done", link))


@public_page
def done(request: HttpRequest, link: str) -> HttpResponse:
    """The reference, what happens next and when. A red flag puts the approved line above everything."""
    kept = links.behind("done", link)
    if kept is None:
        return refused(request, "link", 404)
    frame = frame_of(request)
    words = frame.words("request")
    values = {"t": words, **taken(frame, kept, words["somebody"]), **after_form.times(request, frame, kept)}
    if not kept.flagged and "offers" not in values:
        values |= soon.of_lead(frame, kept.lead)
    page = draw(request, "public/request/done.html", values, frame=frame, private=True)
    if not values["emergency"]:
        device.make_way(request, page)
    return page


def _receive(
    request: HttpRequest, step: int, answers: dict[str, Any], language: str, *, after: links.Kept | None = None
) -> Receipt:
    """Read and keep one step, `after` the one before. BadInput names the fields; Running when a double tap is still
    being judged."""
    fields = asked.STEP1 if step == 1 else (*asked.STEP2, *asked.LISTS)
    if problems := shown.damaged(answers, unreadable_fields(request), fields):
        raise BadInput(problems)
    body = form.kept(step, answers, language=language, came=touches_of(request))
    joins = after.lead.id if after is not None and after.lead is not None else None
    return take_post(request, "form", body, joins=joins, continues=after.item.id if after is not None else None)


def _start_page(request: HttpRequest, frame: Frame, page: Shown, status: int = 200) -> HttpResponse:
    shape, now, words = practice(), clock.now(), frame.words("request")
    home = shape.sites[shape.identity.home_site]
    values = {
        "t": words,
        "shown": page,
        "fields": page.fields,
        "who": choices(((who, words[f"who_{who}"]) for who in asked.WHO), page.fields["who"].value),
        "boxes": [
            ("may_text", *frame.wording("text-request"), bool(page.fields["may_text"].value)),
            ("may_email", *frame.wording("email-receipt"), bool(page.fields["may_email"].value)),
        ],
        "promise": opening.answer_words(now, shape.identity.answers_within_minutes, home, frame.language),
        **soon.by_site(frame),
    }
    return draw(request, "public/request/step1.html", values, status, frame=frame, form=True)


def _step2_page(
    request: HttpRequest, frame: Frame, who: str, page: Shown, status: int = 200
) -> HttpResponse:
    fields, shape, words = page.fields, practice(), frame.words("request")
    everywhere = frame.words("everywhere")
    days = words["days"].split()
    values = {
        "t": words,
        "shown": page,
        "fields": fields,
        "me": who == "me",
        "orders": asked.orders(words, fields["order"].value),
        "legend": words["child_legend" if who == "child" else "other_legend"],
        "therapies": asked.therapies(everywhere, fields["therapy"].value),
        "programs": asked.programs(shape, fields["program"].value, frame.language),
        "event_kinds": asked.events(everywhere, fields["event_kind"].value),
        "timings": asked.timings(words, fields["timing"].value),
        "languages": choices(asked.languages(frame.language), fields["language"].value),
        "week": days,
        "halves": asked.half_days(words, opening.long_days(frame.language), set(fields["times"].value or ())),
        "next_call": words["next_call"].format(minutes=shape.identity.answers_within_minutes),
    }
    return draw(request, "public/request/step2.html", values, status, frame=frame, private=True, form=True)
