"""Stop e-mail: a page with one button, and the one-click POST of mail programs (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from firstvisit.people.stopping import person_behind, stop_mail
from firstvisit.practice.queries import practice
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.request import texts


@csrf_exempt  # mail programs post here without a cookie; the signed link is the proof, and it only stops mail
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, mark: str) -> HttpResponse:
    """Looking changes nothing; pressing the button stops e-mail to this address at once."""
    person = person_behind(mark)
    stopped = False
    if person is not None and request.method == "POST":
        stop_mail(person, actor=actor_of(request))
        stopped = True
    values = {
        "practice": practice().identity,
        "e": texts.EVERYWHERE,
        "known": person is not None,
        "stopped": stopped,
    }
    return render(request, "public/stop/stop.html", values, status=200 if person is not None else 404)
