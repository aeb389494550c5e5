"""In which language a visitor reads: what they chose, else what their browser asks for, else English."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from firstvisit.web.public.parts import device
from firstvisit.web.public.texts import Language

COOKIE: Final = "firstvisit_language"
SWITCH: Final = "switch"
"""The button of a form that changes the language and keeps what was typed."""
ASKED: Final = "lang"


def language_of(request: HttpRequest, *, unread: bool = False) -> Language:
    """The language of this answer; the body of a post that is `unread` is not looked at."""
    before = "" if device.next_person(request) else request.COOKIES.get(COOKIE, "")
    chosen = chosen_now(request, unread=unread) or _known(before)
    return chosen or _accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def chosen_now(request: HttpRequest, *, unread: bool = False) -> Language | None:
    """The language chosen with this very request; None when none was."""
    if not unread and request.method == "POST" and (switched := _known(request.POST.get(SWITCH, ""))):
        return switched
    return _known(request.GET.get(ASKED, ""))


def switches(request: HttpRequest) -> bool:
    """Whether a post only changes the language."""
    return request.method == "POST" and _known(request.POST.get(SWITCH, "")) is not None


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keep a choice until the browser is closed."""
    if chosen := chosen_now(request):
        response.set_cookie(
            COOKIE, chosen, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    elif device.next_person(request) and COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Lax")


def _known(text: str) -> Language | None:
    return "en" if text == "en" else "es" if text == "es" else None


def _accepted(header: str) -> Language:
    """English or Spanish, whichever stands higher in Accept-Language (RFC 9110, section 12.5.4)."""
    best: tuple[float, Language] = (0.0, "en")
    for number, part in enumerate(header[:400].split(",")):
        tag, _, parameters = part.strip().partition(";")
        language = _known(tag.strip().lower().partition("-")[0])
        if language is None:
            continue
        weight = _weight(parameters) - number / 10_000
        if weight > best[0]:
            best = (weight, language)
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
