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
from typing import Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from firstvisit.kernel import clock
from firstvisit.leads.scope import leads_for
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.queries import user_scope
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

MOST: Final = 100
"""The page lists the newest; a demo has hardly more."""
LOOKED_AT: Final = 1000
"""How many of the newest letters the page looks through for those that the person may read."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as shown."""

    name: str
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
    """The list, newest first: letters about the leads that this person sees."""
    shown = _shown(
        sorted(_folder().glob("*.eml"), key=lambda file: file.name, reverse=True)[:LOOKED_AT], request
    )
    letters = [_read(file, sent, request) for file, sent in shown[:MOST]]
    return render(request, "demo/mail.html", {"letters": letters, "more": max(0, len(shown) - MOST)})


@_demo_staff
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, whole; 404 when it is about a lead that this person does not see."""
    found = _shown([file for file in _folder().glob("*.eml") if file.stem == name], request)
    if not found:
        raise Http404
    return render(request, "demo/letter.html", {"letter": _read(*found[0], request)})


def _shown(files: list[Path], request: HttpRequest) -> list[tuple[Path, datetime | None]]:
    """Those of the letters that this person may read, in one question, each with the moment it left by our clock.

    A letter carries the id of its message, and the message knows its lead. A letter of no known message could be
    about anybody: only who sees every site is shown it.
    """
    user = cast(User, request.user)
    of_letter = {file: _message_id(file) for file in files}
    ids = {found for found in of_letter.values() if found is not None}
    known = {message.id: message for message in Message.objects.filter(id__in=ids).defer("sealed", "words")}
    seen = set(leads_for(user).filter(id__in={m.lead_id for m in known.values()}).values_list("id", flat=True))
    everything = user_scope(user) is None
    found = []
    for file, of in of_letter.items():
        message = known.get(of) if of is not None else None
        if message.lead_id in seen if message is not None else everything:
            found.append((file, message.sending_at if message is not None else None))
    return found


def _message_id(file: Path) -> UUID | None:
    """The id of our message behind a letter: what stands before the @ of its Message-ID."""
    with file.open("rb") as raw:
        stated = BytesParser(policy=policy.compat32).parse(raw, headersonly=True)["Message-ID"]
    try:
        return UUID(str(stated or "").strip("<> ").partition("@")[0])
    except ValueError:
        return None


def _folder() -> Path:
    return Path(settings.HOME) / "mail"


def _read(file: Path, sent: datetime | None, request: HttpRequest) -> Letter:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read_bytes())
    part = message.get_body(("plain",))
    at = sent or datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Letter(
        name=file.stem,
        when=words.moment(at, site_of(request, request.user).tz, clock.now()),  # type: ignore[arg-type]
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        body=str(part.get_content()) if part is not None else "",
    )
