"""A text about several patients taken apart: each one's part with what holds for all, to be read as if it were about them alone. Pure.

Who writes, who is whose mother and which number is whose is hard enough of one patient. So nothing reads several at once:
`alone` makes one text a patient, in which the others are not named, and `together` adds what the readings of all tell of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.parties import Writing
from firstvisit.steps.intake.understanding.passages import Anchor, Passage, Told
from firstvisit.steps.intake.understanding.several.named import alike

_OF_ALL: Final = ("not_a_referral", "escalate", "escalate_reason")
"""What is judged of the whole text: an alarm is one, whoever of them it is about."""
_SAME: Final = re.compile(r"(?i)\W*(?:(?:the )?same(?: (?:as )?(?:above|before|again|one|for (?:him|her|both)|here|\w+))?|ditto|as above|see above|idem|igual|l[oa] mismo)\W*(?:\([^)]*\)|\b(?:they(?:'re| are)|too|twins?)\b[^.]{0,30})?\W*")
"""Words of a cell or an answer by which it is as the other patient's."""


def alone(told: Told) -> list[Told]:
    """One text a patient: what is said of them and of all."""
    return [_of(told, number) for number in range(told.patients)]


def _of(told: Told, number: int) -> Told:
    names = [_called(told, n) for n in range(told.patients)]
    others = set().union(*(words for n, words in enumerate(names) if n != number)) - names[number]
    kept = [
        _without(passage, others) if passage.patient is None else replace(_as_said(told, passage), patient=None)
        for passage in told.passages
        if passage.patient in (None, number)
    ]
    anchors: tuple[Anchor, ...] = ()
    if told.anchors:
        anchor = told.anchors[number]
        anchors = (replace(anchor, passage=replace(anchor.passage, patient=None)),)
    return replace(told, passages=tuple(kept), anchors=anchors)


def _called(told: Told, number: int) -> set[str]:
    """The words that one of several patients is called by."""
    said = [told.anchors[number].name] if told.anchors else [p.text for p in told.passages if p.patient == number and p.about("patient name", "patient first")]
    return {word for text in said for word in re.findall(r"[^\W\d_]{3,}", text) if word[0].isupper()}


def _without(passage: Passage, names: Iterable[str]) -> Passage:
    """A passage that holds for all, with the names of the others blanked at the same length."""
    if not (words := [re.escape(name) for name in names]):
        return passage
    text = re.sub(rf"\b(?:{'|'.join(words)})\b(?:['’]s)?", lambda match: " " * len(match[0]), passage.text)
    return replace(passage, text=text) if text != passage.text else passage


def _as_said(told: Told, passage: Passage) -> Passage:
    """ "Born: same (twins)": the other's cell or answer in its place."""
    if not passage.asked or passage.zone == "text" or not _SAME.fullmatch(passage.text):
        return passage
    before = [each for each in told.passages if each.asked == passage.asked and each.patient not in (None, passage.patient) and each.start < passage.start]
    return before[-1] if before else passage


def writes(told: Told, writing: Writing) -> Writing | None:
    """Who writes about one of several: an office writes so about each; of a family it is read anew whom they call theirs."""
    if writing.writer in ("professional", "organization"):
        return writing if writing.writer == "professional" else replace(writing, writer="professional")
    return None


def together(told: Told, whole: Sequence[Found], each: Sequence[Sequence[Found]], writing: Writing) -> list[Found]:
    """What was found of each, numbered, with what is judged of the whole text."""
    found = [
        replace(one, patient=n)
        for n, own in enumerate(each)
        for one in own
        if one.path not in _OF_ALL and not (one.path == "patient.first_name" and told.anchors and not _is_of(told.anchors[n], str(one.value)))
    ]
    found += [one for one in whole if one.path in _OF_ALL]
    return found


def _is_of(anchor: Anchor, first_name: str) -> bool:
    """Whether a first name is one that this patient goes by; any other is somebody else's."""
    own = [folded(word) for word in anchor.name.split()]
    return any(alike(folded(word), each) for word in first_name.split() for each in own)
