"""Whether an order is signed: in words, or by ink on its line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding import confidence
from firstvisit.steps.intake.understanding.forms.reading import Reading
from firstvisit.steps.intake.understanding.forms.values.said import Said
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.layout import around

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
            if _UNSIGNED.search(run.text) or _SIGNED.search(run.text):
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
    for each in page.fields:
        if each.key != "signature" or re.search(r"patient|parent|guardian", each.label, re.I):
            continue
        over = [
            run for run in page.rest
            if each.box.top - 3.2 * page.sheet.tall < run.box.top < each.box.top + 0.3 * page.sheet.tall
            and run.box.left < each.box.right + 0.3 and run.box.right > each.box.left - 0.05
        ]  # fmt: skip
        ink = [run for run in (*each.value, *over) if re.search(r"[A-Za-z]{2}", run.text)]
        signed = bool(ink)
        box = around(run.box for run in ink) if ink else each.box
        quote = " ".join(run.text for run in ink) or each.label
        sure = confidence.of("label") * (0.97 if signed else 0.95)
        yield Found(
            "order_signed", signed, round(sure, 3), Place(each.page, box), quote, "label", page.whose()
        )
        return
