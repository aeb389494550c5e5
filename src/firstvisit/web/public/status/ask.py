"""Asking for a new link to how a referral stands: always the same answer, whatever was entered."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse

from firstvisit.journey.status_mail import ask_status_link
from firstvisit.kernel import clock, rates
from firstvisit.kernel.blind import token
from firstvisit.kernel.errors import Problem
from firstvisit.referral.vocabulary import email_address
from firstvisit.web.middleware import actor_of, client_address
from firstvisit.web.public.parts import shown
from firstvisit.web.public.parts.door import form_page, refused
from firstvisit.web.public.parts.frame import draw, frame_of
from firstvisit.web.public.parts.languages import switches
from firstvisit.web.readable import unreadable_fields

_FIELDS: Final = ("code", "email")
ASKS: Final = 6
"""Links asked for in an hour from one address: an office with several referrals, and nobody who guesses."""


@form_page
def ask(request: HttpRequest) -> HttpResponse:
    """Reference and address; a link goes to the address the referral came with, if the two belong together."""
    if request.method != "POST" or switches(request):
        return ask_page(request, "")
    typed = shown.typed_on(request, _FIELDS, language="en")
    problems = shown.damaged(typed.answers, unreadable_fields(request), _FIELDS)
    if problems := problems or _problems(typed.answers):
        return ask_page(request, "", problems, status=422)
    if not rates.within(
        token("status_asks", client_address(request)), limit=ASKS, per=timedelta(hours=1), now=clock.now()
    ):
        return refused(request, "often", 429)
    ask_status_link(
        reference=typed.answers["code"], email=typed.answers["email"], actor=actor_of(request)
    )
    return ask_page(request, "", asked=True)


def ask_page(
    request: HttpRequest, why: str, problems: list[Problem] | None = None, *, asked: bool = False, status: int = 200
) -> HttpResponse:
    """The form; `why` is what brought them here (an old link, one that leads nowhere)."""
    frame = frame_of(request)
    words, typed = frame.words("status"), shown.typed_on(request, _FIELDS, language=frame.language)
    page = typed.shown(problems or ())
    values = {
        "t": words,
        "why": words[why] if why else "",
        "asked": asked,
        "shown": page,
        "fields": page.fields,
    }
    template = "public/status/ask.html"
    return draw(request, template, values, status, frame=frame, private=True, form=not asked)


def _problems(answers: dict[str, str]) -> list[Problem]:
    problems = []
    if not answers.get("code"):
        problems.append(Problem("code", "Enter the reference, such as L-2641."))
    try:
        email_address(answers.get("email", ""))
    except ValueError:
        problems.append(Problem("email", "Enter the e-mail address that you wrote to us with."))
    return problems
