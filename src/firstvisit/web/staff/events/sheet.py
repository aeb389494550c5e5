"""The paper sheet, typed in afterwards: a grid, each row a lead by the same door as the QR form."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.practice.queries import practice
from firstvisit.steps.intake.models import CommunityEvent
from firstvisit.steps.intake.services import Running
from firstvisit.steps.intake.sources import answers as form_answers
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.event.views import about_event
from firstvisit.web.public.parts.door import take
from firstvisit.web.readable import SAID, names_fields, typed, unreadable_fields
from firstvisit.web.staff.events.views import LINES, event_of
from firstvisit.web.staff.screen import screen

FIELDS: Final = ("who", "name", "phone", "email", "concern", "may_text", "may_email")
_SAID: Final = ("name", "phone", "email", "concern")
"""A row in which none of these was typed is empty."""
FOR_STAFF: Final = {"Enter your first and last name.": "Enter their first and last name."}
"""What the form says to whoever fills it in, as it is said to us who copy it from paper."""
WHO: Final = (("me", "Themselves"), ("child", "Their child"), ("other", "Somebody else"))


@names_fields
@require_http_methods(["GET", "POST"])
@screen("outreach.edit")
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Good rows are kept at once and named; a row that cannot be used stays with what is wrong beside it."""
    event = event_of(request, slug)
    if request.method == "GET":
        return _page(request, event, [], [], str(uuid4()))
    token = request.POST.get("token", "")[:36] or str(uuid4())
    kept: list[tuple[str, str]] = []
    wrong: list[tuple[dict[str, str], list[str]]] = []
    lost = unreadable_fields(request)
    for number in range(LINES):
        said = typed(request, [f"{field}-{number}" for field in FIELDS])
        row = {field: said[f"{field}-{number}"].strip() for field in FIELDS}
        if not any(row[field] for field in _SAID) and not any(f"{f}-{number}" in lost for f in FIELDS):
            continue
        try:
            if damaged := [f for f in FIELDS if f"{f}-{number}" in lost]:
                raise BadInput([Problem(field, SAID) for field in damaged])
            kept.append((row["name"], _take(request, event, row, f"{token}-{number}")))
        except BadInput as bad:
            wrong.append((row, [FOR_STAFF.get(problem.message, problem.message) for problem in bad.problems]))
        except Running:
            wrong.append((row, ["This row is being kept at this moment; send it once more in a few seconds."]))
    return _page(request, event, kept, wrong, token, status=422 if wrong else 200)


def _take(request: HttpRequest, event: CommunityEvent, row: dict[str, str], token: str) -> str:
    """One row; the code of its lead, "" while it is not judged."""
    answers = {name: value for name, value in row.items() if value}
    signed = _signed_at(event)
    body = form_answers.kept(answers, event=about_event(event), at=signed.isoformat() if signed else None)
    return take("event", body, actor=actor_of(request), token=token).code or ""


def _signed_at(event: CommunityEvent) -> datetime | None:
    """When they signed the sheet: noon of its day; None for a sheet typed in on the day itself."""
    site = practice().sites.get(event.site)
    noon = datetime.combine(event.on, time(12), site.tz if site else clock.now().tzinfo)
    return noon if noon <= clock.now() else None


def _page(
    request: HttpRequest,
    event: CommunityEvent,
    kept: list[tuple[str, str]],
    wrong: list[tuple[dict[str, str], list[str]]],
    token: str,
    status: int = 200,
) -> HttpResponse:
    blank: tuple[dict[str, str], list[str]] = ({"who": "me"}, [])
    rows: list[dict[str, Any]] = [
        {"number": number, "said": said, "problems": problems, "who": [(v, w, said.get("who") == v) for v, w in WHO]}
        for number, (said, problems) in enumerate([*wrong, *[blank] * (LINES - len(wrong))])
    ]
    # A new mark where rows were kept: what is typed into their places now is something else.
    values = {"event": event, "kept": kept, "wrong": len(wrong), "rows": rows, "token": str(uuid4()) if kept else token}
    return render(request, "staff/events/sheet.html", values, status=status)
