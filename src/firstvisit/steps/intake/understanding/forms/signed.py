"""Whether an order is signed: in words, or by ink on its line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median
from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.reading import Reading
from firstvisit.steps.intake.understanding.forms.values.people import person, read_referrer
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.layout import Run, around
from firstvisit.steps.intake.understanding.values import dates
from firstvisit.steps.intake.understanding.values.papers import BLANK

_SIGNED: Final = re.compile(
    r"(?:electronically|digitally|e-?)\s*signed|signed electronically|/s/|status\W*signed|authenticated by"
    r"|signature on file",
    re.I,
)

_UNSIGNED: Final = re.compile(
    r"\b(?:unsigned|not signed|awaiting signature|signature pending|pending signature)\b", re.I
)


def signature(page: Reading) -> Iterator[Found]:
    for line in page.sheet.lines:
        for run in line:
            if _UNSIGNED.search(run.text) or ((by := _SIGNED.search(run.text)) and not BLANK.match(run.text[by.end() :])):
                yield page.as_found(
                    Said("order_signed", not _UNSIGNED.search(run.text), 0, len(run.text)),
                    [run],
                    1.0,
                    "label",
                )
                return
    if any(
        each.key == "status" and re.fullmatch(r"\W*(?:e-?)?signed\W*", each.text, re.I)
        for each in page.fields
    ):
        each = next(each for each in page.fields if each.key == "status")
        yield page.as_found(Said("order_signed", True, 0, len(each.text)), each.value, 1.0, "label")
        return
    yield from _by_pen(page) or _on_a_line(page)


def _by_pen(page: Reading) -> list[Found]:
    """Ink of a pen over a line to sign on, over its label, or over the printed name of a clinician."""
    for box in page.sheet.page.penned:
        for run in (run for line in page.sheet.lines for run in line):
            near = -0.6 < (run.box.top - box.bottom) / (box.bottom - box.top) < 1.2 or abs(run.box.bottom - box.bottom) < 0.01
            if not near or run.box.left > box.right or run.box.right < box.left - 0.3:
                continue
            if _TO_SIGN.match(run.text) or ((who := person(run.text)) and _ORDERS.search(who[1] or "")):
                if re.search(r"\b(?:patient|parent|guardian|witness)\b", run.text, re.I):
                    continue
                sure = round(confidence.of("label") * 0.97, 3)
                place = Place(run.page, around((box, run.box)))
                return [Found("order_signed", True, sure, place, run.text, "label", page.whose())]
    return []


_ORDERS: Final = re.compile(r"\b(?:MD|DO|DPM|DC|DDS|DMD|OD|PA(?:-C)?|[A-Z]*NP(?:-\w+)?|APRN|CNM|CNS)\b")
"""Credentials of those who order therapy; the ink of a nurse or a social worker signs a letter."""
_TO_SIGN: Final = re.compile(r"(?i)^\W*(?:x\b\W*)?(?:[\w'’]+ ){0,3}(?:signature|signed|firma)\b")


def _on_a_line(page: Reading) -> Iterator[Found]:
    """What stands on a line to sign on signs it, an empty one is not signed. Over a line that has its label below, a
    name in larger letters than the page's or beside its date is a signature; other words say nothing."""
    for each in page.fields:
        if each.key != "signature" or re.search(r"patient|parent|guardian", each.label, re.I):
            continue
        beside, above = _lines_of(page, each.box)
        ink = [
            run for run in each.value
            if re.search(r"[A-Za-z]{2}", run.text) and len(run.words) < _SENTENCE and not _NEXT.match(run.text)
            and (not beside or any(run.box.left < line.right and run.box.right > line.left for line in beside))
        ]  # fmt: skip
        over = [
            run for run in page.rest for line in above
            if run.box.top < line.top < run.box.bottom + 1.2 * page.sheet.tall and re.search(r"[A-Za-z]{2}", run.text)
            and len(run.words) < _SENTENCE and run.box.left < line.right and run.box.right > line.left
        ]  # fmt: skip
        if any(_by_hand(run, page) for run in over) or (over and _dated(each, page)):
            ink = ink or over
        elif over and not ink:
            continue
        signed = bool(ink)
        box = around(run.box for run in ink) if ink else each.box
        quote = " ".join(run.text for run in ink) or each.label
        sure = confidence.of("label") * (0.97 if signed else 0.95)
        yield Found(
            "order_signed", signed, round(sure, 3), Place(each.page, box), quote, "label", page.whose()
        )
        return


def _by_hand(run: Run, page: Reading) -> bool:
    """Whether the words are larger than what is printed around them."""
    printed = [other.box.bottom - other.box.top for line in page.sheet.lines for other in line]
    return run.box.bottom - run.box.top > _LARGER * median(printed)


def _dated(each: Field, page: Reading) -> bool:
    """Whether a day stands beside the label of the line."""
    middle = (each.box.top + each.box.bottom) / 2
    beside = [run for line in page.sheet.lines for run in line if run.box.top < middle < run.box.bottom]
    return any(dates.days(run.text, page.written_on) for run in beside)


_LARGER: Final = 1.6
"""Signatures are larger than print by at least this; capitals of a heading stand elsewhere."""


def _lines_of(page: Reading, label: Box) -> tuple[list[Box], list[Box]]:
    """The lines to sign on that begin beside a label, and those right above one that has none beside it."""
    tall, middle = page.sheet.tall, (label.top + label.bottom) / 2
    flat = [rule for rule in page.sheet.page.rules if rule.right - rule.left > 3 * (rule.bottom - rule.top)]
    beside = [
        rule for rule in flat
        if (label.left + label.right) / 2 < rule.left < label.right + 0.1 and middle < rule.top < label.bottom + tall
    ]  # fmt: skip
    above = [
        rule for rule in flat
        if rule.left < label.right and rule.right > label.left and label.top - tall < rule.top < middle
    ]  # fmt: skip
    return beside[:1], [] if beside else above


_NEXT: Final = re.compile(r"(?i)^\W*(?:date|time|print(?:ed)?|name|title|credentials|npi|license|phone|fax)\b")
"""What is asked for behind an empty line to sign on."""
_SENTENCE: Final = 8
"""Words of a sentence that stands below a line to sign on: "Not valid until signed by the physician who orders"."""


def printed_under(page: Reading) -> Iterator[Found]:
    """The name that is printed below a line to sign on, where no label asks for it: the one clinician on the page's lower
    part."""
    body = max((each.box.top for each in page.fields if each.owner == "patient"), default=1.0)
    clinicians = []
    for run in page.rest:
        found = person(run.text) if run.ticked is None and run.box.top > body else None
        if found and found[1] and len(found[0].split()) >= 2 and found[0][0].isupper():
            clinicians.append(run)
    if len({run.text for run in clinicians}) == 1:
        run = clinicians[0]
        for said in read_referrer(Asked(run.text, "", "referrer", page.written_on)):
            yield page.as_found(said, [run], 1.0, "signature")
