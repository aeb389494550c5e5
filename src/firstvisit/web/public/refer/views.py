"""Refer a patient, one after the other, or ask for a service as an organization. Works without JavaScript."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from firstvisit.journey.by_itself import Apart
from firstvisit.journey.papers import asked_for
from firstvisit.kernel.errors import BadInput
from firstvisit.messages.moments import duration
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.intake.services import Running, original
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.steps.intake.sources.refer import TREATING
from firstvisit.steps.intake.status_links import status_mark
from firstvisit.web.public.parts import links, shown, soon
from firstvisit.web.public.parts.door import SeeOther, form_page, public_page, refused, take_post
from firstvisit.web.public.parts.frame import Frame, draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.public.parts.taken import taken
from firstvisit.web.public.parts.touch import touches_of
from firstvisit.web.public.refer import fields as asked
from firstvisit.web.public.status.standing import needs_of, order_is_welcome
from firstvisit.web.public.texts import NAMES
from firstvisit.web.readable import unreadable_fields

PARTNER_MINUTES: Final = 120
"""Said before anything is known of the patient; the answer page says the real clock of this one."""


@form_page
def refer(request: HttpRequest, link: str = "") -> HttpResponse:
    """One referred patient. `link` leads to the one sent before, whose referrer stays."""
    kept = links.behind("refer_again", link) if link else None
    if link and kept is None:
        return refused(request, "link", 404)
    before = json.loads(original(kept.item))["answers"] if kept else {}
    mine = {name: value for name, value in before.items() if name in asked.REFERRER}
    code = (kept.told.code or "") if kept else ""
    return _form(request, "patient", asked.PATIENT, mine, code)


@form_page
def enquiry(request: HttpRequest) -> HttpResponse:
    """An organization asks for a service."""
    return _form(request, "organization", asked.ENQUIRY, {}, "")


@public_page
def done(request: HttpRequest, link: str) -> HttpResponse:
    """The reference, what happens next and by when, what we need of them, and the link to how it stands."""
    kept = links.behind("refer_done", link)
    if kept is None:
        return refused(request, "link", 404)
    frame, said = frame_of(request), json.loads(original(kept.item))
    words, organization = frame.words("refer"), said["about"] == "organization"
    sentence = words["enquiry_call" if organization else "done_call"]
    told = taken(frame, kept, sentence, usual=PARTNER_MINUTES)
    values = {
        "t": words,
        "title": words["enquiry_done" if organization else "done_title"],
        **told,
        "needs": [] if organization else _needs(frame, said["answers"], kept, told["site"]),
        "organization": organization,
        "status": reverse("status", args=[status_mark(kept.item.id, at=kept.item.received_at)]),
        "again": reverse("refer_again", args=[links.link_to("refer_again", kept.item.id)]),
    }
    if not organization and not kept.flagged and _may_know(said["answers"]):
        values |= soon.of_lead(frame, kept.lead, told="partner_full")
    return draw(request, "public/refer/done.html", values, frame=frame, private=True)


def _form(
    request: HttpRequest, about: str, names: tuple[str, ...], mine: dict[str, Any], code: str
) -> HttpResponse:
    frame = frame_of(request)
    typed = shown.typed_on(request, names, asked.LISTS, language=frame.language, before=mine)
    if request.method != "POST" or switches(request):
        return _page(request, frame, about, typed.shown(), code)
    try:
        if problems := shown.damaged(typed.answers, unreadable_fields(request), (*names, *asked.LISTS)):
            raise BadInput(problems)
        came = touches_of(request)
        body = form_answers.kept(typed.answers, about=about, language=frame.language, came=came)
        receipt = take_post(request, "refer", body)
    except BadInput as bad:
        return _page(request, frame, about, typed.shown(bad.problems), code, status=422)
    except Running:
        return refused(request, "saving", 409)
    return SeeOther(reverse("refer_done", args=[links.link_to("refer_done", receipt.item)]))


def _page(
    request: HttpRequest, frame: Frame, about: str, page: shown.Shown, code: str, status: int = 200
) -> HttpResponse:
    shape, words = practice(), frame.words("refer")
    values = {
        "t": words,
        "shown": page,
        "fields": page.fields,
        "sent_before": words["sent_before"].format(code=code) if code else "",
        "next_call": words["next_call"].format(within=duration(PARTNER_MINUTES, NAMES[frame.language])),
        **asked.referrer_choices(frame, page),
    }
    if about == "patient":
        values |= asked.patient_choices(frame, page, shape) | soon.by_site(frame)
    template = f"public/refer/{about}.html"
    return draw(request, template, values, status, frame=frame, form=True, private=bool(code))


def _may_know(answers: dict[str, Any]) -> bool:
    """Whether whoever refers treats the patient or has the patient's authorization."""
    return answers.get("role") in TREATING or answers.get("authority") == "authorized"


def _stands(kept: links.Kept) -> Apart:
    """How what they sent stands: by itself where they are told no more, else as the lead does."""
    if kept.told.apart is not None:
        return kept.told.apart
    if kept.lead is None:
        return Apart("", (), "unknown", False)
    lead = kept.lead
    blockers = tuple((what, whom) for what, whom, *_ in lead.blockers)
    return Apart(lead.site, blockers, lead.facts.order_state, asked_for(lead))


def _needs(frame: Frame, answers: dict[str, Any], kept: links.Kept, site: Site) -> list[str]:
    """What we need of whoever refers, in words: what the lead waits for, and of an order how it comes as they said.
    What no plan asks for is not promised."""
    words, status = frame.words("refer"), frame.words("status")
    said, fax = answers.get("order"), site.fax or site.phone
    found, stands = [], _stands(kept)
    for need in needs_of(stands.blockers):
        comes = need == "order" and (said == "sent" or (said == "ask" and stands.asks))
        found.append(words[f"done_order_{said}"].format(fax=fax) if comes else status[f"need_{need}"])
    if order_is_welcome(stands.blockers, stands.order_state):
        found.append(status["order_welcome"].format(fax=fax))
    if not _may_know(answers):
        found.append(words["done_authorization"])
    return found
