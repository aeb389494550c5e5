"""Ask for a first visit: two short steps, contact first and saved at once. Works without JavaScript."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from firstvisit.journey.services import Receipt, receive
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.messages.templates import duration
from firstvisit.people import wordings
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.services import Arrival, OtherBody, Running, original
from firstvisit.steps.intake.sources import form, parse
from firstvisit.web.middleware import actor_of, client_address
from firstvisit.web.public.request import forms, links, opening, texts
from firstvisit.web.public.request.limits import allowance, may_post
from firstvisit.web.readable import names_fields, unreadable_fields

log = structlog.get_logger("public")

View = Callable[..., HttpResponse]
MEDIA_TYPE: Final = "application/json"


class SeeOther(HttpResponseRedirect):
    """303: the answer to a post stands elsewhere."""

    status_code = 303


def _page(view: View) -> View:
    """A page of this form: never stored by the browser, and posts that cannot be read are refused in words.

    The size is looked at before the form's token is, because finding the token reads the body.
    """
    inner = csrf_protect(view)

    @names_fields
    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                return _refused(request, "large", 413)
            if not may_post(client_address(request), now=clock.now()):
                response = _refused(request, "often", 429)
                response["Retry-After"] = str(int(allowance().per.total_seconds()))
                return response
            try:
                trapped = bool(request.POST.get(forms.TRAP, "").strip())
            except RequestDataTooBig:
                return _refused(request, "large", 413)
            except (BadRequest, SuspiciousOperation, MultiPartParserError):
                return _refused(request, "unreadable", 400)
            if trapped:
                log.info("form_trap")
                return _refused(request, "trap", 422)
            if "" in unreadable_fields(request):
                return _refused(request, "unreadable", 400)
        return inner(request, *args, **kwargs)

    return page


@_page
def start(request: HttpRequest) -> HttpResponse:
    """Step 1: who needs care and how to reach whoever asks. Saved at once; 303 to step 2."""
    if request.method != "POST":
        return _start_page(request, forms.shown(forms.STEP1, {}))
    answers = forms.answers_of(request.POST, forms.STEP1)
    try:
        receipt = _receive(request, 1, answers, joins=None)
    except BadInput as bad:
        shown = forms.shown(forms.STEP1, answers, bad.problems, request.POST.get(forms.TOKEN, ""))
        return _start_page(request, shown, status=422)
    except Running:
        return _refused(request, "saving", 409)
    return SeeOther(reverse("request_step2", args=[links.link_to("step2", receipt.item)]))


@_page
def step2(request: HttpRequest, link: str) -> HttpResponse:
    """Step 2: what is needed. Continues the request of step 1; shows nothing of it."""
    kept = links.behind("step2", link)
    if kept is None:
        return _refused(request, "link", 404)
    before: dict[str, Any] = json.loads(original(kept.item))["answers"]
    who = str(before["who"])
    names = (*forms.STEP2, *forms.LISTS)
    if request.method != "POST":
        return _step2_page(request, who, forms.shown(names, {}))
    answers = forms.answers_of(request.POST, forms.STEP2, forms.LISTS)
    try:
        receipt = _receive(request, 2, {**before, **answers}, joins=kept.lead.id if kept.lead else None)
    except BadInput as bad:
        shown = forms.shown(names, answers, bad.problems, request.POST.get(forms.TOKEN, ""))
        return _step2_page(request, who, shown, status=422)
    except Running:
        return _refused(request, "saving", 409)
    return SeeOther(reverse("request_done", args=[links.link_to("done", receipt.item)]))


@never_cache
@require_http_methods(["GET", "HEAD"])
def done(request: HttpRequest, link: str) -> HttpResponse:
    """The reference, what happens next and when. A red flag puts the approved line above everything."""
    kept = links.behind("done", link)
    if kept is None:
        return _refused(request, "link", 404)
    shape, now = practice(), clock.now()
    site = shape.sites.get(kept.lead.site) if kept.lead else None
    site = site or shape.sites[shape.identity.home_site]
    minutes = kept.answer.get("minutes") or shape.identity.answers_within_minutes
    values = {
        "t": texts.DONE,
        "emergency": texts.EMERGENCY if kept.flagged else "",
        "code": kept.answer.get("code"),
        "by": opening.promise_words(kept.item.received_at, minutes, site, now),
        "within": duration(minutes),
        "site": site,
    }
    return _render(request, "public/request/done.html", values, 200, private=True)


def _receive(request: HttpRequest, step: int, answers: dict[str, Any], *, joins: uuid.UUID | None) -> Receipt:
    """Read and keep one step. BadInput names the fields; Running when a double tap is still being judged."""
    fields = forms.STEP1 if step == 1 else (*forms.STEP2, *forms.LISTS)
    if problems := forms.damaged(answers, unreadable_fields(request), fields):
        raise BadInput(problems)
    body = form.kept(step, answers)
    reading = parse("form", body, today=clock.now().date(), programs=practice().program_words)
    token = forms.token_of(request.POST)
    arrival = Arrival("form", actor_of(request), body, MEDIA_TYPE, token, joins)
    try:
        return receive(arrival, reading, waits=True)
    except OtherBody:
        # They went back and corrected something: that is a new delivery of its own, and it joins the first.
        mark = f"{token}:{hashlib.sha256(body).hexdigest()[:32]}"
        return receive(Arrival("form", arrival.actor, body, MEDIA_TYPE, mark, joins), reading, waits=True)


def _start_page(request: HttpRequest, shown: forms.Shown, status: int = 200) -> HttpResponse:
    shape, now = practice(), clock.now()
    home = shape.sites[shape.identity.home_site]
    values = {
        "t": texts.START,
        "shown": shown,
        "fields": shown.fields,
        "who": _choices(texts.WHO, shown.fields["who"].value),
        "boxes": [
            ("may_text", *_wording("text-request"), bool(shown.fields["may_text"].value)),
            ("may_email", *_wording("email-receipt"), bool(shown.fields["may_email"].value)),
        ],
        "promise": opening.answer_words(now, shape.identity.answers_within_minutes, home),
    }
    return _render(request, "public/request/step1.html", values, status)


def _wording(slug: str) -> tuple[str, str]:
    """The text they agree to, whole: its first sentence and the rest, which stands smaller below."""
    first, _, rest = wordings.text(slug).partition(". ")
    return first + ("." if rest else ""), rest


def _step2_page(request: HttpRequest, who: str, shown: forms.Shown, status: int = 200) -> HttpResponse:
    fields, shape = shown.fields, practice()
    programs = sorted((p.public_name, p.slug) for p in shape.programs.values() if p.status != "closed")
    values = {
        "t": texts.NEEDS,
        "shown": shown,
        "fields": fields,
        "me": who == "me",
        "patient": texts.PATIENT.get(who, texts.PATIENT["other"]),
        "therapies": _choices(texts.THERAPIES, fields["therapy"].value),
        "programs": _choices(((slug, name) for name, slug in programs), fields["program"].value),
        "event_kinds": _choices(texts.EVENT_KINDS, fields["event_kind"].value),
        "languages": _choices(texts.LANGUAGES, fields["language"].value),
        "week": [short for _, short, _ in texts.WEEK],
        "halves": _half_days(set(fields["times"].value or ())),
        "minutes": shape.identity.answers_within_minutes,
    }
    return _render(request, "public/request/step2.html", values, status, private=True)


def _choices(choices: Iterable[tuple[str, str]], chosen: str) -> list[tuple[str, str, bool]]:
    return [(value, label, value == chosen) for value, label in choices]


def _half_days(chosen: set[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Rows of the table of half days: morning and afternoon, Monday to Friday."""
    return [
        (title, [(slug := f"{day}_{half}", f"{long} {word}", slug in chosen) for day, _, long in texts.WEEK])
        for half, title, word in texts.HALVES
    ]


def _refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    title, sentence = texts.REFUSED[why]
    problem = [Problem("", sentence)]
    return _render(request, "public/request/refused.html", {"title": title, "problems": problem}, status)


def _render(
    request: HttpRequest, template: str, values: dict[str, Any], status: int, *, private: bool = False
) -> HttpResponse:
    """`private` pages are found by nobody's search."""
    now, shape = clock.now(), practice()
    frame = {
        "e": texts.EVERYWHERE,
        "practice": shape.identity,
        "places": [
            (site, opening.hours_words(site), opening.zone_words(now, site)) for site in shape.sites.values()
        ],
        "token_name": forms.TOKEN,
        "trap_name": forms.TRAP,
    }
    response = render(request, template, {**frame, **values}, status=status)
    if private:
        response["X-Robots-Tag"] = "noindex"
    return response
