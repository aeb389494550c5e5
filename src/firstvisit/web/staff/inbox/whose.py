"""Whose a document is and where it goes: the shares of people in it, and the words above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from firstvisit.journey import items
from firstvisit.journey.inbox.seeing import Goes, Opened
from firstvisit.leads.queries import code
from firstvisit.practice.shape import Site
from firstvisit.steps.intake.inbox.weighing import Part
from firstvisit.steps.intake.models import ItemPage
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.understanding.kinds import OPENS_NONE
from firstvisit.web.staff.inbox.saying import CHANNELS, THINGS
from firstvisit.web.ui import words


@dataclass(frozen=True, slots=True)
class Share:
    """One person's share of the document, as the side shows it."""

    number: int
    name: str
    goes: str
    pages: tuple[tuple[int, bool], ...]
    first: int
    merges: bool
    dropped: str
    others: tuple[tuple[str, str], ...]
    chosen: bool
    lead: str
    on: bool


def share(seen: Opened, part: Part, sheet: ItemPage | None, *, on: bool) -> Share:
    goes = seen.goes[part.number]
    dropped = items.NOT_A_LEAD.get(seen.dropped.get(part.number, ""), "")
    name = " ".join(str(part.value(f"patient.{each}") or "") for each in ("first_name", "last_name")).strip()
    return Share(
        number=part.number,
        name=name or ("Nobody named yet" if len(seen.parts) == 1 else f"Person {part.number + 1}"),
        goes=f"no referral: {dropped.lower()}" if dropped else _goes(goes, opens=_opens(seen)),
        pages=tuple((number, sheet is not None and number == sheet.number) for number in part.pages),
        first=part.pages[0] if part.pages else 0,
        merges=part.number != seen.parts[0].number and bool(part.pages),
        dropped=dropped,
        others=tuple((code(each.lead.number), each.why) for each in goes.others),
        chosen=goes.chosen,
        lead=code(goes.lead.number) if goes.lead else "",
        on=on,
    )


def _opens(seen: Opened) -> bool:
    """Whether filing it could open a lead, or join one."""
    return seen.reading is None or seen.reading.kind not in OPENS_NONE


def _goes(goes: Goes, *, opens: bool) -> str:
    if goes.lead is not None:
        return f"{'joins' if opens else 'about'} {code(goes.lead.number)}{', ' + goes.why if goes.why else ''}"
    if goes.others:
        return "may be somebody known"
    return "new person" if opens else "nobody with an open lead"


NO_REFERRAL: Final = {
    "records_request": "records_request",
    "vendor": "vendor",
    "job_seeker": "job_seeker",
    "wrong_number": "wrong_recipient",
    "misdirected": "wrong_recipient",
}
"""Kinds of thing that are signed as no referral, each with the reason that its kind says."""
SEEN_TO: Final = ("status_question", "patient_in_care")
"""Kinds of thing that somebody sees to and then says what they did."""


def then(seen: Opened) -> str:
    """What filing will do, and what is done instead with what reads like no referral."""
    if not _opens(seen):
        return "opens no lead"
    joins = [code(goes.lead.number) for part in seen.kept_parts if (goes := seen.goes[part.number]).lead]
    opens = len(seen.kept_parts) - len(joins)
    said = [f"joins {each}" for each in joins]
    if opens:
        said.append("opens a lead" if opens == 1 else f"opens {opens} leads")
    said += [f"{len(seen.dropped)} signed as no referral"] if seen.dropped else []
    kind = seen.reading.kind if seen.reading else ""
    if kind in NO_REFERRAL:
        return f"sign it as no referral (D). Filed all the same, it {', '.join(said)}"
    if kind in SEEN_TO:
        return f"see to it and say under “Answered” (W) what you did. Filed all the same, it {', '.join(said)}"
    return ", ".join(said)


def is_referral(seen: Opened) -> bool:
    """Whether it reads like something that is filed; anything else is filed by no single key."""
    return seen.reading is None or seen.reading.kind not in (*NO_REFERRAL, *SEEN_TO)


def file_words(seen: Opened) -> str:
    """What the button that files says."""
    if not is_referral(seen):
        return "File all the same"
    people = len(seen.kept_parts)
    return "File" if people < 2 else "File both people" if people == 2 else f"File {people} people"


def title(seen: Opened) -> str:
    reading = seen.reading
    way = CHANNELS.get(reading.channel, "Document") if reading else "Document"
    if seen.item.document.media_type == hl7v2.MEDIA_TYPE:
        way = "Message"
    if seen.item.document.media_type.startswith("audio/"):
        way = "Recording"
    sender = (reading.sender or words.phone(reading.number)) if reading else ""
    named = sender or words.phone(str(seen.came.get("from", ""))) or str(seen.came.get("name", ""))
    return f"{way} from {named}" if sender else f"{way} {named}".strip()


def about(seen: Opened, site: Site, now: datetime, place: str) -> str:
    reading, said = seen.reading, []
    number = reading.number if reading else str(seen.came.get("from", ""))
    if number and reading and reading.sender:
        said.append(words.phone(number) if number.startswith("+") else number)
    said.append(f"received {words.moment(seen.item.received_at, site.tz, now)}")
    if seen.times > 1:
        said.append(f"came {seen.times} times")
    if seen.came.get("came_before"):
        said.append("the same came before and had found its end")
    if seen.pages:
        said.append("1 page" if len(seen.pages) == 1 else f"{len(seen.pages)} pages")
    if reading is None:
        said.append("not read by machine: a person says what it is")
    elif len(seen.parts) > 1:
        said.append(f"reads as {len(seen.parts)} people")
    elif reading.kind in THINGS and THINGS[reading.kind][1]:
        said.append(THINGS[reading.kind][1])
    return f"{', '.join(said)}.{place}"
