"""When somebody new can expect a first visit, in words; nothing where it was not measured."""

from __future__ import annotations

from typing import Any, Literal

from firstvisit.journey.booking.expecting import Expected, expected_by_site, expected_of
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.web.public.parts import opening
from firstvisit.web.public.parts.frame import Frame

Told = Literal["full", "this_full", "partner_full"]


def by_site(frame: Frame, *, program: str = "", only: str = "") -> dict[str, Any]:
    """For the template of a page where somebody starts: a line a site, of all programs or of one, of all sites or of
    `only` one."""
    found = expected_by_site(now=clock.now(), program=program if program in practice().programs else "")
    lines = [
        frame.words("soon")["at"].format(site=_place(each.site), when=_when(each, frame, "full"))
        for each in found
        if only in ("", each.site.slug)
    ]
    return _told(frame, "by_site", lines, "counted_all") if lines else {}


def of_lead(frame: Frame, lead: Lead | None, *, told: Told = "this_full") -> dict[str, Any]:
    """For the template of a page where somebody waits for a first visit that may be booked: one line."""
    found = expected_of(lead, now=clock.now()) if lead is not None else None
    if found is None:
        return {}
    when = _when(found, frame, told)
    said = frame.words("soon")["by_video" if found.setting == "telehealth" else "of_this_kind"]
    return _told(frame, "", [said.format(site=_place(found.site), when=when)], "counted")


def _told(frame: Frame, title: str, lines: list[str], counted: str) -> dict[str, Any]:
    words = frame.words("soon")
    return {"soon": {"title": words[title] if title else "", "lines": lines, "counted": words[counted]}}


def _when(found: Expected, frame: Frame, told: Told) -> str:
    words, language = frame.words("soon"), frame.language
    full = opening.day_words(found.full_through, language) if found.full_through is not None else ""
    if found.first is None or found.last is None:
        return words[told].format(full=full)
    first, last = (opening.day_words(day, language) for day in (found.first, found.last))
    when = words["day" if first == last else "days"].format(day=first, first=first, last=last)
    return words["some_full"].format(when=when, full=full) if full else when


def _place(site: Site) -> str:
    """Its town; its name where another one is in the same town."""
    return site.name if sum(each.city == site.city for each in practice().sites.values()) > 1 else site.city
