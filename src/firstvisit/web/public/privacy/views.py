"""How we protect what you tell us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from firstvisit.practice.queries import practice
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
    }
    return draw(request, "public/privacy/privacy.html", values, frame=frame)
