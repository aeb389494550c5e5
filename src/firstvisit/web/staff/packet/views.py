"""Packet: one lead on one page, for whoever goes on with it; on screen, in print, as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.documents.made import pdf
from firstvisit.journey.lead_file import lead_file
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.lead.facts import Fact
from firstvisit.web.staff.lead.otherwise import quotations, whose_words
from firstvisit.web.staff.lead.shown import LeadPage, seen_by
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

HISTORY = 8
"""Newest entries of the timeline on a packet; one page holds no more."""


@require_GET
@screen("leads.see")
def packet(request: HttpRequest, code: str) -> HttpResponse:
    """The packet on screen."""
    return render(request, "staff/packet/packet.html", {"packet": _packet(request, code), "code": code})


@require_GET
@screen("leads.see")
def packet_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a PDF."""
    answer = HttpResponse(pdf("packet", _packet(request, code)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="packet-{code}.pdf"'
    return answer


def _packet(request: HttpRequest, code: str) -> dict[str, Any]:
    user, now = staff(request), clock.now()
    found = by_code(code)
    if found is None or not scope.sees(user, found, now=now):
        raise NotAllowed("leads.see")
    site = site_of(request, user)
    file = lead_file(found, now=now, narrative=user.may("narrative.see"), user=user)
    page = seen_by(user, file, site)
    noted_view(actor_of(request), "packet", file.shown)
    local = now.astimezone(site.tz)
    return {
        "title": page.name,
        "when": f"{words.day(local.date())}, {words.clock_time(now, site.tz)} {local:%Z}",
        "sentence": f"{page.origin}. Owner: {page.owner}.",
        "alarms": [*page.alarms, *(each.text for each in page.restrictions)],
        "read_out": page.approved,
        "sections": [section for section in _sections(page) if section["lines"]],
        "foot": f"Hand-over packet of {page.code}, printed by {user.name}. Names and health: shred it after use.",
    }


def _said(page: LeadPage) -> list[Fact]:
    """Their words, and those of strangers with their names."""
    theirs = [Fact(whose_words(page), f"“{text}”") for text in page.said or ()]
    return [*theirs, *(Fact(f"{by}, unknown to us", f"“{text}”") for by, text in quotations(page))]


def _sections(page: LeadPage) -> list[dict[str, Any]]:
    """What the domain sheet asks of a hand-off packet, in its order."""
    score = page.file.why["score"]
    interval = "" if score is None else f"{score['lo']} to {score['hi']} of 100"
    return [
        _section("Who, and whom to talk to", page.who),
        _section("Reason, goal, dates", [*_said(page), *page.wish]),
        _section("Who refers", page.referrer or []),
        _section("Coverage, as stated", page.coverage or []),
        {"title": "Papers", "lines": [_line(label, state.word) for label, state, _ in page.papers]},
        {
            "title": "Fit",
            "lines": [
                _line("Outcome", page.verdict),
                *([_line("Score", interval)] if interval else []),
                *(_line("", sign.word) for sign in page.reasons),
            ],
        },
        {"title": "Waits for", "lines": [_line(wait.whom, wait.what.word) for wait in page.waits]},
        {"title": "Next", "lines": [_line(task.due, f"{task.words} ({task.owner})") for task in page.next]},
        {
            "title": "What happened, newest first",
            "lines": [
                _line(entry.at, "; ".join(p for p in (entry.text.rstrip("."), entry.said, entry.note) if p))
                for entry in page.timeline[:HISTORY]
            ],
        },
    ]


def _section(title: str, facts: list[Fact]) -> dict[str, Any]:
    lines = [_line(f.label, ", ".join(p for p in (f.text, *(s.word for s in f.signs)) if p)) for f in facts]
    return {"title": title, "lines": lines}


def _line(label: str, text: str) -> dict[str, str]:
    return {"label": label, "text": text}
