"""Where a sender's form keeps its values: learned from confirmed places, and used on the next page. Pure.

What is kept of a value is which words stand beside it and how far away, never the value: words of the form are those
on none of the confirmed places.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.inbox.values import Value
from firstvisit.steps.intake.pages.page import Box, Page, Word
from firstvisit.steps.intake.understanding.found import Place

NEAR: Final = 6
"""How many words of the form are kept beside a value."""
MOST_EXAMPLES: Final = 8
"""Of each field; the newest stay."""
RULE: Final = "known layout"
"""What a value that was offered is said to be read by."""
_ALONE: Final = "This sender's form keeps it here; nothing else on the page says what it is."


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of the form, and where the value stood as seen from its left upper corner, in shares of the page."""

    word: str
    left: float
    top: float
    right: float
    bottom: float


Layout = Mapping[str, Sequence[Sequence[Mark]]]
"""For each path the examples, each with the words beside the value, the nearest first."""


def marks_of(box: Box, words: Iterable[tuple[str, Box]], taken: Sequence[Box]) -> list[Mark]:
    """The words of the form nearest to a confirmed value."""
    near = []
    for text, at in words:
        word = _form_word(text)
        if len(word) < 2 or any(character.isdigit() for character in word) or any(_over(at, each) for each in taken):
            continue
        distance = abs(at.top - box.top) * 2 + abs(at.left - box.left)
        if distance < 0.35:
            mark = Mark(
                word, box.left - at.left, box.top - at.top, box.right - at.left, box.bottom - at.top
            )
            near.append((distance, mark))
    return [mark for _, mark in sorted(near, key=lambda pair: pair[0])[:NEAR]]


def learned(known: Layout, fresh: Mapping[str, list[Mark]]) -> dict[str, list[list[Mark]]]:
    """What is known with one more document; the newest examples of a field stay."""
    paths = dict.fromkeys([*known, *fresh])
    return {
        path: [list(each) for each in ([fresh[path]] if path in fresh else [])]
        + [list(each) for each in known.get(path, ())][: MOST_EXAMPLES - 1]
        for path in paths
    }


def without(known: Layout, gone: Mapping[str, list[Mark]]) -> dict[str, list[list[Mark]]]:
    """What is known without one document that taught `gone`; where several taught the same, one of them goes."""
    left = {path: [list(each) for each in examples] for path, examples in known.items()}
    for path, marks in gone.items():
        if marks in left.get(path, []):
            left[path].remove(marks)
    return left


def offered(
    layout: Layout, read: Sequence[Value], pages: Sequence[Page], *, least: int, today: dt.date
) -> list[Value]:
    """What stands where this sender keeps its values, of fields of which nothing was `read`; each a doubt.

    A field counts once it has `least` examples, and a place once half the words beside it are those of the examples. A
    place is left alone where it reaches over what was read, over words of the form or over another such place, and
    where its words are none that could be typed for the field.
    """
    known = {value.path for value in read}
    forms = {mark.word for examples in layout.values() for marks in examples for mark in marks}
    places: list[tuple[str, Page, list[Word], float]] = []
    for path, examples in layout.items():
        if path in known or len(examples) < least:
            continue
        share, box, page = max((_guess(page, examples) for page in pages), key=lambda guess: guess[0])
        inside = [word for word in page.words if _over(word.box, box)]
        if share >= 0.5 and inside and not any(_form_word(word.text) in forms for word in inside):
            places.append((path, page, inside, share))
    taken = [(value.place.page or 1, value.place.box) for value in read if value.place and value.place.box]
    values = []
    for path, page, inside, share in places:
        others = [word.box for other, near, words, _ in places if other != path and near == page for word in words]
        others += [box for number, box in taken if number == page.number]
        if any(_over(word.box, other) for word in inside for other in others):
            continue
        ordered = sorted(inside, key=lambda word: (round(word.box.top, 2), word.box.left))
        text = " ".join(word.text for word in ordered)
        try:
            value = typed(path, text, today)
        except ValueError:
            continue
        place = Place(page.number, _hull([word.box for word in inside]))
        sure = round((0.75 + 0.22 * share) * max(min(word.confidence for word in inside), 0.6), 3)
        values.append(Value(path, value, sure, place, text, RULE, doubt=_ALONE))
    return values


def standing_at(value: Any, words: Mapping[int, Sequence[tuple[str, Box]]]) -> tuple[int, Box] | None:
    """Where a typed value stands: the first words in a row of some page that say it, however it is punctuated."""
    forms = _forms(value)
    for page, row in words.items():
        for start in range(len(row)):
            said = ""
            for end in range(start, min(start + 8, len(row))):
                said += _bare(row[end][0])
                if said in forms:
                    return page, _hull([box for _, box in row[start : end + 1]])
                if len(said) > 40:
                    break
    return None


def _forms(value: Any) -> set[str]:
    """How a kept value may be written on paper, bare of everything but letters and digits."""
    text = str(value)
    forms = {_bare(text)}
    if re.fullmatch(r"\+1\d{10}", text):
        forms.add(text[2:])
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
        year, month, day = found.groups()
        for m in {month, month.lstrip("0")}:
            for d in {day, day.lstrip("0")}:
                forms |= {f"{m}{d}{year}", f"{m}{d}{year[2:]}"}
    return {form for form in forms if len(form) > 1}


def within(box: Box, words: Iterable[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """Those words that stand in a box."""
    return [(text, at) for text, at in words if _over(at, box)]


def _bare(text: str) -> str:
    return "".join(character for character in folded(text) if character.isalnum())


def as_json(layout: Layout) -> dict[str, Any]:
    return {
        path: [[[m.word, m.left, m.top, m.right, m.bottom] for m in marks] for marks in examples]
        for path, examples in layout.items()
    }


def from_json(kept: Mapping[str, Any]) -> dict[str, list[list[Mark]]]:
    return {path: [[Mark(*mark) for mark in marks] for marks in examples] for path, examples in kept.items()}


def _guess(page: Page, examples: Sequence[Sequence[Mark]]) -> tuple[float, Box, Page]:
    """The place on which most words beside it agree, and their share of those known."""
    marks = [mark for example in examples for mark in example]
    boxes = [
        Box(at.left + mark.left, at.top + mark.top, at.left + mark.right, at.top + mark.bottom)
        for mark in marks
        for at in _standing(page, mark.word)
    ]
    votes = [(sum(_close(box, other) for other in boxes), box) for box in boxes]
    most, box = max(votes, key=lambda vote: vote[0], default=(0, Box(0, 0, 0, 0)))
    same = [other for other in boxes if _close(box, other)] or [box]
    return most / max(1, len(marks)), _middle(same), page


def _form_word(text: str) -> str:
    """A word as a form's words are kept and compared."""
    return folded(text).strip(":.")


def _standing(page: Page, word: str) -> list[Box]:
    return [each.box for each in page.words if _form_word(each.text) == word]


def _close(one: Box, other: Box) -> bool:
    return abs(one.left - other.left) < 0.03 and abs(one.top - other.top) < 0.015


def _middle(boxes: Sequence[Box]) -> Box:
    """The widest reach of boxes that agree: values are longer on one page than on another."""
    top = sorted(box.top for box in boxes)[len(boxes) // 2]
    bottom = sorted(box.bottom for box in boxes)[len(boxes) // 2]
    return Box(min(b.left for b in boxes) - 0.005, top, max(b.right for b in boxes) + 0.01, bottom)


def _over(word: Box, box: Box) -> bool:
    """Whether the middle of a word lies in a box."""
    across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box.left <= across <= box.right and box.top <= down <= box.bottom


def _hull(boxes: Sequence[Box]) -> Box:
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )
