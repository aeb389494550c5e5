"""How we protect what you tell us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from firstvisit.practice.queries import practice
from firstvisit.web.public.parts.cookies import COOKIES, Cookie
from firstvisit.web.public.parts.device import SHOWN_FOR
from firstvisit.web.public.parts.door import public_page
from firstvisit.web.public.parts.frame import draw, frame_of


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """The page itself; its words stand in `texts/privacy.toml`."""
    identity, frame = practice().identity, frame_of(request)
    words = frame.words("privacy")
    values = {
        "t": words,
        "looked": words["looked"].format(practice=identity.name),
        "long": words["long"].format(years=identity.retention_years),
        "cookies": [_said(cookie, words) for cookie in COOKIES],
    }
    return draw(request, "public/privacy/privacy.html", values, frame=frame)


def _said(cookie: Cookie, words: dict[str, str]) -> dict[str, str]:
    """A cookie by name, what it is for and how long the browser keeps it."""
    if cookie.kept is None:
        kept = words["kept_browser"]
    elif cookie.kept.days:
        kept = words["kept_days"].format(days=cookie.kept.days)
    else:
        kept = words["kept_minutes"].format(minutes=cookie.kept.seconds // 60)
    return {"name": cookie.name, "what": words[cookie.what].format(seconds=SHOWN_FOR), "kept": kept}
