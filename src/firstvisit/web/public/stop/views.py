"""Stop e-mail: a page with one button, and the one-click POST of mail programs (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from firstvisit.people.stopping import person_behind, stop_mail
from firstvisit.practice.queries import practice
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts.frame import draw, frame_of


@csrf_exempt  # mail programs post here without a cookie; the signed link is the proof, and it only stops mail
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, mark: str) -> HttpResponse:
    """Looking changes nothing; pressing the button stops e-mail to this address at once."""
    person = person_behind(mark)
    stopped = person is not None and request.method == "POST"
    if person is not None and stopped:
        stop_mail(person, actor=actor_of(request))
    frame = frame_of(request, unread=True)
    words = frame.words("stop")
    state = "done" if stopped else "ask" if person is not None else "nowhere"
    values = {
        "t": words,
        "heading": words[state],
        "about": _with_phone(words[f"{state}_about"], practice().identity.phone),
        "button": state == "ask",
    }
    status = 200 if person is not None else 404
    return draw(request, "public/stop/stop.html", values, status, frame=frame, private=True)


def _with_phone(text: str, phone: str) -> str:
    return format_html(text, phone=phone) if isinstance(text, SafeString) else text.format(phone=phone)
