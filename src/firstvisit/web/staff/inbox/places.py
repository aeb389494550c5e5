"""Where the values of a document stand: marks over its pages, marked stretches of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firstvisit.journey.inbox.seeing import Opened
from firstvisit.referral.called import label
from firstvisit.steps.intake.inbox.weighing import Field, Part
from firstvisit.steps.intake.models import ItemPage
from firstvisit.web.staff.inbox import drawing
from firstvisit.web.staff.inbox.drawing import Rect
from firstvisit.web.staff.inbox.saying import text_name


@dataclass(frozen=True, slots=True)
class Mark:
    """A value's place on the page that is shown."""

    id: str
    key: str
    rect: Rect
    label: str
    level: str
    on: bool
    above: int


def id_of(kind: str, field: Field) -> str:
    """What a page calls the field ("f") or its place ("m")."""
    return f"{kind}-{field.key.replace('.', '-')}"


def marks(part: Part, sheet: ItemPage, current: Field | None) -> list[Mark]:
    found = []
    for field in part.fields:
        if field.place is None or field.place.box is None or field.place.page != sheet.number:
            continue
        on = current is not None and field.key == current.key
        level = field.level if field.open else "settled"
        where = drawing.rect(sheet, field.place.box)
        found.append(
            Mark(id_of("m", field), field.key, where, label(field.path), level, on, max(30, where.y - 14))
        )
    return sorted(found, key=lambda mark: mark.on)


def texts(seen: Opened, part: Part, current: Field | None) -> list[dict[str, Any]]:
    """The texts in pieces, the subject first; a piece that a value was read from is marked with it."""
    reading = seen.reading
    if reading is None:
        return []
    found = []
    for name, text in sorted(reading.texts.items(), key=lambda named: named[0] != "subject"):
        spans = [
            (field.place.span, field)
            for field in part.fields
            if field.place is not None and field.place.span is not None and field.place.text == name
        ]
        spans.sort(key=lambda each: each[0])
        pieces: list[dict[str, Any]] = []
        end = 0
        for (start, stop), field in spans:
            if start < end or stop > len(text):
                continue
            pieces += [
                {"text": text[end:start]},
                {
                    "text": text[start:stop],
                    "id": id_of("m", field),
                    "label": label(field.path),
                    "on": current is not None and field.key == current.key,
                },
            ]
            end = stop
        pieces.append({"text": text[end:]})
        found.append({"name": text_name(name, reading.channel), "pieces": pieces})
    return found
