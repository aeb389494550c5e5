"""The sender's own lines over a form: who they are, where no label says so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.forms.reading import Reading
from firstvisit.steps.intake.understanding.forms.values.people import person
from firstvisit.steps.intake.understanding.forms.values.register import READERS
from firstvisit.steps.intake.understanding.forms.values.said import Asked, Said
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.layout import Run
from firstvisit.steps.intake.understanding.values import contact_points, names


def letterhead(page: Reading) -> Iterator[Found]:
    """The sender's own lines over the form: who they are, and where no label says so."""
    first = min((each.box.top for each in page.fields if each.owner in ("patient", "contact")), default=0.35)
    for run in _head_lines(page, first):
        text = re.split(r"\s[•|]\s|[•|:]", run.text)[0].strip(" ,")
        found = person(text)
        if found and found[1] and len(found[0].split()) >= 2:
            for said in READERS["referrer"](Asked(text, "", "referrer", page.written_on)):
                yield page.as_found(said, [run], 1.0, "header")
        elif _over_an_address(run.text) or (_is_house(text) and not _OFFICES.match(run.text)):
            # "Mercy Fork Hospital – Care Transitions": the house before its department.
            house = re.split(r"\s[–—-]\s", text)[0]
            name = house if len(house.split()) >= 2 else text
            name = name.split(",")[0] if _over_an_address(run.text) else name
            yield page.as_found(Said("referrer.organization", name, 0, len(name)), [run], 1.0, "header")
            break
    yield from _numbers(page, first)


_OFFICES: Final = re.compile(r"\W*[\w&' ]{3,24}\d{3}\W\d{3}\W\d{4}")
"""A line that begins with what one calls a number for."""
_OF_THE_OFFICE: Final = re.compile(
    r"(?:main|office|phone|tel(?:ephone|\.|éfono)?|ph|clinic|dep(?:t|artment)|front (?:desk|office)|referrals?"
    r"|(?:orders?|referrals?|intake) (?:desk|line|dep(?:t|artment))|voice|direct|[top])\W*$",
    re.I,
)
_SENT_TO: Final = re.compile(r"(?i)\b(?:fax|send|return|e-?mail|forward|submit)\b[^.;]*\b(?:to|at)\W*$")
"""Words before a number to which the paper goes: "Please fax this form to"."""
_FOR_OTHER_THINGS: Final = re.compile(r"[A-Za-zÀ-ÿ]{3,}[ :.-]*$")
"""A word before a number that says what else one calls it for: billing, pharmacy, kitchen."""


def _numbers(page: Reading, first: float) -> Iterator[Found]:
    """The office's fax, and of its phones the one for its whole: that a word says so of, else the first without a word."""
    labelled = any(
        each.key in ("phone", "phone_fax") and each.owner in ("sender", "referrer") and each.box.bottom <= first + 0.002
        and contact_points.phones(each.text)
        for each in page.fields
    )  # fmt: skip
    phones: dict[int, list[tuple[Said, Run]]] = {0: [], 1: [], 2: []}
    for run in (run for run in page.rest if run.box.bottom <= first + 0.002 and run.ticked is None):
        begun = 0
        for span in contact_points.phones(run.text):
            before, begun = run.text[max(begun, span.start - 60) : span.start], span.end
            if _SENT_TO.search(before):
                continue
            before = before[-26:]
            after = run.text[span.end : span.end + 8].lower()
            if re.search(r"fax|\bfx?\W*$", before.lower()) or "fax" in after:
                yield page.as_found(Said("referrer.fax", span.value, span.start, span.end), [run], 1.0, "header")
                continue
            rank = 2 if _OF_THE_OFFICE.search(before) else 0 if _FOR_OTHER_THINGS.search(before) else 1
            phones[rank].append((Said("referrer.phone", span.value, span.start, span.end), run))
    if not labelled and (best := phones[2] or phones[1]):
        yield page.as_found(best[0][0], [best[0][1]], 1.0, "header")


_CALLED_OUT: Final = re.compile(r"[%$!?]")
"""What stands in an advertisement and in nobody's name."""


def _is_house(text: str) -> bool:
    return len(text.split()) >= 2 and names.is_organization(text) and not _CALLED_OUT.search(text) and not contact_points.phones(text) and not TITLE_OF_FORM.search(text) and len(text) < 70


def _head_lines(page: Reading, first: float) -> Iterator[Run]:
    """Lines over the form, each with the runs that stand close together joined: large type is set wide."""
    for line in page.sheet.lines:
        if not line or line[0].box.bottom > first + 0.002:
            continue
        joined = line[0]
        for run in line[1:]:
            if run.box.left - joined.box.right > 2.2 * page.sheet.wide:
                yield joined
                joined = run
            else:
                joined = replace(joined, words=joined.words + run.words)
        yield joined


_ADDRESS: Final = re.compile(r"^[A-Z][\w&'’. -]+?,\s*(?:P\.?\s?O\.? Box|\d+ [A-Z]).*\b[A-Z]{2} \d{5}")


def _over_an_address(text: str) -> bool:
    """ "Alder Case Management, PO Box 12, Reno, NV 89501": what stands before an address is whose it is."""
    return bool(_ADDRESS.match(text)) and len(text.split(",")[0].split()) >= 2


TITLE_OF_FORM: Final = re.compile(
    r"\b(?:referral|order|request|form|authorization|prescription|cover ?sheet|intake|fax|letter|please|plan of care|re-?certification|certification|"
    r"summary|progress (?:note|report)|"
    r"therapy services|evaluation|urgent|confidential|attention|our office|physician order)\b",
    re.I,
)
