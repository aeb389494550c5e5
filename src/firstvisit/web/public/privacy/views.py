"""How we protect what you tell us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstvisit.practice.queries import practice
from firstvisit.web.public.request import texts


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The page itself; its words stand in the template."""
    identity = practice().identity
    return render(request, "public/privacy/privacy.html", {"practice": identity, "e": texts.EVERYWHERE})
