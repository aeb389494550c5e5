"""A line cut at the labels in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.reference.names import given_names, surnames
from firstvisit.steps.intake.pages.page import Box, Word
from firstvisit.steps.intake.understanding import labels
from firstvisit.steps.intake.understanding.forms.value_column import cut_at_values
from firstvisit.steps.intake.understanding.layout import Run, Sheet, around
from firstvisit.steps.intake.understanding.values import names

_NO_COLON_NEEDED: Final = re.compile(
    r"^(?:d\.?o\.?b\.?|date of birth|birth date|npi|tel|telephone|phone|ph|fax|cell|dx|icd|sex|age|id|mrn|member id|group"
    r"|ssn)\b",
    re.IGNORECASE,
)

_TYPED: Final = re.compile(r"^[#:(\s]*(?:\+?1[\s.-]?)?[(\d]|^[A-TV-Z]\d\d|^(?:M|F|Male|Female)\b")


FIGURES: Final = frozenset(
    "dob phone fax npi age patient_phone contact_phone referrer_phone referrer_fax zip surgery injury discharge "
    "written iep phone_fax".split()
)
"""Fields whose values are numbers or days."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A label or a stretch without one, of one line, in reading order."""

    run: Run
    key: str | None = None
    near: float = 0.0
    colon: bool = False
    label: str = ""
    at: Box | None = None
    """Where the label stands."""
    words: tuple[Word, ...] = ()
    """The label's own words; of a value those that are a label elsewhere."""


def pieces_of(sheet: Sheet) -> list[list[Piece]]:
    """A page's lines, each cut at the labels in it."""
    return [
        [piece for run in _joined(line, sheet.wide) for piece in _pieces(run)]
        for line in cut_at_values(sheet)
    ]


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


def _pieces(run: Run) -> list[Piece]:
    """A run cut at each label in it: "Tel (404) 555-0186 Fax (404) 555-0129" are two fields."""
    if run.ticked is not None:
        return _behind_tick(run)
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
        return [Piece(run)]
    pieces = []
    if cuts[0][0] > 0:
        pieces.append(Piece(replace(run, words=words[: cuts[0][0]])))
    for number, (start, length, key, near, colon) in enumerate(cuts):
        end = cuts[number + 1][0] if number + 1 < len(cuts) else len(words)
        label = words[start : start + length]
        value = _behind_colon(words[start + length - 1], words[start + length : end])
        text, at = " ".join(word.text for word in label), around(word.box for word in label)
        pieces.append(Piece(replace(run, words=value), key, near, colon, text, at, tuple(label)))
    return pieces


def _behind_tick(run: Run) -> list[Piece]:
    """What stands behind a box, up to a label that follows: "( ) No   Status: pending"."""
    for position in range(1, len(run.words)):
        found = _label_at(run.words, position)
        if found and found[1] and found[3]:
            rest = replace(run, words=run.words[position:], ticked=None)
            return [Piece(replace(run, words=run.words[:position])), *_pieces(rest)]
    return [Piece(run)]


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
        colon = ":" in last or bool(rest and re.match(r"[:;]|[.…·]{2,}", rest[0].text)) or last.endswith("..")
        head = text.split(":")[0] if ":" in last else text
        if not at_start and text == "ID" and _is_idaho(words, position):
            continue
        if not at_start and re.fullmatch(r"\d+", part[0].text):  # "Age: 88 Sex: F"
            continue
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


def _is_idaho(words: Sequence[Word], position: int) -> bool:
    """ "Boise, ID 83702"."""
    behind = words[position + 1].text if position + 1 < len(words) else ""
    return words[position - 1].text.endswith(",") and bool(re.fullmatch(r"\d{5}(?:-\d{4})?,?", behind))


def _may_begin(key: str, rest: Sequence[Word], head: str) -> bool:
    """Whether words behind a label without a colon are its value: of the right sort, beginning like one."""
    if not rest:
        return True
    text = " ".join(word.text for word in rest)
    if key in FIGURES:
        return bool(re.match(r"[(#\d]|\+1|[A-Z][a-z]{2,8}\.? \d", text))
    if key == "patient_name" and len(rest) >= 2 and _is_full_name(rest[0].text, rest[1].text):
        return True
    if key in (
        "name",
        "patient_name",
        "referrer",
        "address",
        "organization",
        "insurance",
        "signature",
        "contact",
        "from",
    ):
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


def _is_full_name(first: str, last: str) -> bool:
    """ "Patient   Sunniva Dahl   D.O.B. ..." names somebody; "Patient Information" and "Patient Care Center" do not."""
    if not names.is_name(f"{first} {last}"):
        return False
    return first.lower() in given_names() or last.strip(",").lower() in surnames()
