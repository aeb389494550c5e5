"""A document of the Inbox in words: what its templates print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse

from firstvisit.journey import items
from firstvisit.journey.inbox.filing import what_is_left
from firstvisit.journey.inbox.seeing import Opened, Row
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.referral.called import in_a_sentence, label
from firstvisit.steps.intake.inbox.missing import wanted_of
from firstvisit.steps.intake.inbox.weighing import Field, Part
from firstvisit.steps.intake.models import ItemPage, ItemReading
from firstvisit.steps.routing import clocks
from firstvisit.web.staff.inbox import drawing, ends
from firstvisit.web.staff.inbox.drawing import Drawn, Rect
from firstvisit.web.staff.inbox.offered import offered
from firstvisit.web.staff.inbox.places import id_of, marks, texts
from firstvisit.web.staff.inbox.saying import (
    ANSWERED,
    CHANNELS,
    LEVELS,
    THINGS,
    second_opinion,
    written,
)
from firstvisit.web.staff.inbox.whose import NO_REFERRAL, about, file_words, is_referral, share, then, title
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

HEARD = ("contact.name", "contact.relationship", "disciplines", "concern")
"""What is typed of a recording beside who it is about and how to reach them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field as it is printed."""

    key: str
    id: str
    path: str
    part: int
    label: str
    text: str
    sign: Sign
    doubt: str
    quote: str
    page: int
    cut: Rect | None
    sheet: Drawn | None
    choices: tuple[tuple[int, str], ...]
    ours: str
    open: bool
    on: bool
    long: bool


RESTRICTED: Final = {True: "From a restricted person", False: "Perhaps from a restricted person"}


def line_of(row: Row, site: Site, now: datetime, *, on: bool = False) -> dict[str, Any]:
    """One document of the list."""
    reading, task, what = row.reading, row.task, []
    way = words.SOURCES.get(row.item.source, row.item.source)
    if row.end is not None:
        what.append(ends.in_a_line(row.end, row.why))
    elif reading is None:
        what.append("not read by machine" if row.item.status == "to_confirm" else "could not be judged")
    else:
        thing = THINGS.get(reading.kind, ("", ""))[0]
        unread = row.unread or 0
        what += [thing] if thing else _left_of(row, reading)
        what += [f"{unread} file{'s' * (unread != 1)} could not be read"] if unread else []
        if reading.pages > 1:
            what.append(f"{reading.pages} pages")
        if reading.people > 1:
            what.append(f"{reading.people} people")
    left = clocks.minutes_between(now, task.due_at, practice().sites.get(task.site, site)) if task else 0
    return {
        "url": reverse("inbox_item", args=[row.item.id]),
        "name": ends.named(row.end) or row.sender or words.phone(row.number) or row.name or f"By {way}",
        "what": ", ".join(what),
        "arrived": words.moment(row.item.received_at, site.tz, now),
        "due": words.due_sign(left, task.minutes, late=task.due_at < now) if task else Sign("", ""),
        "by": words.moment(task.due_at, site.tz, now) if task else "",
        "flagged": row.flagged,
        "restricted": RESTRICTED[row.restricted] if row.restricted is not None else "",
        "on": on,
        "channel": ends.WAYS[row.end.source]
        if row.end is not None
        else CHANNELS.get(reading.channel, "")
        if reading is not None
        else "",
    }


def _left_of(row: Row, reading: ItemReading) -> list[str]:
    """What a person has to look at in a referral: doubts, and what was not read."""
    said = [f"{reading.doubtful} doubtful"] if reading.doubtful else []
    if row.missing is None:
        return said or ["to be confirmed"]
    if row.missing:
        said.append(f"not read: {', '.join(in_a_sentence(path) for path in row.missing)}")
    return said or ([] if row.unread else ["nothing doubtful"])


def shown(
    seen: Opened, user: User, site: Site, now: datetime, *, at: str = "", page: int = 0, place: str = ""
) -> dict[str, Any]:
    """What the page of one document prints. `at` is the key of the field one is at, `page` the page one looks at,
    `place` where it stands in the list, in words."""
    part = _part(seen, at, page)
    current = _current(part, at)
    number = page or (current.place.page if current and current.place and current.place.page else 0)
    sheets = {each.number: each for each in seen.pages}
    sheet = sheets.get(number) or (sheets.get(part.pages[0]) if part.pages else None) or next(iter(seen.pages), None)
    lines = [_line(field, sheets, on=current is not None and field.key == current.key) for field in part.fields]
    first, due = seen.task, Sign("", "")
    if first is not None:
        left = clocks.minutes_between(now, first.due_at, practice().sites.get(first.site, site))
        due = words.due_sign(left, first.minutes, late=first.due_at < now)
    left_words = what_is_left(seen)
    wanted = wanted_of(seen.item.source)
    listens = seen.item.document.media_type.startswith("audio/")
    came_from = words.phone(str(seen.came.get("from", ""))) if listens else ""
    reading = seen.reading
    return {
        "seen": seen,
        "title": title(seen),
        "about": about(seen, site, now, place),
        "due": due,
        "by": words.moment(first.due_at, site.tz, now) if first else "",
        "shares": [share(seen, each, sheet, on=each.number == part.number) for each in seen.parts],
        "part": part.number,
        **_groups(part, lines, current),
        "needs": sum(field.level == "doubtful" for field in part.left),
        "glances": sum(field.level == "likely" for field in part.left),
        "total": len(part.fields),
        "together": sum(field.level != "doubtful" for field in part.left) if part.number not in seen.dropped else 0,
        "current": current.key if current else "",
        "sheet": drawing.drawn(sheet) if sheet else None,
        "marks": marks(part, sheet, current) if sheet else [],
        "texts": texts(seen, part, current) if not seen.pages else [],
        "listens": listens,
        "left": left_words,
        "then": then(seen),
        "file_words": file_words(seen),
        "is_referral": is_referral(seen),
        "reason": NO_REFERRAL.get(reading.kind, "") if reading else "",
        "missing": [
            {"path": path, "label": label(path), "text": came_from if path == "patient.phone" else ""}
            for path in (*wanted, *(HEARD if listens else ()))
            if all(field.path != path for field in part.fields)
        ],
        "unsaid": sum(
            all(field.path != path for field in part.fields)
            for path in wanted
            if path != "patient.phone" or part.value("contact.phone") is None
        ),
        "more": offered({*(field.path for field in part.fields), *wanted, *(HEARD if listens else ())}),
        "reasons": items.NOT_A_LEAD,
        "notes": [(name, said, words.moment(when, site.tz, now)) for name, said, when in seen.notes],
        "undoable": seen.last is not None,
        "danger": _danger(seen),
        "told": "A clinician has been told." if seen.unlooked else "A clinician has looked.",
        "reviews": user.may("clinical.review") and any(task.kind == "review_item" for task in seen.tasks),
        "others": seen.held is not None and seen.held.holder != user.id,
        "until": words.clock_time(seen.held.until, site.tz) if seen.held else "",
        "arrived": words.moment(seen.item.received_at, site.tz, now),
        "thing": THINGS.get(reading.kind, ("", ""))[1] if reading else "",
        "many": len(seen.pages) > 1,
        "opinion": second_opinion(seen.opinion) if seen.opinion else "",
    }


def _danger(seen: Opened) -> str:
    """The red flags of a document in words, each once."""
    said = list(dict.fromkeys(words or "something that cannot wait" for words in seen.flags.values()))
    return "; ".join(said) or ("something that cannot wait" if seen.unlooked else "")


def _groups(part: Part, lines: list[Line], current: Field | None) -> dict[str, list[Line]]:
    """The fields of one person as the page groups them: on top the doubts that are open and the field one is at, then
    what is likely, what is clear, and what was answered."""
    groups: dict[str, list[Line]] = {"doubtful": [], "likely": [], "clear": [], "settled": []}
    for line, field in zip(lines, part.fields, strict=True):
        at = current is not None and field.key == current.key
        groups["doubtful" if at else field.level if field.open else "settled"].append(line)
    return groups


def _part(seen: Opened, at: str, page: int) -> Part:
    """The person one is at: of the field, of the page, else the first with something left."""
    number, _, _ = at.partition(".")
    wanted = [part for part in seen.parts if at and str(part.number) == number]
    wanted += [part for part in seen.parts if page and page in part.pages]
    wanted += [part for part in seen.kept_parts if any(field.level == "doubtful" for field in part.left)]
    wanted += [part for part in seen.kept_parts if part.left]
    return (*wanted, *seen.kept_parts, *seen.parts)[0]


def _current(part: Part, at: str) -> Field | None:
    chosen = next((field for field in part.fields if field.key == at), None)
    return chosen or next((field for field in part.left if field.level == "doubtful"), None)


def _line(field: Field, sheets: dict[int, ItemPage], *, on: bool) -> Line:
    place = field.place
    sheet = sheets.get(place.page) if place is not None and place.page is not None else None
    box = place.box if place is not None else None
    text = "" if field.answer in ("not_stated", "unreadable") else written(field.path, field.value)
    return Line(
        key=field.key,
        id=id_of("f", field),
        path=field.path,
        part=field.part,
        label=label(field.path),
        text=text,
        sign=Sign(*(ANSWERED[field.answer] if field.answer else LEVELS[field.level])),
        doubt=field.doubt,
        quote=field.quote,
        page=sheet.number if sheet else 0,
        cut=drawing.cut_out(sheet, box) if sheet and box else None,
        sheet=drawing.drawn(sheet) if sheet else None,
        choices=tuple(enumerate((written(field.path, each) for each in field.alternatives[:7]), 2)),
        ours=written(field.path, field.ours),
        open=field.open,
        on=on,
        long=len(text) > 40,
    )
