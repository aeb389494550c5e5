"""A document of pages from first to last: forms by their labels, letters by their sentences, and what kind of thing it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz

from firstvisit.referral import red_flags
from firstvisit.steps.intake.pages.page import Page, Word
from firstvisit.steps.intake.understanding import confidence, forms, kinds, letters, texts
from firstvisit.steps.intake.understanding.fields_of_forms import begins_with_label
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.settle import Understood, settle
from firstvisit.steps.intake.understanding.values import dates, names

_COVER: Final = re.compile(r"\b(?:fax\s*(?:cover|transmittal|transmission)|cover\s*(?:sheet|page|letter)|facsimile)\b", re.IGNORECASE)
_OF_LETTERHEAD: Final = ("referrer.phone", "referrer.fax", "referrer.organization", "referrer.npi", "order_signed")
"""What the layout of a letter tells better than its sentences do."""


def understand(pages: Sequence[Page], received_on: dt.date) -> Understood:
    """What `pages` say, settled into one record a patient; places are boxes on them."""
    form = forms.read(pages, received_on)
    whole = written(form.sheets)
    day = _written_on(form.written_on, whole.text, received_on)
    letter_pages = {sheet.page.number for sheet in form.letters}
    forms_say = [each for each in form.found if each.place.page not in letter_pages]
    found = list(forms_say)
    read_as_letter = [sheet for sheet in form.letters if not (forms_say and is_cover(sheet))]
    if read_as_letter and not forms_say:
        found += _letters(read_as_letter, day, form.found, alone=True)
    else:
        # A form may hold a letter's paragraphs, and a packet letters beside its form: they say what the form leaves open.
        prose = [*read_as_letter, *(sheet for sheet in form.sheets if sheet not in form.letters and _tells(sheet))]
        stated = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
        more = _letters(prose, day, form.found, alone=False) if prose else []
        found += [each for each in more if each.path not in stated and not _of_name(each.path, stated)]
    if not found or not forms_say:
        sort = _sort_of_letters(whole, day)
    else:
        sort = _sort(whole.text, found)
    found = [each for each in found if each.path not in ("escalate", "escalate_reason", "not_a_referral")]
    found += _flags(whole) + _judged(whole, found, sort)
    return settle(found, channel="fax", received_on=day, sort=sort)


def is_cover(sheet: Sheet) -> bool:
    """Whether a page is a cover sheet: it says so, or says to whom, from whom and how many pages."""
    text = sheet.text
    parts = sum(bool(re.search(rf"(?im)(?:^|\s{{2,}}){word}\s*:", text)) for word in ("to", "from", r"(?:#|no\.?|number)?\s*(?:of )?pages?", "re", "date"))
    return bool(_COVER.search(text)) or parts >= 3


def _tells(sheet: Sheet) -> bool:
    """Whether a page has sentences: long runs of small letters that end in a full stop."""
    long_ = [run.text for line in sheet.lines for run in line if len(run.text) > 55 and run.text.count(" ") >= 8]
    return len(long_) >= 3


def _of_name(path: str, stated: set[str]) -> bool:
    """Whether a part of something is stated already, whose other parts another place must not add to."""
    part, _, name = path.rpartition(".")
    return part in ("patient", "contact", "referrer") and name in ("first_name", "last_name", "name") and any(
        f"{part}.{other}" in stated for other in ("first_name", "last_name", "name")
    )


@dataclass(frozen=True)
class Written:
    """Pages as one text, with the word behind each stretch of it."""

    text: str
    words: tuple[tuple[int, int, int, Word], ...]
    """Start, end, page and word."""

    def place(self, start: int, end: int) -> tuple[Place, str]:
        """The box of the characters `start` to `end`, of the page where they begin, and their words."""
        inside = [each for each in self.words if each[0] < max(end, start + 1) and start < each[1]]
        if not inside:
            inside = [next((each for each in self.words if each[1] > start), self.words[-1])]
        page = inside[0][2]
        here = [each[3] for each in inside if each[2] == page]
        # A quote of a whole page lights nothing; the first lines of it do.
        box = around(word.box for word in here[:60])
        return Place(page, box), " ".join(word.text for word in here[:60])

    def sure(self, start: int, end: int) -> float:
        """The engine's confidence in the least sure word between."""
        inside = [each[3].confidence for each in self.words if each[0] < end and start < each[1] and len(each[3].text) > 1]
        return min(inside, default=1.0)


def written(sheets: Sequence[Sheet], *, body: bool = False) -> Written:
    """`sheets` as running text: paragraphs apart, their lines joined where the sentence runs on. With `body` without
    the letterhead and without the ink over a typed signature, which only repeats it."""
    text = ""
    words: list[tuple[int, int, int, Word]] = []
    for sheet in sheets:
        lines = _body(sheet) if body else sheet.lines
        margin = max((run.box.right for line in lines for run in line), default=1.0)
        before: Sequence[Run] = ()
        for line in lines:
            runs = [run for run in line if run.ticked is not False]
            if not runs:
                continue
            if before:
                text += _between(before, runs, sheet.tall, margin)
            before = runs
            for number, run in enumerate(runs):
                # A run of its own is a field of its own; its label need not have a colon.
                text += ("\n" if begins_with_label(run) else "   ") if number else ""
                for place, word in enumerate(run.words):
                    text += " " if place else ""
                    words.append((len(text), len(text) + len(word.text), sheet.page.number, word))
                    text += word.text
        text += "\n\n"
    return Written(text, tuple(words))


def _between(before: Sequence[Run], after: Sequence[Run], tall: float, margin: float) -> str:
    """What stands between two lines: a space where a sentence runs on, a line's end, or an empty line."""
    bottom, top = max(run.box.bottom for run in before), min(run.box.top for run in after)
    if top - bottom > 0.75 * tall:
        return "\n\n"
    full = before[-1].box.right > 0.8 * margin and len(before) == 1 and len(before[0].text) > 40
    return " " if full and abs(before[0].box.left - after[0].box.left) < 0.02 else "\n"


_GREETING: Final = re.compile(r"(?i)^\W*(?:dear\b|to whom|attention|attn|re\b|regarding|hello|good (?:morning|afternoon)|subject|patient\b|date\b)")
_CLOSING: Final = re.compile(r"(?i)^\W*(?:sincerely|regards|best regards|kind regards|warm regards|respectfully|thank you|thanks|very truly yours|yours|cordially|with appreciation)\b")


def _body(sheet: Sheet) -> list[tuple[Run, ...]]:
    lines = [line for line in sheet.lines if line]
    said = [" ".join(run.text for run in line) for line in lines]
    # The letterhead ends at the date, the greeting or the first full sentence.
    first = next(
        (
            n
            for n, text in enumerate(said[:12])
            if _GREETING.match(text) or _is_date(text) or (len(text) > 60 and not re.search(r"\d{3}\D{1,3}\d{4}", text))
        ),
        0,
    )
    if not any(re.search(r"\d{3}\D{1,3}\d{4}|, [A-Z]{2}\b|\b\d{5}\b", text) or names.is_organization(text) for text in said[:first]):
        first = 0
    closing = next((n for n in range(len(said) - 1, -1, -1) if _CLOSING.match(said[n])), len(said))
    kept = []
    for n, line in enumerate(lines):
        scribble = n > closing and n + 1 < len(said) and fuzz.partial_ratio(said[n].lower(), said[n + 1].lower()) >= 65
        if n >= first and not scribble:
            kept.append(line)
    return kept


def _is_date(text: str) -> bool:
    bare = re.sub(r"(?i)^\s*(?:date|dated)\s*[:.]?\s*", "", text).strip()
    return any(each.end - each.start >= len(bare) - 2 for each in dates.days(bare, dt.date(2000, 1, 1)))


def _written_on(of_form: dt.date, text: str, received_on: dt.date) -> dt.date:
    """The date of the form, else the first date that stands alone on a line, else the day it came."""
    if of_form != received_on:
        return of_form
    for line in text.splitlines()[:25]:
        alone = re.sub(r"(?i)^\s*(?:date|dated)\s*[:.]?\s*", "", line).strip()
        for day in dates.days(alone, received_on):
            if day.value.year_said and day.end - day.start >= len(alone) - 2 and abs((received_on - day.value.date).days) < 1000:
                return day.value.date
    return received_on


def _letters(sheets: Sequence[Sheet], day: dt.date, of_layout: Sequence[Found], *, alone: bool) -> list[Found]:
    letter = written(sheets, body=True)
    if not letter.words:
        return []
    told = Told("fax", day, tuple(letters.passages(letter.text)))
    numbers = {sheet.page.number for sheet in sheets}
    found = []
    for each in texts.understand(told).found:
        if each.place.span is None:
            continue
        each = _of_whom(each, letter.text, of_layout)
        place, quote = letter.place(*(each.place.span or (0, 1)))
        seen = forms.eye(letter.sure(*(each.place.span or (0, 1))), False, sheets[0].page.how) if _prints(each) else 1.0
        # Beside a form, a letter says what the form leaves open, and does not outweigh it.
        sure = each.confidence * seen * (1.0 if alone else 0.97)
        found.append(replace(each, place=place, quote=quote, confidence=round(sure, 3)))
    found = [each for each in found if not _no_place(each, found)]
    if any(each.rule == "header" for each in of_layout if each.place.page in numbers) or _by_professional(found):
        found = _from_an_office(found)
    # The head of a letter says the office's numbers better than a guess from its sentences.
    printed = {each.path for each in of_layout if each.place.page in numbers and each.path in _OF_LETTERHEAD}
    found = [each for each in found if each.path not in printed or each.rule not in ("guessed", "some of its words")]
    known = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
    heads = [each for each in of_layout if each.place.page in numbers and each.path in _OF_LETTERHEAD]
    return found + [each for each in heads if each.path not in known or each.rule == "header"]


_THEIRS: Final = re.compile(
    r"(?i)\b(?:she|he|they|patient|pt|his|her|their|mr|mrs|ms|miss|child|student|family|mother|father|parents?|home|cell)\b"
    r"[^.;]{0,60}$"
)


def _of_whom(each: Found, text: str, of_layout: Sequence[Found]) -> Found:
    """A number in the sentences of a letter whose head has the office's own is the patient's, where they speak of them."""
    span = each.place.span
    office = any(head.path == "referrer.phone" and head.value != each.value for head in of_layout)
    if each.path == "referrer.phone" and span and office and _THEIRS.search(text[max(0, span[0] - 90) : span[0]]):
        return replace(each, path="patient.phone", confidence=confidence.of("named in a sentence"))
    return each


def _by_professional(found: Sequence[Found]) -> bool:
    return any(each.path == "lead_kind" and each.value == "referral_partner" for each in found)


def _from_an_office(found: Sequence[Found]) -> list[Found]:
    """A letter under an office's head is written by somebody of it about somebody else: whoever signs is not the patient,
    and nobody writes of themselves."""
    signs = {str(each.value) for each in found if each.path in ("referrer.name", "contact.name") and each.rule == "signature"}
    kept = []
    for each in found:
        if each.rule == "signature" and each.path.startswith(("patient.", "contact.")):
            continue
        if each.path == "contact.relationship" and each.value == "self":
            continue
        if each.path == "contact.name" and each.value in signs:
            continue
        if each.path == "lead_kind":
            each = replace(each, value="referral_partner", confidence=max(each.confidence, confidence.of("follows from")))
        kept.append(each)
    return kept


def _no_place(each: Found, found: Sequence[Found]) -> bool:
    """ "BlueRiver Health Plan, ID 3310" is no city in Idaho."""
    if each.path not in ("patient.city", "patient.state", "patient.postal_code"):
        return False
    cities = [other for other in found if other.path == "patient.city" and other.place.page == each.place.page]
    return any(
        names.is_organization(str(other.value)) and abs(other.place.box.top - each.place.box.top) < 0.02
        for other in cities
        if other.place.box and each.place.box
    )


def _prints(each: Found) -> bool:
    """Whether a value is spelled as it stood, so that a slip of the eye spoils it."""
    return isinstance(each.value, str) and bool(re.search(r"name|phone|fax|number|_id|npi|street|email|date", each.path))


def _sort_of_letters(whole: Written, day: dt.date) -> str:
    if not whole.words:
        return "unclear"
    return texts.understand(Told("fax", day, tuple(letters.passages(whole.text)))).sort


def _sort(text: str, found: Sequence[Found]) -> str:
    sure = {each.path for each in found if each.confidence >= confidence.THRESHOLD}
    patient = bool(sure & {"patient.last_name", "patient.first_name"})
    details = bool(sure & {"patient.date_of_birth", "patient.age_years"})
    wants = bool(sure & {"disciplines", "service", "program"})
    codes = bool(sure & {"diagnoses", "frequencies"})
    return kinds.judged(text, names_a_patient=patient and details, wants_care=wants, codes=codes).sort


def _judged(whole: Written, found: Sequence[Found], sort: str) -> list[Found]:
    """Whether it is a referral at all; what nobody can tell stays open."""
    if not whole.words or sort not in (*kinds.NOT_REFERRALS, "referral"):
        return []
    place, quote = whole.place(0, 1)
    del found
    return [Found("not_a_referral", sort != "referral", confidence.of("in these words"), place, quote, "in these words")]


def _flags(whole: Written) -> list[Found]:
    """Red flags anywhere on the pages."""
    if not whole.words:
        return []
    sure = confidence.of("in these words")
    for start, sentence in _sentences(whole.text):
        if flags := red_flags.find(sentence):
            place, quote = whole.place(start, start + len(sentence))
            reason = "; ".join(red_flags.RED_FLAGS[flag] for flag in flags)
            return [
                Found("escalate", True, sure, place, quote, "in these words"),
                Found("escalate_reason", reason, sure, place, quote, "in these words"),
            ]
    place, quote = whole.place(0, 1)
    return [Found("escalate", False, sure, place, quote, "in these words")]


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, in which lines run on, each as one: a sentence may run over a line's end."""
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        yield match.start(), match[0].replace("\n", " ")



