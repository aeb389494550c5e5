"""Filling what messages say. Plain words; no diagnosis, no program, no name of a child in a subject line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from firstvisit.messages.moments import Spoken, promise, short_day, visit_time, visit_times
from firstvisit.messages.texts import (
    AGREED_TO_PARTNER,
    ANSWERED_BY_FAMILY,
    CLOSED,
    CLOSED_TO_PARTNER,
    DESK,
    FETCHED,
    FLAGGED,
    GAPS,
    HOW_TO_SEND,
    MONTHS,
    NO_TIMES,
    OF_ENQUIRY,
    PAPERS,
    REQUESTED,
    TEMPLATES,
    TOLD_FURTHER,
    VISIT_TO_PARTNER,
    parts,
)
from firstvisit.messages.visit_texts import AGAIN, THEN, VISIT_PLACE, WITH_IT
from firstvisit.practice.shape import Identity, Site

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Appointments for the reader's own calendar: iCalendar text and its method (PUBLISH, CANCEL; RFC 5546)."""

    text: str
    method: str


@dataclass(frozen=True, slots=True)
class Text:
    """A message ready to leave. `words` is what it says, `foot` what every such mail ends in; `body` is both.
    `calendars` go with it where the channel can carry them."""

    subject: str
    body: str
    stop: str = ""
    words: str = ""
    foot: str = ""
    calendars: tuple[Calendar, ...] = ()

    def reworded(self, subject: str, words: str) -> Text:
        """The same message in a person's words, above the same foot."""
        words = words.strip() + "\n\n"
        return replace(self, subject=subject, body=words + self.foot, words=words)


def render(
    template: str,
    language: str | None,
    *,
    practice: Identity,
    site: Site,
    code: str,
    first_name: str | None,
    stop: str,
    details: Mapping[str, str] = NOTHING,
    reviewed: bool = True,
    zone: str | None = None,
) -> Text:
    """Fill a template; English where the language has none. KeyError for an unknown template or a gap that
    nobody fills.

    `stop` is the address that stops such mail. `details` are what the plan knows: `answer_by` (an ISO moment) and
    `minutes` (of business time until then, where they may be said), `flagged` (that they stated a red flag), `by` and
    `received` (ISO dates), `papers` (codes with commas), `how` (how it was closed), `place` (another place by name and
    phone), `status` (scheduled), `visit` (its day), `where` (its site and with whom), `link` (their own page), `guide`
    (the page of the guide that they fetched), `enquiry` (that an organization asks for services), `code` and `site`
    (the reference and site they were told, where they are not the lead's), `at` and `setting` of a visit (its moment in
    ISO and one of `VISIT_PLACE`), `all_at` (the moments of several, with commas), `with_it` (those of what fell
    together with it), `then` (those of what follows it), `no_times` (that none is free which the letter could
    lead to), `closed` (that the request is, so that none is offered). `zone` is the reader's own, where it is known.
    Where the Spanish is not `reviewed`, the English stands below it.
    """
    if not reviewed and language == "Spanish" and (template, "Spanish") in TEMPLATES:
        # What nobody qualified has signed is not all that a Spanish reader is given (45 CFR 92.201(c)(3)).
        known = {
            "practice": practice, "site": site, "code": code, "first_name": first_name, "stop": stop,
            "details": details, "zone": zone,
        }  # fmt: skip
        spanish, english = (render(template, each, **known) for each in ("Spanish", "English"))  # type: ignore[arg-type]
        both = f"{spanish.words}---\n\n{english.words}"
        feet = f"{spanish.foot}\n---\n\n{english.foot}"
        return Text(spanish.subject, f"{spanish.body}\n---\n\n{english.body}", stop, both, feet)
    spoken: Spoken = "Spanish" if (template, "Spanish") in TEMPLATES and language == "Spanish" else "English"
    words = TEMPLATES[template, spoken]
    if "enquiry" in details:
        words = OF_ENQUIRY.get(template, words)
    if "no_times" in details and template == "offer":
        words = NO_TIMES[spoken]
    links = {"stop": stop, **{name: details[name] for name in ("link", "guide") if details.get(name)}}
    if spoken == "Spanish":
        # The page opens in the language of the mail, whatever the browser would rather read.
        links = {name: f"{address}?lang=es" for name, address in links.items()}
    values = {
        "practice": practice.name,
        "legal_name": practice.legal_name,
        "address": practice.address,
        "phone": site.phone,
        "fax": site.fax or site.phone,
        "code": code,
        "greeting": f" {first_name}" if first_name else "",
        "promise": _promised(details, site, spoken),
        "urgent": FLAGGED[spoken][0] if "flagged" in details else "",
        "who": FLAGGED[spoken][1] if "flagged" in details else DESK[spoken],
        "link": "",
        **links,
        **_said(details, spoken),
        **_visit(details, site, zone, spoken),
    }
    came = (FETCHED if "guide" in details else REQUESTED)[spoken]
    values |= {gap: text.format(**values) for gap, text in zip(GAPS, came, strict=True)}
    again = "closed" if "closed" in details else "no_times" if "no_times" in details else "times"
    values["again"] = AGAIN[spoken][again].format(**values)
    if "papers" in details:
        values["how"] = _how_to_send(details["papers"].split(","), values, spoken)
    said, foot = parts(words.body)
    said, foot = said.format(**values), foot.format(**values)
    return Text(words.subject.format(**values), said + foot, stop, said, foot)


def _how_to_send(codes: Sequence[str], values: Mapping[str, str], spoken: Spoken) -> str:
    """What a family does about what is missing: of papers and of answers, of each what it needs."""
    kinds = dict.fromkeys("answer" if code in ANSWERED_BY_FAMILY else "papers" for code in codes)
    ways = HOW_TO_SEND[spoken]
    return "\n\n".join(ways[kind].format(**values) for kind in ("papers", "answer") if kind in kinds)


def _promised(details: Mapping[str, str], site: Site, spoken: Spoken) -> str:
    """By when somebody answers; "" for a message that promises nothing."""
    if "answer_by" not in details:
        return ""
    minutes = int(details["minutes"]) if "minutes" in details else None
    return promise(datetime.fromisoformat(details["answer_by"]), minutes, site, spoken)


def _visit(details: Mapping[str, str], site: Site, zone: str | None, spoken: Spoken) -> dict[str, str]:
    """When and where a visit is, in words; nothing of what it is for."""
    if "at" not in details:
        return {}
    at, setting = datetime.fromisoformat(details["at"]), details.get("setting", "clinic")
    place = VISIT_PLACE[spoken].get(setting, VISIT_PLACE[spoken]["clinic"])
    there = setting != "telehealth"

    def several(moments: str) -> str:
        visits = [datetime.fromisoformat(each) for each in moments.split(",")]
        return "\n".join(visit_times(visits, site, zone, spoken, there=there))

    return {
        "visit_day": short_day(at.astimezone(site.tz).date(), spoken),
        "visit_at": visit_time(at, site, zone, spoken, there=there),
        "visits_at": several(details.get("all_at", details["at"])),
        "with_it": WITH_IT[spoken].format(visits=several(details["with_it"])) if "with_it" in details else "",
        "then": THEN[spoken].format(visits=several(details["then"])) if "then" in details else "",
        "stays_at": several(details.get("stays", details["at"])),
        "visit_place": place.format(name=site.name, street=site.street, city=site.city),
    }


def agreed_for(visit: date | None, where: str = "") -> str:
    """What a partner is told of a visit that is agreed, with its day, its site and with whom where that is known."""
    parts = (AGREED_TO_PARTNER, f"for {day(visit, 'English')}" if visit is not None else "", where)
    return ", ".join(part for part in parts if part)


def _said(details: Mapping[str, str], language: str) -> dict[str, str]:
    """What the plan knows, in words."""
    said = {name: day(date.fromisoformat(details[name]), language) for name in ("by", "received") if name in details}
    if "papers" in details:
        said["papers"] = "\n".join(f"- {PAPERS[language][code]}" for code in details["papers"].split(","))
    how = details.get("how")
    if how is not None:
        said["reason"] = CLOSED[language].get(how, CLOSED[language]["not_a_match"])
        said["status"] = CLOSED_TO_PARTNER.get(how, "closed")
        if "enquiry" in details:
            said["status"] = f"closed, because {CLOSED[language][how]}" if how in CLOSED[language] else "closed"
    if details.get("status") == "scheduled":
        said["status"] = agreed_for(
            date.fromisoformat(details["visit"]) if "visit" in details else None, details.get("where", "")
        )
    elif details.get("status") in VISIT_TO_PARTNER:
        said["status"] = VISIT_TO_PARTNER[details["status"]]
    if "code" in details:
        said["code"] = details["code"]
    said["follows"] = TOLD_FURTHER[details.get("told", "")]
    place = details.get("place")
    said["next_step"] = f" Another place that may fit: {place}." if place else ""
    return said


def day(when: date, language: str = "English") -> str:
    """Tuesday, November 24; 24 de noviembre."""
    if language == "Spanish":
        return f"{when.day} de {MONTHS[when.month - 1]}"
    return f"{when:%A, %B} {when.day}"
