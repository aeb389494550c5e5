"""How a visitor found us, kept first-party: campaign words, click ids, the page they came from.

It lies in one signed cookie of ours for a week and goes nowhere else until they send a form; then it is sealed
with what they sent. The first touch is never overwritten, the last one is replaced. Whatever does not fit is
cut or left out without a word: a visitor has no part in how a link was made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from firstvisit.kernel import clock
from firstvisit.web.public.parts import device

COOKIE: Final = "firstvisit_touch"
KEPT: Final = timedelta(days=7)
CAMPAIGN: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CLICKS: Final = ("gclid", "gbraid", "wbraid", "fbclid", "msclkid")
LONGEST: Final = 120
"""Letters of one value."""
LARGEST: Final = 3600
"""Bytes of the cookie; browsers drop one of more than 4096."""
_SALT: Final = "public.touch"
_FEW: Final = {"utm_source", "utm_medium", "landing", "at"}
Touches = dict[str, dict[str, str]]


def touches_of(request: HttpRequest) -> Touches | None:
    """First and last touch of this visitor, with the present page; None when nothing is known.

    A page of ours that led to this one is no touch, nor is a page opened directly once a first is known.
    """
    if device.begins_at(request):
        return _anew(request)
    known = _known(request)
    now = _touch(request) if _arrives(request) else None
    if now is None:
        return known
    if known is None:
        return {"first": now, "last": now}
    return {"first": known["first"], "last": now} if _says_whence(now) else known


def _anew(request: HttpRequest) -> Touches | None:
    """On a device that many share everybody comes by this very form; behind its first step nothing is added."""
    found = request.resolver_match
    if found is not None and {"link", "mark"} & set(found.kwargs):
        return None
    here = {"landing": request.path[:LONGEST], "at": clock.now().isoformat(timespec="seconds")}
    return {"first": here, "last": here}


def forget(response: HttpResponse) -> None:
    """Whoever fills in the next form in this browser is another person."""
    response.delete_cookie(COOKIE, samesite="Lax")


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Keep a new touch; an old cookie is left to end when it would. A device that many share keeps none."""
    if device.begins_at(request):
        if COOKIE in request.COOKIES:
            forget(response)
        return
    touches = touches_of(request)
    if touches is None or touches == _known(request):
        return
    signed = signing.dumps(touches, salt=_SALT, compress=True)
    if len(signed) > LARGEST:
        few = {when: {name: touch[name] for name in _FEW & set(touch)} for when, touch in touches.items()}
        signed = signing.dumps(few, salt=_SALT, compress=True)
    response.set_cookie(
        COOKIE,
        signed,
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _arrives(request: HttpRequest) -> bool:
    """Whether this looks at a page where somebody can arrive: not one behind a signed link, whose address is a
    secret and which follows on another page of ours."""
    found = request.resolver_match
    signed = found is not None and {"link", "mark"} & set(found.kwargs)
    return request.method in ("GET", "HEAD") and not signed


def _known(request: HttpRequest) -> Touches | None:
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return kept if isinstance(kept, dict) and {"first", "last"} == set(kept) else None


def _touch(request: HttpRequest) -> dict[str, str] | None:
    """What this very request says of how they came; None for a step within our own pages."""
    said = {name: text for name in (*CAMPAIGN, *CLICKS) if (text := _fit(request.GET.get(name, "")))}
    referrer = _referrer(request.META)
    if not said and referrer is None:
        return None
    if referrer:
        said["referrer"] = referrer
    return {**said, "landing": request.path[:LONGEST], "at": clock.now().isoformat(timespec="seconds")}


def _referrer(meta: Mapping[str, Any]) -> str | None:
    """The page they came from without its query, which may name people; "" for none, None for one of ours."""
    stated = str(meta.get("HTTP_REFERER", ""))[:2000]
    if not stated:
        return ""
    try:
        parts = urlsplit(stated)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    if parts.netloc.lower() == str(meta.get("HTTP_HOST", "")).lower():
        return None
    return _fit(f"{host}{parts.path}")


def _fit(text: str) -> str:
    """Cut to what we keep; control and direction characters dropped."""
    return "".join(c for c in text[: LONGEST * 2] if unicodedata.category(c)[0] != "C").strip()[:LONGEST]


def _says_whence(touch: dict[str, str]) -> bool:
    return bool(set(touch) - {"landing", "at"})
