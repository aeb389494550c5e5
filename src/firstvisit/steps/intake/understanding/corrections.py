"""What people take back while they speak: the correction wins, whoever says it and however much later. Pure.

Everything here gives back a text of the same length, so that every place stays where it was: what was taken back is blanked,
and where only a part was said again ("0125... sorry, 0152", "the ninth, no, the tenth") the whole stands where the first was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.values import dates
from firstvisit.steps.intake.understanding.values.people_words import is_spanish
from firstvisit.steps.intake.understanding.values.spoken import View, view

MARKER: Final = re.compile(
    r"(?:\b(?:no|nope|wait|sorry|actually|i mean|i meant|make that|correction|scratch that|strike that|oops|rather|excuse me|my mistake|my bad|i misspoke|i lied|hold on|check that|let me (?:correct|fix|try|redo|start)\w*|i take that back|"
    r"(?:i )?(?:flipped|switched|transposed|mixed|swapped|reversed) (?:it|that|those|them|the (?:digits|numbers|last \w+))|that(?:'s|’s| is| was) (?:wrong|not right|backwards|not it|incorrect)|i (?:said|gave|told|read)(?: you| it| that)*(?: the)? (?:wrong|backwards?)\w*|"
    r"perd[oó]n|digo|mejor dicho|me equivoqu[eé]|quise decir)\b)|(?:\.\.\.|…|--|—)\s*no\b",
    re.IGNORECASE,
)
"""Words with which somebody takes back what they just said."""
_VALUE: Final = re.compile(r"\d[\d\s().,/-]*\d(?:,? ?(?:ext\.?|extension) ?\d+)?|\d|[A-Z][a-z]+(?: [A-Z][a-z]+)?|\S+@\S+")
_OLD: Final = re.compile(r"that(?:'s|’s| is| was) (?:my|his|her|our|the|an?) (?:old|previous|other|former|wrong|work|home|office|husband's|wife's|ex's|mom's|neighbor's|sister's|brother's|daughter's|son's)|that(?:'s|’s| is) (?:wrong|not right)", re.I)
_SPELLS: Final = re.compile(r"\W*(?:let me spell|spell|spelled|I'll spell|with (?:a|an|two)\b)", re.I)
_BETWEEN: Final = re.compile(r"[\s,.…–—?-]*(?:(?:uh|um|er|oh|eh|ah|hm+|no|wait|sorry)\b[\s,.…–—?-]*)*", re.I)
_REACH: Final = 60
"""Letters behind a marker within which what is meant is said."""
_LEADS_TO: Final = re.compile(r"(?i)(?:[^\w\d]|\b(?:it's|it is|is|are|were|that's|its|the|should|be|was|to|my|his|her|i|mean|meant|wait|no|sorry|um+|uh+|make|that|actually|on|of|last|four|digits?|number|end(?:s|ing)?|in|born|those|them|flipped|switched|transposed|mixed|swapped|reversed|up|wrong|it|two|say|let|me|start|over|again|correct|work|home|old|new|cell|own|phone|zip|one|year|month|day|es|el|de)\b)*")
"""Words that may stand between a marker and what is meant."""


def without_taken_back(text: str, written_on: dt.date | None = None) -> str:
    """`text` with what was taken back in it blanked or put right, at the same length."""
    for match in reversed(list(MARKER.finditer(text))):
        text = _taken_back(text, match, written_on or dt.date(2100, 1, 1))
    return text


def _taken_back(text: str, marker: re.Match[str], written_on: dt.date) -> str:
    tail = text[marker.end() :]
    old = _OLD.match(tail.lstrip(" ,.…"))
    rest = tail[old.end() + len(tail) - len(tail.lstrip(" ,.…")) if old else 0 :]
    if _SPELLS.match(rest):
        return text  # what is spelled next is the same value again
    plain = view(text, is_spanish(text))
    if day := _day_again(plain, marker, written_on):
        return _put(text, *day)
    head = text[: marker.start()]
    begins = len(text) - len(rest)
    taken, following = _last_value(plain, marker.start()), _first_value(plain, begins)
    if taken is None or following is None or (old is None and not _LEADS_TO.fullmatch(text[begins : following.start])):
        return text
    if _tail(taken.text, following.text) and _near(head[taken.end :], marker[0]):
        whole = re.sub(r"\D", "", taken.text)[:-4] + re.sub(r"\D", "", following.text)
        return _put(_put(text, following.start, following.end, ""), taken.start, taken.end, whole)
    if _alike(taken.text, following.text) and (old or _near(head[taken.end :], marker[0])):
        return _put(text, taken.start, taken.end, "")
    return text


@dataclass(frozen=True, slots=True)
class _Said:
    """A value: its place in the text as spoken, and its marks with numbers as digits."""

    start: int
    end: int
    text: str


def _values(plain: View) -> Iterator[_Said]:
    for match in _VALUE.finditer(plain.text):
        if len(match[0]) == 1 and re.search(r"(?i)\blast $", plain.text[: match.start()]):
            continue  # "the last four"
        if MARKER.fullmatch(match[0]) or re.fullmatch(r"(?i)okay|well|oh|it|my|i|let", match[0]):
            continue
        start, end = plain.back(match.start(), match.end())
        yield _Said(start, end, match[0])


def _last_value(plain: View, before: int) -> _Said | None:
    return next((each for each in reversed(list(_values(plain))) if each.end <= before and before - each.end <= 24), None)


def _first_value(plain: View, behind: int) -> _Said | None:
    return next((each for each in _values(plain) if each.start >= behind and each.start - behind <= _REACH), None)


def _day_again(plain: View, marker: re.Match[str], written_on: dt.date) -> tuple[int, int, str] | None:
    """A day of which a part is said again behind the marker: where it stands, and how it is meant."""
    days = [(plain.back(span.start, span.end), span.value) for span in dates.days(plain.text, written_on, birth=True, in_a_row=True)]
    taken = next(((place, day) for place, day in reversed(days) if place[1] <= marker.start() and _BETWEEN.fullmatch(plain_text(plain, place[1], marker.start()))), None)
    if taken is None:
        return None
    (start, end), day = taken
    later = next((other for place, other in days if place[0] >= marker.end() and place[0] - marker.end() <= _REACH), None)
    if later is not None:
        meant = later.date if later.year_said or not day.year_said else _dated(day.date.year, later.date.month, later.date.day)
        return (start, end, "" if later.year_said else meant.strftime("%m/%d/%Y")) if meant else None
    rest = plain.text[_at(plain, marker.end()) :][:_REACH]
    if year := re.match(rf"{_LEADS_TO.pattern}((?:19|20)\d\d)\b", rest):
        meant = _dated(int(year[1]), day.date.month, day.date.day)
    elif number := re.match(rf"{_LEADS_TO.pattern}(\d{{1,2}})(?:st|nd|rd|th)\b", rest):
        meant = _dated(day.date.year, day.date.month, int(number[1]))
    else:
        return None
    return (start, end, meant.strftime("%m/%d/%Y" if day.year_said else "%m/%d")) if meant else None


def plain_text(plain: View, start: int, end: int) -> str:
    """The view's words between two places of the text."""
    return plain.text[_at(plain, start) : _at(plain, end)]


def _at(plain: View, place: int) -> int:
    """Where in the view a place of the text stands."""
    low, high = 0, len(plain.text)
    while low < high:
        middle = (low + high) // 2
        if plain.back(middle, middle + 1)[0] < place:
            low = middle + 1
        else:
            high = middle
    return low


def _dated(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _put(text: str, start: int, end: int, meant: str) -> str:
    """`text` with `meant` in the place from `start` to `end`, which keeps its length."""
    return text[:start] + meant.ljust(end - start)[: end - start] + text[end:] if len(meant) <= end - start else text


def _near(gap: str, word: str) -> bool:
    """Whether a word of correction follows a value at once; a mere "no" must be set off by a break."""
    return bool(_BETWEEN.fullmatch(gap)) and (word.lower() not in ("no",) or bool(re.search(r"[,.…–—-]", gap)))


def _tail(one: str, other: str) -> bool:
    return bool(re.fullmatch(r"\d{4}", re.sub(r"\D", "", other))) and len(re.sub(r"\D", "", one)) in (7, 10, 11) and one[-4:].isdigit()


def _alike(one: str, other: str) -> bool:
    """Whether two values are of one kind: as many digits, or both words."""
    first, second = re.sub(r"\D", "", one), re.sub(r"\D", "", other)
    if first or second:
        return bool(first and second) and (abs(len(first) - len(second)) <= 1 or len(second) <= len(first))
    return one[:1].isupper() and other[:1].isupper()


_PHONE: Final = re.compile(r"(?<![\d-])\(?\d ?\d ?\d\)?[\s.,-]*\d ?\d ?\d[\s.,-]*(\d{4})(?!\d)")
_FOUR: Final = re.compile(r"(?<![\d/-])(?<!\d )(\d{4})(?![\d/-])(?! \d)")
_GREATEST_SLIP: Final = 2


def ends_put_right(said: list[str]) -> list[str]:
    """What several turns say, with the last four digits of a number put right where a later turn says them otherwise:
    "555-0168" ... "Oh one eight six, Dot." is 555-0186. The four must be those of the number but for a slip."""
    texts = _same_but(list(said))
    for n in range(1, len(texts)):
        later = view(texts[n], is_spanish(texts[n]))
        fours = [match[1] for match in _FOUR.finditer(later.text) if not re.fullmatch(r"(?:19|20)\d\d", match[1])]
        if not fours or _PHONE.search(later.text):
            continue
        for earlier in range(n - 1, -1, -1):
            plain = view(texts[earlier], is_spanish(texts[earlier]))
            phones = list(_PHONE.finditer(plain.text))
            if not phones:
                continue
            phone, meant = phones[-1], fours[-1]
            if meant != phone[1] and (phone[1] in fours or _slipped(phone[1], meant)):
                digits = re.sub(r"\D", "", phone[0])
                texts[earlier] = _put(texts[earlier], *plain.back(phone.start(), phone.end()), digits[:-4] + meant)
            break
    return texts


_SAME_BUT: Final = re.compile(r"(?i)\bsame\b[^.?!\d]{0,30}\b(?:but|except|only|with|ending|ends|just|is)\b[^.?!\d]{0,20}(?<!\d)(\d{4})(?!\d)")


def _same_but(texts: list[str]) -> list[str]:
    """ "The fax is the same but 0173": the number said before, with these for its last four."""
    for n, text in enumerate(texts):
        plain = view(text, is_spanish(text))
        match = _SAME_BUT.search(plain.text)
        if match is None:
            continue
        before = [phone[0] for earlier in (*texts[:n], plain.text[: match.start()]) for phone in _PHONE.finditer(view(earlier).text)]
        if before:
            digits = re.sub(r"\D", "", before[-1])[:-4] + match[1]
            end = plain.back(match.start(1), match.end(1))[1]
            # The four alone have no room for the whole; the words before them ("same but") have.
            begin = max(plain.back(match.start(), match.start() + 1)[0], end - len(digits) - 1)
            texts[n] = _put(text, begin, end, f" {digits}"[-(end - begin) :]) if end - begin >= len(digits) else text
    return texts


def _slipped(one: str, other: str) -> bool:
    """Whether four digits are four others with two of them exchanged or one or two misheard in their place."""
    return sorted(one) == sorted(other) or sum(a != b for a, b in zip(one, other, strict=True)) < _GREATEST_SLIP
