"""Pages of words to values: labelled fields, ticked boxes, the letterhead, the signature; several patients in one document.

What forms have in common, by layout and by the words they use; nobody's own form is known here. Pure.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz

from firstvisit.steps.intake.pages.page import Page, Word
from firstvisit.steps.intake.understanding import confidence, form_values
from firstvisit.steps.intake.understanding.fields_of_forms import Field, fields_of
from firstvisit.steps.intake.understanding.form_conclusions import concluded
from firstvisit.steps.intake.understanding.form_values import READERS, Asked, Said
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around, sheet_of
from firstvisit.steps.intake.understanding.values import contact_points, dates, names

EVERYBODY: Final = -1
"""In place of a patient's number: said of every patient of the document."""
_LONGEST_LINE: Final = 66
"""Characters of a line of a form or a pad; longer ones are sentences, which `paper` reads as a letter's."""
_FEWEST: Final = 4
"""Known labels with a value that make a page a form rather than a letter."""
_SIGNED: Final = re.compile(r"(?:electronically|digitally|e-?)\s*signed|signed electronically|/s/|status\W*signed|authenticated by|signature on file", re.I)
_UNSIGNED: Final = re.compile(r"\b(?:unsigned|not signed|awaiting signature|signature pending|pending signature)\b", re.I)


@dataclass(frozen=True, slots=True)
class Form:
    """What a document of pages says, and which of its pages are letters, to be read as such."""

    found: tuple[Found, ...]
    letters: tuple[Sheet, ...]
    sheets: tuple[Sheet, ...]
    fields: tuple[Field, ...]
    written_on: dt.date


def read(pages: Sequence[Page], received_on: dt.date) -> Form:
    """Everything found on `pages`. `received_on` bounds dates and fills in years where the form has no date."""
    sheets = tuple(sheet_of(page) for page in pages)
    paired = [fields_of(sheet) for sheet in sheets]
    written_on = _written_on([each for fields, _ in paired for each in fields], received_on)
    patients = _Patients()
    found: list[Found] = []
    letters: list[Sheet] = []
    for sheet, (fields, rest) in zip(sheets, paired, strict=True):
        known = [each for each in fields if each.key in READERS and (each.value or each.boxes)]
        if len({each.key for each in known}) < _FEWEST:
            letters.append(sheet)
        reader = _Reader(sheet, fields, rest, written_on, patients)
        found += reader.found()
    found = _for_each(found, len(patients.known))
    found += concluded(found, [each for fields, _ in paired for each in fields], written_on)
    return Form(
        tuple(found), tuple(letters), sheets, tuple(each for fields, _ in paired for each in fields), written_on
    )


def _written_on(fields: Iterable[Field], received_on: dt.date) -> dt.date:
    for each in fields:
        if each.key == "written":
            for day in dates.days(each.text, received_on):
                if day.value.year_said and abs((received_on - day.value.date).days) < 1000:
                    return day.value.date
    return received_on


def _for_each(found: Sequence[Found], patients: int) -> list[Found]:
    """What is said of everybody, said of each patient of whom the same is not said otherwise."""
    out = [each for each in found if each.patient != EVERYBODY]
    own = {(each.patient, each.path) for each in out}
    for each in found:
        if each.patient == EVERYBODY:
            out += [replace(each, patient=n) for n in range(max(patients, 1)) if (n, each.path) not in own or patients <= 1]
    return out


class _Patients:
    """Which patient of the document is spoken of: another name with another birth date begins another."""

    def __init__(self) -> None:
        self.known: list[tuple[str, str | None]] = []
        self.now = 0

    def named(self, name: str, born: str | None) -> bool:
        """Turn to the patient of this name; False where a name without a birth date is nobody known."""
        for number, (known, known_born) in enumerate(self.known):
            like = fuzz.token_sort_ratio(name.lower(), known.lower()) >= 78 or fuzz.token_set_ratio(name.lower(), known.lower()) == 100
            if like and (born is None or known_born is None or born == known_born or fuzz.ratio(born, known_born) >= 80):
                self.now = number
                return True
            if born is not None and born == known_born and fuzz.token_sort_ratio(name.lower(), known.lower()) >= 55:
                self.now = number
                return True
        if self.known and born is None:
            return False
        self.known.append((name, born))
        self.now = len(self.known) - 1
        return True


class _Reader:
    """One page on its way to values."""

    def __init__(
        self, sheet: Sheet, fields: Sequence[Field], rest: Sequence[Run], written_on: dt.date, patients: _Patients
    ) -> None:
        self.sheet, self.fields, self.rest, self.written_on = sheet, fields, rest, written_on
        self.patients = patients
        self.shared = False
        """Whether what comes is said of all patients: outside of their table, or before the first is named."""

    def found(self) -> list[Found]:
        found: list[Found] = []
        in_table = any(each.of is not None for each in self.fields)
        for number, each in enumerate(self.fields):
            if in_table and each.of is None:
                self.shared = True
            named = each.key == "patient_name" or (each.key == "name" and each.owner == "patient")
            name = form_values.named_patient(each.text, each.label) if named else None
            if name and not self.patients.named(name[0], self._born(number)):
                continue
            found += self._field(each)
        found += self._options()
        found += self._letterhead()
        found += self._signature()
        found += self._between()
        return found

    def _between(self) -> Iterator[Found]:
        """What is wanted, where it stands free: in the title, and on a pad of prescriptions below "Rx"."""
        keys = {each.key for each in self.fields if each.value}
        body = min((each.box.top for each in self.fields if each.owner == "patient"), default=0.3)
        for run in self.rest:
            if run.ticked is not None or len(run.text) > _LONGEST_LINE:
                continue
            asked = Asked(run.text, "", "patient", self.written_on)
            said = list(form_values.service(asked)) if "service" not in keys else []
            if run.box.top < body:
                # A title names the therapy; whether it also says what is ordered is another matter.
                said = [each for each in said if each.path == "disciplines"] if _TITLE_OF_FORM.search(run.text) else []
            elif "frequency" in keys:
                said = [each for each in said if each.path != "frequencies"]
            for each in said:
                yield self._as_found(each, [run], 1.0, "in these words")
            if not said and run.box.top >= body and "concern" not in keys and len(run.text.split()) >= 3:
                for each in form_values.concern(asked):
                    yield self._as_found(each, [run], 1.0, "in these words")
                    keys.add("concern")

    def _born(self, number: int) -> str | None:
        """The birth date that follows the name in field `number`, before the next name."""
        for each in self.fields[number + 1 :]:
            if each.key == "patient_name":
                return None
            if each.key in ("dob", "dob_sex"):
                said = next(iter(READERS["dob"](Asked(each.text, each.label, "patient", self.written_on))), None)
                return str(said.value) if said else None
        return None

    def _field(self, field: Field) -> Iterator[Found]:
        key, owner = field.key, field.owner
        if key == "name":
            key = {"patient": "patient_name", "contact": "contact", "referrer": "referrer"}.get(owner, "")
        if key in ("address", "place", "zip", "state") and owner == "contact":
            owner = "patient"
        if key == "phone" and owner == "payer":
            return
        if key == "patient_name" and list(form_values.therapies(field.text)):
            key = "service"  # "Referral for: PT", "Regarding: speech evaluation"
        reads = READERS.get(key)
        if reads is None or not field.text.strip() or owner in ("us", "other"):
            return
        asked = Asked(field.text, field.label, owner, self.written_on)
        for said in reads(asked):
            yield self._as_found(said, field.value, field.near, "label")

    def _as_found(self, said: Said, runs: Sequence[Run], near: float, rule: str) -> Found:
        words = list(_words_of(runs, said.start, said.end)) or [word for run in runs for word in run.words]
        seen = min((word.confidence for word in words if len(word.text) > 1), default=1.0)
        box = around(word.box for word in words)
        quote = " ".join(word.text for word in words)
        sure = confidence.of(rule) * said.sure * eye(seen, said.held or said.path in _CHECKED, self.sheet.page.how) * (1.0 if near > 0.99 else 0.97)
        return Found(said.path, said.value, round(sure, 3), Place(runs[0].page, box), quote, rule, self._whose())

    def _whose(self) -> int:
        return EVERYBODY if self.shared or not self.patients.known else self.patients.now

    def _options(self) -> Iterator[Found]:
        """Ticked boxes that no label took: what they say tells what they are."""
        for run in self.rest:
            if run.ticked:
                for said in option(run.text, self.written_on):
                    yield self._as_found(said, [run], 1.0, "label")

    def _letterhead(self) -> Iterator[Found]:
        """The sender's own lines over the form: who they are, and where no label says so."""
        first = min((each.box.top for each in self.fields if each.owner in ("patient", "contact")), default=0.35)
        for run in self._head_lines(first):
            text = re.split(r"\s[•|]\s|[•|:]", run.text)[0].strip(" ,")
            found = form_values.person(text)
            if found and found[1] and len(found[0].split()) >= 2:
                for said in READERS["referrer"](Asked(text, "", "referrer", self.written_on)):
                    yield self._as_found(said, [run], 1.0, "header")
            elif _over_an_address(run.text) or self._is_house(text):
                # "Mercy Fork Hospital – Care Transitions": the house before its department.
                house = re.split(r"\s[–—-]\s", text)[0]
                name = house if len(house.split()) >= 2 else text
                name = name.split(",")[0] if _over_an_address(run.text) else name
                yield self._as_found(Said("referrer.organization", name, 0, len(name)), [run], 1.0, "header")
                break
        for run in (run for run in self.rest if run.box.bottom <= first + 0.002 and run.ticked is None):
            for span in contact_points.phones(run.text):
                before = run.text[max(0, span.start - 14) : span.start].lower()
                after = run.text[span.end : span.end + 8].lower()
                fax = "fax" in before or "fax" in after or re.search(r"\bf\W*$", before)
                path = f"referrer.{'fax' if fax else 'phone'}"
                yield self._as_found(Said(path, span.value, span.start, span.end), [run], 1.0, "header")

    @staticmethod
    def _is_house(text: str) -> bool:
        return names.is_organization(text) and not _TITLE_OF_FORM.search(text) and len(text) < 70

    def _head_lines(self, first: float) -> Iterator[Run]:
        """Lines over the form, each with the runs that stand close together joined: large type is set wide."""
        for line in self.sheet.lines:
            if not line or line[0].box.bottom > first + 0.002:
                continue
            joined = line[0]
            for run in line[1:]:
                if run.box.left - joined.box.right > 2.2 * self.sheet.wide:
                    yield joined
                    joined = run
                else:
                    joined = replace(joined, words=joined.words + run.words)
            yield joined

    def _signature(self) -> Iterator[Found]:
        for line in self.sheet.lines:
            for run in line:
                if _UNSIGNED.search(run.text) or _SIGNED.search(run.text):
                    yield self._as_found(Said("order_signed", not _UNSIGNED.search(run.text), 0, len(run.text)), [run], 1.0, "label")
                    return
        if any(each.key == "status" and re.fullmatch(r"\W*(?:e-?)?signed\W*", each.text, re.I) for each in self.fields):
            each = next(each for each in self.fields if each.key == "status")
            yield self._as_found(Said("order_signed", True, 0, len(each.text)), each.value, 1.0, "label")
            return
        for each in self.fields:
            if each.key != "signature" or re.search(r"patient|parent|guardian", each.label, re.I):
                continue
            over = [
                run for run in self.rest
                if each.box.top - 3.2 * self.sheet.tall < run.box.top < each.box.top + 0.3 * self.sheet.tall
                and run.box.left < each.box.right + 0.3 and run.box.right > each.box.left - 0.05
            ]  # fmt: skip
            ink = [run for run in (*each.value, *over) if re.search(r"[A-Za-z]{2}", run.text)]
            signed = bool(ink)
            box = around(run.box for run in ink) if ink else each.box
            quote = " ".join(run.text for run in ink) or each.label
            sure = confidence.of("label") * (0.97 if signed else 0.95)
            yield Found("order_signed", signed, round(sure, 3), Place(each.page, box), quote, "label", self._whose())
            return


_ADDRESS: Final = re.compile(r"^[A-Z][\w&'’. -]+?,\s*(?:P\.?\s?O\.? Box|\d+ [A-Z]).*\b[A-Z]{2} \d{5}")


def _over_an_address(text: str) -> bool:
    """ "Ridgepoint Injury Management, PO Box 88, Denver, CO 80206": what stands before an address is whose it is."""
    return bool(_ADDRESS.match(text)) and len(text.split(",")[0].split()) >= 2


_TITLE_OF_FORM: Final = re.compile(
    r"\b(?:referral|order|request|form|authorization|prescription|cover ?sheet|intake|fax|letter|please|therapy services|evaluation|urgent|confidential|attention|our office|physician order)\b", re.I
)


def option(text: str, written_on: dt.date) -> Iterator[Said]:
    """What the words behind a ticked box say by themselves."""
    asked = Asked(text, "", "patient", written_on)
    found = [*form_values.service(asked)]
    if re.fullmatch(r"\W*(?:m|f|male|female)\W*", text, re.I):
        found += READERS["sex"](asked)
    if not found:
        found += READERS["timing"](asked)
    if not found and re.search(r"\b(?:notes?|summary|report|IEP|order|H&P|prescription|script)\b", text, re.I):
        found += form_values.documents(asked)
    if not found and len(text.split()) <= 3:
        found += READERS["setting"](asked)
    if not found and re.search(r"\bauth|approved|pending|required", text, re.I):
        found += READERS["authorization"](asked)
    if not found:
        kind = form_values.payer_kind(text)
        if kind:
            found.append(Said("payers.0.kind", kind, 0, len(text), 0.93))
    yield from found


def _words_of(runs: Sequence[Run], start: int, end: int) -> Iterator[Word]:
    """The words of `runs` that hold the characters `start` to `end` of their text."""
    at = 0
    for run in runs:
        for word in run.words:
            if at < end and start < at + len(word.text):
                yield word
            at += len(word.text) + 1


_CHECKED: Final = frozenset({"referrer.npi", "diagnoses", "disciplines", "service", "patient.sex", "documents", "frequencies"})
"""Fields whose reader knows a wrong reading when it sees one: a check digit, a list of codes, a few words."""


def eye(seen: float, held: bool, how: str) -> float:
    """What is left of a confidence when the engine was `seen` sure of its least sure word. RapidOCR says 0.97 and more of
    clear print and 0.9 of what it half guesses; Tesseract says 0.8 to 0.97 of the same print."""
    if how == "text_layer":
        return 1.0
    clear, guessed = (0.95, 0.9) if how == "rapidocr" else (0.8, 0.6)
    if seen >= clear:
        return 1.0
    left = 0.86 + 0.14 * (seen - guessed) / (clear - guessed) if seen > guessed else 0.86 * max(0.3, seen / guessed)
    return 1 - (1 - left) * 0.25 if held else left
