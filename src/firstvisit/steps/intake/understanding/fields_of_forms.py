"""A page's fields: each label with the value beside it, below it or in its cell, and whose field it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.steps.intake.pages.page import Box, Word
from firstvisit.steps.intake.understanding import labels, tables
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around

OWNERS: Final = {
    "patient_name": "patient", "first_name": "patient", "last_name": "patient", "dob": "patient", "age": "patient",
    "sex": "patient", "dob_sex": "patient", "patient_phone": "patient", "contact": "contact", "contact_phone": "contact",
    "relationship": "contact", "referrer": "referrer", "organization": "referrer", "npi": "referrer", "from": "referrer",
    "referrer_phone": "referrer", "referrer_fax": "referrer", "referrer_phone_fax": "referrer", "insurance": "payer",
    "member": "payer", "claim": "payer", "group": "payer", "authorization": "payer", "authorization_number": "payer",
    "secondary": "other", "subscriber_name": "other", "pcp": "other", "to": "us", "signature": "referrer",
}  # fmt: skip
"""Whose fields follow behind a label that says it."""
WHOEVER: Final = frozenset({"name", "phone", "fax", "phone_fax", "email", "address", "place", "state", "zip"})
"""Labels that do not say whose; the part of the form or the label before them does."""
_PROSE: Final = frozenset({"concern", "diagnosis", "address", "service", "documents", "precautions", "frequency", "insurance", "contact"})
"""Fields whose values run over several lines."""
_NO_COLON_NEEDED: Final = re.compile(
    r"^(?:dob|date of birth|birth date|npi|tel|telephone|phone|ph|fax|cell|dx|icd|sex|age|id|mrn|member id|group|ssn)\b", re.IGNORECASE
)
_TYPED: Final = re.compile(r"^[#:(\s]*(?:\+?1[\s.-]?)?[(\d]|^[A-TV-Z]\d\d|^(?:M|F|Male|Female)\b")


@dataclass(frozen=True, slots=True)
class Field:
    """One label with its value's runs, in reading order. `owner` is patient, contact, referrer, payer, us or other;
    `options` are what was ticked among its boxes, `boxes` whether it has any."""

    key: str
    label: str
    near: float
    value: tuple[Run, ...]
    owner: str
    box: Box
    page: int
    boxes: bool = False
    colon: bool = True
    of: int | None = None
    """Of a table with several patients: whose row or column it stands in, from 0; None for what stands outside."""

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.value)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A label or a stretch without one, of one line, in reading order."""

    run: Run
    key: str | None = None
    near: float = 0.0
    colon: bool = False
    label: str = ""
    at: Box | None = None
    """Where the label stands."""


def fields_of(sheet: Sheet) -> tuple[list[Field], list[Run]]:
    """The labelled fields of a page, and the runs that no label took."""
    lines = [[piece for run in _joined(line, sheet.wide) for piece in _pieces(run)] for line in sheet.lines]
    return _Pairing(sheet, lines).paired()


def _joined(line: Sequence[Run], wide: float) -> list[Run]:
    """A line's runs, those joined that together are one label: "Discharge" and "date", set a little apart."""
    joined: list[Run] = []
    for run in line:
        before = joined[-1] if joined else None
        if before is not None and before.ticked is None and run.ticked is None and ":" not in before.text:
            found = labels.label_of(f"{before.text} {run.text}")
            if found and found.near == 1.0 and run.box.left - before.box.right < 2 * wide:
                joined[-1] = replace(before, words=before.words + run.words)
                continue
        joined.append(run)
    return joined


def begins_with_label(run: Run) -> bool:
    """Whether the first words of a run are a label."""
    return any(piece.key for piece in _pieces(run)[:1])


def _pieces(run: Run) -> list[_Piece]:
    """A run cut at each label in it: "Tel (404) 555-0186 Fax (404) 555-0129" are two fields."""
    if run.ticked is not None:
        return [_Piece(run)]
    words, cuts = run.words, []
    # A colon that stands far behind its label begins the next run.
    while words and not re.search(r"\w", words[0].text):
        words = words[1:]
    if not words:
        return []
    run = replace(run, words=words)
    position = 0
    while position < len(words):
        found = _label_at(words, position)
        if found is None:
            position += 1
            continue
        length, key, near, colon = found
        cuts.append((position, length, key, near, colon))
        position += length
    if not cuts:
        return [_Piece(run)]
    pieces = []
    if cuts[0][0] > 0:
        pieces.append(_Piece(replace(run, words=words[: cuts[0][0]])))
    for number, (start, length, key, near, colon) in enumerate(cuts):
        end = cuts[number + 1][0] if number + 1 < len(cuts) else len(words)
        label = words[start : start + length]
        value = _behind_colon(words[start + length - 1], words[start + length : end])
        pieces.append(
            _Piece(
                replace(run, words=value or label),
                key,
                near,
                colon,
                " ".join(word.text for word in label),
                around(word.box for word in label),
            )
            if value
            else _Piece(
                replace(run, words=()), key, near, colon, " ".join(word.text for word in label), around(w.box for w in label)
            )
        )
    return pieces


def _behind_colon(last: Word, rest: Sequence[Word]) -> tuple[Word, ...]:
    """The value's words; "DOB:05/12/1994" was read as one word, "Date :" with the colon as a word of its own."""
    head, colon, tail = last.text.partition(":")
    words = list(rest)
    if colon and tail.strip():
        share = (len(head) + 1) / len(last.text)
        edge = last.box.left + share * (last.box.right - last.box.left)
        words.insert(0, Word(tail.strip(), last.box._replace(left=edge), last.confidence))
    while words and not re.search(r"\w", words[0].text):
        words = words[1:]
    while words and not re.search(r"[\w)%]", words[-1].text):
        words = words[:-1]
    return tuple(word for word in words if not re.fullmatch(r"_+", word.text))


def _label_at(words: Sequence[Word], position: int) -> tuple[int, str, float, bool] | None:
    """How many words a label takes that begins at `position`, its key ("" for one nobody knows), how near, and whether
    a colon ends it."""
    at_start = position == 0
    unknown = None
    for length in range(min(labels.LONGEST, len(words) - position), 0, -1):
        part = words[position : position + length]
        text = " ".join(word.text for word in part)
        last = part[-1].text
        if ":" in " ".join(word.text for word in part[:-1]):
            continue
        rest = words[position + length :]
        colon = ":" in last or bool(rest and re.match(r"[:;]", rest[0].text))
        head = text.split(":")[0] if ":" in last else text
        if not at_start and text[0] in "([":  # "Ann Lee (mother)  Phone:"
            continue
        if not re.search(r"[A-Za-z]", head) or re.search(r"\d:\d", last):  # 14:30 is no label
            continue
        found = labels.label_of(head)
        whole = at_start and length == len(words)
        typed = _TYPED.match(" ".join(word.text for word in rest[:2]))
        reach = found is not None and found.key in ("phone", "fax") and typed and at_start
        if found and not colon and labels.is_no_label_alone(head) and not reach:
            continue
        if found and not colon and not whole and labels.wants_colon(head) and not reach:
            continue
        if found and (colon or whole or (at_start and _may_begin(found.key, rest, head))):
            return length, found.key, found.near, colon
        if found and not at_start and _NO_COLON_NEEDED.match(head) and typed:
            return length, found.key, found.near, False
        if colon and at_start and length <= 6 and not found and last.endswith(":"):
            unknown = unknown or (length, "", 0.0, True)
    return unknown


def _may_begin(key: str, rest: Sequence[Word], head: str) -> bool:
    """Whether words behind a label without a colon are its value: of the right sort, beginning like one."""
    if not rest:
        return True
    text = " ".join(word.text for word in rest)
    if key in ("dob", "phone", "fax", "npi", "age", "patient_phone", "contact_phone", "referrer_phone", "referrer_fax", "zip",
               "surgery", "injury", "discharge", "written", "iep", "phone_fax"):  # fmt: skip
        return bool(re.match(r"[(#\d]|\+1|[A-Z][a-z]{2,8}\.? \d", text))
    if key in ("name", "patient_name", "referrer", "address", "organization", "insurance", "signature", "contact", "from"):
        return (bool(re.match(r"[A-Z0-9]", text)) and head.isupper() is not text.isupper()) or (
            key in ("name", "address", "signature") and bool(re.match(r"[A-Z0-9]", text)) and len(rest) <= 8
        )
    if key in ("member", "group", "claim", "authorization_number"):
        return bool(re.match(r"[#(A-Z0-9-]*\d", text))
    if key in ("sex",):
        return bool(re.match(r"(?:M|F|Male|Female|male|female)\b", text))
    if key in ("diagnosis",):
        return bool(re.match(r"[A-Z]\d\d|[A-Z]", text)) and len(head) > 1
    return False


class _Pairing:
    """Labels of one page on their way to values."""

    def __init__(self, sheet: Sheet, lines: list[list[_Piece]]) -> None:
        self.sheet = sheet
        self.lines = lines
        self.taken: set[int] = set()
        self.ruled = [rule for rule in sheet.page.rules if rule.right - rule.left > 3 * (rule.bottom - rule.top)]
        self.sections = self._sections()
        self.under = self._labels_stand_under()

    def paired(self) -> tuple[list[Field], list[Run]]:
        fields: list[Field] = self._tables()
        for number, line in enumerate(self.lines):
            for place, piece in enumerate(line):
                if piece.key is None or piece.at is None or id(piece) in self.taken:
                    continue
                if self._is_heading(piece):
                    continue
                value = self._value(number, place, piece)
                boxes = any(run.ticked is not None for run in value)
                kept = tuple(run for run in value if run.words and run.ticked is not False)
                fields.append(
                    Field(piece.key, piece.label, piece.near, kept, "", piece.at, self.sheet.page.number, boxes, piece.colon)
                )
        rest = [
            piece.run
            for line in self.lines
            for piece in line
            if piece.key is None and id(piece) not in self.taken and piece.run.words
        ]
        return self._owned(fields), rest

    def _labels_stand_under(self) -> bool:
        """Whether the form has its labels below the line that the value is written on."""
        below = above = 0
        for number, line in enumerate(self.lines):
            for piece in line:
                if piece.key is None or piece.run.words or piece.at is None or piece.colon:
                    continue
                below += bool(self._over(number, piece.at))
                above += bool(number + 1 < len(self.lines) and self._unlabelled(number + 1, piece.at, "below"))
        return below >= 3 and below > above

    def _over(self, number: int, at: Box) -> list[_Piece]:
        """Runs right above a label with a ruling line between."""
        if number == 0:
            return []
        return [piece for piece in self._unlabelled(number - 1, at, "above") if self._rule_between(piece.run.box, at)]

    def _unlabelled(self, number: int, at: Box, where: str) -> list[_Piece]:
        end = self._cell_end(number + (1 if where == "above" else -1), at)
        found = []
        for piece in self.lines[number]:
            if piece.key is not None or not piece.run.words or not at.left - self.sheet.wide <= piece.run.box.left < end:
                continue
            room = at.top - piece.run.box.bottom if where == "above" else piece.run.box.top - at.bottom
            if room < 1.3 * self.sheet.tall:
                found.append(piece)
        return found

    def _tables(self) -> list[Field]:
        """The fields of a table of patients, if the page has one."""
        for table in (tables.rows, tables.columns):
            patients, taken = table(self.lines)
            if patients:
                self.taken |= taken
                return [
                    Field(cell.key, cell.label, 1.0, (cell.run,), "", cell.at, self.sheet.page.number, of=number)
                    for number, cells in enumerate(patients)
                    for cell in cells
                ]
        return []

    def _sections(self) -> list[tuple[str, Box]]:
        """Headings with the stretch of page they rule: down to the next heading that overlaps them sideways."""
        found: list[tuple[str, Box]] = []
        heads: list[tuple[str, Box]] = []
        for number, line in enumerate(self.lines):
            for piece in line:
                text = piece.label or piece.run.text
                if piece.run.words and piece.key is not None:
                    continue
                owner = labels.section_of(text.rstrip(": "))
                if owner is None or piece.run.ticked is not None:
                    continue
                box = piece.at or piece.run.box
                if piece.key is not None and piece.key != "" and not self._stands_as_heading(number, piece, box, text):
                    continue
                heads.append((owner, box))
        for number, (owner, box) in enumerate(heads):
            beside = [other.left for n, (_, other) in enumerate(heads) if n != number and abs(other.top - box.top) < self.sheet.tall and other.left > box.right]
            right = min(beside, default=1.0)
            left = 0.0 if not any(abs(o.top - box.top) < self.sheet.tall and o.right < box.left for _, o in heads) else box.left - 0.02
            below = [other.top for _, other in heads if other.top > box.bottom and left < other.right and other.left < right]
            found.append((owner, Box(left, box.top, right, min(below, default=1.0))))
        return found

    def _stands_as_heading(self, number: int, piece: _Piece, box: Box, text: str) -> bool:
        """Whether a word that may be a label ("PATIENT", "Insurance") is a heading: nothing beside it that could be its
        value, and labels below it."""
        for other in self.lines[number]:
            if other is piece or not (other.run.words or other.at):
                continue
            if labels.section_of((other.label or other.run.text).rstrip(": ")) is None or (other.run.words and other.at):
                return False
        for line in self.lines[number + 1 : number + 3]:
            for other in line:
                where = other.at or (other.run.box if other.run.words else None)
                if where is None or not box.left - 0.03 < where.left < box.right + 0.05:
                    continue
                if other.key is None or self._rule_between(box, where):
                    return False
                return text.isupper() or other.key in WHOEVER
        return False

    def _is_heading(self, piece: _Piece) -> bool:
        return not piece.run.words and any(
            abs(box.top - (piece.at or box).top) < 1e-6 and piece.at is not None and box.left <= piece.at.left + 0.021
            for _, box in self.sections
        ) and labels.section_of((piece.label or "").rstrip(": ")) is not None

    def _value(self, number: int, place: int, piece: _Piece) -> tuple[Run, ...]:
        line, at = self.lines[number], piece.at
        assert at is not None
        value: list[Run] = [piece.run] if piece.run.words else []
        # What stands further right on the line, up to the next label or ruling line.
        edge = value[-1].box.right if value else at.right
        reach = 14 * self.sheet.wide if not value else 2.2 * self.sheet.wide
        for other in line[place + 1 :]:
            if other.key is not None or not other.run.words or id(other) in self.taken:
                break
            box = other.run.box
            if box.left - edge > (reach if other.run.ticked is None else 6 * self.sheet.wide) and not (
                not value and box.left - edge < 0.5
            ):
                break
            if self._wall(edge, box.left, at) or (not value and self._belongs_above(number, box)):
                break
            value.append(other.run)
            self.taken.add(id(other))
            edge = box.right
            reach = 2.2 * self.sheet.wide
        if value and not piece.run.words and piece.key in _PROSE and number:
            value = self._begun_above(number, value[0].box, at) + value
        if not value and self.under and not piece.colon:
            over = [each for each in self._over(number, at) if id(each) not in self.taken]
            self.taken.update(id(each) for each in over)
            return tuple(each.run for each in over)
        if not value and piece.key in _PROSE:
            value = self._astride(number, at)
        if not value:
            return tuple(self._below(number, at, piece.key or ""))
        if piece.key in _PROSE or any(run.ticked is not None for run in value):
            value += self._continued(number, value, at, piece.key or "", ticks=any(run.ticked is not None for run in value))
        return tuple(value)

    def _astride(self, number: int, at: Box) -> list[Run]:
        """A value of two lines whose label stands between them, half a line lower than the first."""
        found: list[_Piece] = []
        for line in (self.lines[number - 1 : number] if number else []) + self.lines[number + 1 : number + 2]:
            if any(piece.key is not None for piece in line):
                return []
            for piece in line:
                box = piece.run.box if piece.run.words else at
                near = box.left > at.right and abs(box.top - at.top) < self.sheet.tall
                if near and id(piece) not in self.taken and not self._wall(at.right, box.left, at):
                    found.append(piece)
        if len({piece.run.line for piece in found}) < 2:
            return []
        self.taken.update(id(piece) for piece in found)
        return [piece.run for piece in found]

    def _begun_above(self, number: int, box: Box, at: Box) -> list[Run]:
        """The line over a value that belongs to it, where the label stands in the middle of both."""
        line = self.lines[number - 1]
        if any(piece.key is not None for piece in line):
            return []
        return [
            piece.run
            for piece in line
            if piece.run.words
            and id(piece) not in self.taken
            and abs(piece.run.box.left - box.left) < self.sheet.wide
            and at.top - piece.run.box.top < 1.6 * self.sheet.tall
        ]

    def _wall(self, left: float, right: float, at: Box) -> bool:
        """Whether an upright ruling line stands between."""
        middle = (at.top + at.bottom) / 2
        return any(
            left - 0.004 <= rule.left <= right + 0.004 and rule.top < middle < rule.bottom
            for rule in self.sheet.page.rules
            if rule.bottom - rule.top > rule.right - rule.left
        )

    def _belongs_above(self, number: int, box: Box) -> bool:
        """Whether a run is the value of a label right above it rather than of the one beside it."""
        for line in self.lines[max(0, number - 1) : number]:
            for other in line:
                if other.key and other.at is not None and not other.run.words and abs(other.at.left - box.left) < self.sheet.wide:
                    return box.top - other.at.bottom < 0.9 * self.sheet.tall and not self._rule_between(other.at, box)
        return False

    def _rule_between(self, upper: Box, lower: Box) -> bool:
        return any(
            upper.bottom - 0.003 <= rule.top <= lower.top + 0.003 and rule.left < lower.right and rule.right > lower.left
            for rule in self.ruled
        )

    def _below(self, number: int, at: Box, key: str) -> list[Run]:
        """The value under a label, in its cell or close below it."""
        tall, wide = self.sheet.tall, self.sheet.wide
        found: list[Run] = []
        bottom = at.bottom
        left, right = at.left - 1.2 * wide, self._cell_end(number, at)
        for line in self.lines[number + 1 : number + 9]:
            here = [
                other
                for other in line
                if (other.at or (other.run.box if other.run.words else None)) is not None
                and left <= (other.at or other.run.box).left < right
            ]
            if not here:
                if found or (line and _line_top(line) - bottom > 2.2 * tall):
                    break
                continue
            first = here[0]
            box = first.at or first.run.box
            if box.top - bottom > 1.6 * tall or first.key is not None or self._rule_between(at._replace(bottom=bottom), box):
                break
            if found and key not in _PROSE and found[0].ticked is None:
                break
            for other in here:
                if other.key is not None or id(other) in self.taken:
                    break
                if found and other.run.line == found[-1].line and other.run.ticked is None and other.run.box.left - found[-1].box.right > 3 * wide:
                    break
                found.append(other.run)
                self.taken.add(id(other))
            bottom = max(run.box.bottom for run in found) if found else bottom
        return found

    def _cell_end(self, number: int, at: Box) -> float:
        """Where the column of a label ends: at an upright ruling line or at the next label on its line."""
        middle = (at.top + at.bottom) / 2
        walls = [
            rule.left
            for rule in self.sheet.page.rules
            if rule.bottom - rule.top > rule.right - rule.left and rule.top < middle < rule.bottom and rule.left > at.right
        ]
        nexts = [
            (other.at or other.run.box).left
            for other in self.lines[number]
            if (other.at is not None or other.run.words) and (other.at or other.run.box).left > at.right
        ]
        return min(walls + [each - 0.005 for each in nexts], default=1.0)

    def _continued(self, number: int, value: Sequence[Run], at: Box, key: str, *, ticks: bool) -> list[Run]:
        """Lines that go on below a value: they begin where it or its label does, and carry no label."""
        more: list[Run] = []
        start, bottom = value[0].box.left, max(run.box.bottom for run in value)
        tall, wide = self.sheet.tall, self.sheet.wide
        end = self._cell_end(number, value[-1].box)
        for line in self.lines[number + 1 : number + 7]:
            here = [p for p in line if p.run.words or p.at is not None]
            inside = [p for p in here if at.left - wide <= (p.at or p.run.box).left < end]
            if not inside:
                continue
            first = inside[0]
            box = first.at or first.run.box
            begins = abs(box.left - start) < wide or (ticks and first.run.ticked is not None)
            if key in ("address", "diagnosis"):
                begins = begins or (abs(box.left - at.left) < 2 * wide and (key == "address" or starts_with_code(first.run.text)))
            if len(re.sub(r"\W", "", first.run.text)) < 3 and first.run.ticked is None:
                break
            if first.key is not None or not begins or box.top - bottom > 0.9 * tall or id(first) in self.taken:
                break
            if self._leads_to_next(line, box, more[-1].box if more else value[-1].box):
                break
            if self._rule_between(at._replace(bottom=bottom), box) or labels.section_of(first.run.text):
                break
            if (first.run.ticked is not None) != ticks and ticks:
                break
            for other in inside:
                if other.key is not None or id(other) in self.taken:
                    break
                more.append(other.run)
                self.taken.add(id(other))
                bottom = other.run.box.bottom
        return more

    def _leads_to_next(self, line: Sequence[_Piece], box: Box, before: Box) -> bool:
        """Whether a line without a label is the first of a value whose label stands in the middle of its lines."""
        number = next((n for n, each in enumerate(self.lines) if each is line), len(self.lines))
        for other in self.lines[number + 1] if number + 1 < len(self.lines) else ():
            if other.key and other.at is not None and other.at.right < box.left:
                return other.at.top - box.top < 0.85 * (box.top - before.top) and other.at.top - box.top < 1.2 * self.sheet.tall
        return False

    def _owned(self, fields: list[Field]) -> list[Field]:
        """Each field with whose it is: what its label says, else the part of the form, else the label before it."""
        owned: list[Field] = []
        current = ""
        named = any(each.key in ("patient_name", "last_name") for each in fields)
        for each in fields:
            if each.of is not None:
                owned.append(replace(each, key="patient_name" if each.key == "name" else each.key, owner="patient"))
                continue
            said = OWNERS.get(each.key)
            section = next((owner for owner, box in reversed(self.sections) if _within(each.box, box)), "")
            if each.key == "name" and section in ("", "none") and not current and not named:
                # A pad of prescriptions: the office above, then "Name".
                said = current = "patient"
            elif said is not None and each.key not in ("dob", "age", "sex", "dob_sex", "npi"):
                current = said
            elif each.key in ("dob", "age", "sex", "dob_sex"):
                said = section if section in ("contact", "other") else ("other" if current == "other" else "patient")
                current = current or "patient"
            elif each.key == "":
                current = "other" if not each.value else current
            owner = said or (section if section not in ("", "none") else current)
            if each.key in WHOEVER and section not in ("", "none") and not _nearer(each, owned, section):
                owner = section
            owned.append(replace(each, owner=owner or "sender"))
        return owned


def _nearer(field: Field, before: Sequence[Field], section: str) -> bool:
    """Whether a label on the same line in front of this one says whose it is: "Parent: Ann Lee  Phone: ..."."""
    same = [each for each in before if abs(each.box.top - field.box.top) < 0.006 and OWNERS.get(each.key)]
    if not same:
        return False
    return OWNERS[same[-1].key] != section


def starts_with_code(text: str) -> bool:
    """Whether a line begins like one of several diagnoses."""
    return bool(re.match(r"(?:\d[.)]\s*)?[A-TV-Z][0-9OIlS][0-9A-Z](?:\.|\b)", text))


def _within(box: Box, area: Box) -> bool:
    return area.left - 0.005 <= box.left < area.right and area.top < box.top < area.bottom


def _line_top(line: Sequence[_Piece]) -> float:
    return min((piece.at or piece.run.box).top for piece in line if piece.at is not None or piece.run.words)
