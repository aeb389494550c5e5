"""What the demo's own mail server received, for staff to read. Exists in the demo only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstvisit.kernel import clock
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

MOST: Final = 100
"""The page lists the newest; a demo has hardly more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as shown."""

    name: str
    at: datetime
    when: str
    to: str
    subject: str
    body: str


def _demo_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 outside the demo; sign-in inside it. Mail names people, so it needs the right to see leads."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        inner: HttpResponse = login_required(_seeing_leads(view))(request, *args, **kwargs)
        return inner

    return require_safe(shown)


def _seeing_leads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.may("identity.see") or not request.user.may("leads.see_site"):  # type: ignore[union-attr]
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@_demo_staff
def mail(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    files = sorted(_folder().glob("*.eml"), key=lambda file: file.name, reverse=True)
    letters = [_read(file, request) for file in files[:MOST]]
    return render(request, "demo/mail.html", {"letters": letters, "more": max(0, len(files) - MOST)})


@_demo_staff
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, whole."""
    found = next((file for file in _folder().glob("*.eml") if file.stem == name), None)
    if found is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": _read(found, request)})


def _folder() -> Path:
    return Path(settings.HOME) / "mail"


def _read(file: Path, request: HttpRequest) -> Letter:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read_bytes())
    part = message.get_body(("plain",))
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Letter(
        name=file.stem,
        at=at,
        when=words.moment(at, site_of(request, request.user).tz, clock.now()),  # type: ignore[arg-type]
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        body=str(part.get_content()) if part is not None else "",
    )
