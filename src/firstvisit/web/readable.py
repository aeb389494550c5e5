"""Which fields of a form arrived as something that is no text: a NUL, or bytes that are no UTF-8.

No text that a person writes has them, the database refuses the one and nothing can show the other. A view that
can name the field on its own page says so with `names_fields`; for every other the middleware answers 400.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from firstvisit.journey.endings import BOOKED
from firstvisit.journey.visits import Visit
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site

View = Callable[..., HttpResponse]
URLENCODED: Final = "application/x-www-form-urlencoded"
SAID: Final = "Some letters did not arrive well; type this again."
_REPLACED: Final = "\ufffd"


def names_fields(view: View) -> View:
    """Mark a view that looks at `unreadable_fields` itself. Stands above every other decorator."""
    view.names_fields = True  # type: ignore[attr-defined]
    return view


def unreadable_fields(request: HttpRequest) -> tuple[str, ...]:
    """The names of such fields of a posted form, each once; "" for a field whose name itself is no text.

    What was posted as one long line is looked at before Django decodes it, because decoding hides the fault.
    RequestDataTooBig as of `request.body`.
    """
    if request.method != "POST":
        return ()
    found: list[str] = []
    if request.content_type == URLENCODED:
        for pair in request.body.split(b"&"):
            name, _, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
            if not is_text(name):
                found.append("")
            elif not is_text(value):
                found.append(name.decode())
    elif request.content_type == "multipart/form-data":
        for field, values in request.POST.lists():
            if _lost(field):
                found.append("")
            elif any(_lost(value) for value in values if isinstance(value, str)):
                found.append(field)
    return tuple(dict.fromkeys(found))


def start_of(request: HttpRequest) -> int:
    """Where a page of a long list begins ("?from=50"); 0 for what is no such number."""
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def problems_of(request: HttpRequest, labels: Mapping[str, str]) -> list[Problem]:
    """One problem a field, as services name them, called by what stands beside the field on its page."""
    return [
        Problem(name, f"{labels.get(name, 'The form')}: {SAID[:1].lower()}{SAID[1:]}")
        for name in unreadable_fields(request)
    ]


def is_text(raw: bytes) -> bool:
    """Whether bytes are UTF-8 without NUL."""
    try:
        return "\x00" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def typed(request: HttpRequest, names: Sequence[str]) -> dict[str, str]:
    """What was typed into the named fields, fit to be shown in them again."""
    return {name: request.POST.get(name, "").replace("\x00", "").replace(_REPLACED, "") for name in names}


def _lost(text: str) -> bool:
    return "\x00" in text or _REPLACED in text


def agreed_visit(request: HttpRequest) -> Visit:
    """Where a visit was agreed and with whom, as it was chosen."""
    return Visit(request.POST.get("visit_site", "")[:60], request.POST.get("visit_with", "")[:60])


def agreed_moment(request: HttpRequest, site: Site) -> datetime | None:
    """When a call back or a visit was agreed, in the zone of the site of the visit, else of `site`; None when nothing
    was entered."""
    if request.POST.get("result") == BOOKED:
        site = practice().sites.get(request.POST.get("visit_site", ""), site)
    text = request.POST.get("again_at", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=site.tz)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput([Problem("again_at", "Enter the agreed date and time.")]) from None
