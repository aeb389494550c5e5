"""How well documents are read, by week, sender and field; also as a file."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.journey.inbox.accuracy import WEEKS, Line, lines, sender_names, summed
from firstvisit.kernel import audit, clock
from firstvisit.practice.models import User
from firstvisit.referral.called import label
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

HEADS = (
    "week", "sender", "field", "answered", "read", "right", "corrected", "not_stated", "unreadable", "typed", "stated",
)  # fmt: skip


@require_GET
@screen("items.resolve")
def accuracy(request: HttpRequest) -> HttpResponse:
    """Fields and senders that were wrong most often over the last weeks, then every week."""
    user = staff(request)
    found, names = _found(request, user)
    weeks: dict[Any, list[Line]] = {}
    for line in found:
        weeks.setdefault(line.week, []).append(line)
    values = {
        "fields": _by_field(found),
        "senders": [_row(names.get(sender, "not known"), line) for sender, line in summed(found, by="sender")],
        "weeks": [{"name": f"Week of {words.day(week)}", "rows": _by_field(own)} for week, own in weeks.items()],
        "number": WEEKS,
        "answered": sum(line.answered for line in found),
    }
    return render(request, "staff/inbox/accuracy.html", values)


@require_GET
@screen("items.resolve")
def accuracy_file(request: HttpRequest) -> HttpResponse:
    """Every week, sender and field as CSV; counts alone and how senders call themselves."""
    found, names = _found(request, staff(request))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="reading-accuracy.csv"'
    rows = csv.writer(answer)
    rows.writerow(HEADS)
    for line in found:
        sender = names.get(line.sender, "")
        # A name that begins like a formula would be run by a spreadsheet.
        sender = f"'{sender}" if sender[:1] in "=+-@\t" else sender
        stated = "" if line.stated is None else f"{line.stated:.3f}"
        rows.writerow(
            [line.week, sender, line.path, line.answered, line.read, line.right, line.corrected, line.not_stated,
             line.unreadable, line.typed, stated]
        )  # fmt: skip
    return answer


def _found(request: HttpRequest, user: User) -> tuple[list[Line], dict[Any, str]]:
    found = lines(now=clock.now(), zone=site_of(request, user).tz)
    names = sender_names({line.sender for line in found}) if user.may("identity.see") else {}
    audit.note(actor_of(request), "viewed", "reading accuracy", [])
    return found, {sender: words.phone(name) if name.startswith("+") else name for sender, name in names.items()}


def _by_field(found: list[Line]) -> list[dict[str, Any]]:
    return [_row(label(str(path)), line) for path, line in summed(found, by="path")]


def _row(name: str, line: Line) -> dict[str, Any]:
    share, stated = line.share, line.stated
    return {
        "name": name,
        "line": line,
        "share": "" if share is None else f"{share:.0%}",
        "stated": "" if stated is None else f"{stated:.0%}",
    }
