"""Numbers as people say them, written as digits, with the way back to the characters that were said.

"five one two, double five five" becomes "512, 555"; "nineteen eighty-four" 1984; "twenty twenty-six" 2026; "two hundred
and five" 205. Digits said or typed one by one are drawn together.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import Final

from firstvisit.reference.names import spelling_words

_UNITS: Final = {word: n for n, word in enumerate("zero one two three four five six seven eight nine".split())} | {"oh": 0}
_TEENS: Final = {
    word: n
    for n, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), start=10
    )
}
_TENS: Final = {
    word: n for n, word in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
} | {"fourty": 40}
_SPANISH: Final = dict(
    zip(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
        "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
        "veintiocho veintinueve".split(),
        range(30),
        strict=True,
    )
) | {"un": 1, "una": 1, "dieciséis": 16, "veintidós": 22, "veintitrés": 23, "veintiséis": 26, "primero": 1}
_SPANISH_TENS: Final = dict(zip("treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(), range(30, 100, 10), strict=True))
_SPANISH_HUNDREDS: Final = dict(
    zip("cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split(), range(100, 1000, 100), strict=True)
) | {"ciento": 100}
_ORDINALS: Final = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"thirtieth": 30}
_MONTHS: Final = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?"
)
_NUMBER: Final = "|".join(sorted((*_UNITS, *_TEENS, *_TENS), key=len, reverse=True))
_RUN: Final = re.compile(
    rf"\b(?:double|triple|{_NUMBER})(?:(?:[\s-]+|[\s-]+and[\s-]+(?=(?:{_NUMBER})\b))(?:double|triple|hundred|thousand|{_NUMBER}))*\b",
    re.IGNORECASE,
)
_SPANISH_WORD: Final = "|".join(sorted((*_SPANISH, *_SPANISH_TENS, *_SPANISH_HUNDREDS, "mil", "doble", "triple"), key=len, reverse=True))
_SPANISH_RUN: Final = re.compile(rf"\b(?:{_SPANISH_WORD})(?:[\s-]+(?:y[\s-]+(?=(?:{_SPANISH_WORD})\b))?(?:{_SPANISH_WORD}))*\b", re.IGNORECASE)
_ORDINAL: Final = re.compile(
    rf"(?:(?<=\bthe )|(?<=\bof )|(?<={'|(?<='.join(_m + ' )' for _m in ('january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'))}|\b(?=[\w-]+(?:[\s-][a-z]+)?\s+(?:day\s+)?(?:of\s+)?(?:{_MONTHS})\b))"
    rf"(?:(twenty|thirty)[\s-]+)?\b({'|'.join(_ORDINALS)})\b",
    re.IGNORECASE,
)
_ONE_BY_ONE: Final = re.compile(r"(?<![\d/.:-])\d(?:(?: ?[-,]? ?|\.|\. | ?\.{2,3} ?)\d){3,}(?![\d/:])")
_AS_IN: Final = re.compile(r"\b([A-Za-z]),? (?:as in|like|for|de|como) (?:the |an? )?([A-Za-z]+)\b(?!['’])")
"""A letter with a word that begins with it: "H as in Henry"."""
COUNTED: Final = re.compile(r"\s*(?:time|day|visit|session|hour|week|month|year|x\b|per\b|a week)", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """A text in which numbers are digits, and the way back: `begins[i]` of the view is `origins[i]` of the text."""

    text: str
    begins: tuple[int, ...]
    origins: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the text that the view's `start` to `end` stand for."""
        return self._origin(start), max(self._origin(end - 1) + 1, self._next(end))

    def _origin(self, at: int) -> int:
        n = bisect.bisect_right(self.begins, at) - 1
        exact = self.origins[n] + (at - self.begins[n])
        following = self.origins[n + 1] if n + 1 < len(self.origins) else exact
        return min(exact, max(self.origins[n], following))

    def _next(self, at: int) -> int:
        """Where the text goes on after a replaced stretch that ends at `at`; 0 where none ends there."""
        n = bisect.bisect_left(self.begins, at)
        return self.origins[n] if n < len(self.begins) and self.begins[n] == at else 0


def view(text: str, spanish: bool = False) -> View:
    """`text` with its spoken numbers written as digits; Spanish ones only where the text is Spanish."""
    changes = [(m.start(), m.end(), m[1].upper()) for m in _AS_IN.finditer(text) if m[2][0].lower() == m[1].lower() and m[1] not in "aI"]
    changes += [(m.start(), m.end(), _written(m[0])) for m in _RUN.finditer(text) if not _idiom(text, m)]
    changes += _by_alphabet(text)
    changes += [(m.start(), m.end(), "W") for m in _DOUBLE_U.finditer(text)]
    if spanish:
        changes += [(m.start(), m.end(), _spanish(m[0])) for m in _SPANISH_RUN.finditer(text)]
    changes += [(m.start(), m.end(), _ordinal(m)) for m in _ORDINAL.finditer(text)]
    plain = _apply(text, (0,), (0,), changes)
    joined = [(m.start(), m.end(), re.sub(r"\D", "", m[0])) for m in _ONE_BY_ONE.finditer(plain.text) if re.fullmatch(r"\d(?:\D+\d)+", m[0])]
    return then_apply(plain, joined) if joined else plain


def then_apply(plain: View, changes: list[tuple[int, int, str]]) -> View:
    """`plain` with further stretches of it written otherwise."""
    return _apply(plain.text, plain.begins, plain.origins, changes, plain)


_DOUBLE_U: Final = re.compile(r"\bdouble[ -]?(?:u|you)\b", re.IGNORECASE)
_CODE_WORD: Final = re.compile(rf"\b(?:{'|'.join(sorted(spelling_words(), key=len, reverse=True))})\b", re.IGNORECASE)
_FEWEST_CODE_WORDS: Final = 2


def _by_alphabet(text: str) -> list[tuple[int, int, str]]:
    """Words of a spelling alphabet that follow each other, as their letters: "whiskey charlie zero zero five". Two of them are
    letters only beside digits, three and more always."""
    runs: list[list[re.Match[str]]] = []
    for match in _CODE_WORD.finditer(text):
        if runs and re.fullmatch(r"[\s,.-]{1,4}", text[runs[-1][-1].end() : match.start()]):
            runs[-1].append(match)
        else:
            runs.append([match])
    made = []
    for run in runs:
        beside = re.match(rf"[\s,.-]{{1,4}}(?:\d|(?:{_NUMBER}|double|triple)\b)", text[run[-1].end() :], re.IGNORECASE)
        if len(run) > _FEWEST_CODE_WORDS or (len(run) == _FEWEST_CODE_WORDS and beside):
            made += [(match.start(), match.end(), spelling_words()[match[0].lower()]) for match in run]
    return made


def _apply(
    text: str,
    begins: tuple[int, ...],
    origins: tuple[int, ...],
    changes: list[tuple[int, int, str]],
    earlier: View | None = None,
) -> View:
    made: list[str] = []
    new_begins, new_origins = [0], [0]
    at = size = 0
    for start, end, written in sorted(changes, key=lambda change: (change[0], -change[1])):
        if start < at:
            continue
        made += [text[at:start], written]
        size += start - at
        new_begins += [size, size + len(written)]
        new_origins += [start, end]
        size += len(written)
        at = end
    made.append(text[at:])
    if earlier is not None:
        # The earlier view's own replaced stretches are kept as marks of this one.
        new_origins = [earlier._origin(each) if each < len(text) else earlier.back(each - 1, each)[1] for each in new_origins]
        for begin, origin in zip(begins, origins, strict=True):
            place = _moved(begin, sorted(changes))
            if place is not None and place not in new_begins:
                at_index = bisect.bisect_left(new_begins, place)
                new_begins.insert(at_index, place)
                new_origins.insert(at_index, origin)
    return View("".join(made), tuple(new_begins), tuple(new_origins))


def _moved(at: int, changes: list[tuple[int, int, str]]) -> int | None:
    """Where a place of the earlier view stands in the later one; None inside a replaced stretch."""
    shift = 0
    for start, end, written in changes:
        if at <= start:
            break
        if at < end:
            return None
        shift += len(written) - (end - start)
    return at + shift


def _idiom(text: str, match: re.Match[str]) -> bool:
    """ "one" and "oh" alone are seldom numbers, and a number's word may begin a place's name: "Two Harbors"."""
    word = match[0].lower()
    if word in ("double", "triple"):
        return True
    behind = text[match.end() :]
    if word in ("oh", "one") and _IN_A_CODE.search(text[max(0, match.start() - 12) : match.start()]):
        return False
    if match[0][:1].isupper() and " " not in word and re.match(r" [A-Z][a-z]", behind) and not _NO_PLACE.match(behind):
        return True
    return word == "oh" or (word == "one" and not COUNTED.match(behind) and not re.match(r"[\s,]+[A-Zb-hj-z][\s,]", behind))


_IN_A_CODE: Final = re.compile(r"(?:\b(?:point|dot|dash|hyphen)\b[\s,]*(?:[A-Za-z]\b[\s,]*)?|\b[B-HJ-Zb-hj-z][\s,]+)$")
"""Before "one" and "oh" that are digits of a code."""
_NO_PLACE: Final = re.compile(rf" (?:{_NUMBER}|{_MONTHS}|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b", re.IGNORECASE)


def _written(run: str) -> str:
    """The digits of a run of number words."""
    numbers = _numbers([word.lower() for word in _WORD.findall(run)])
    if all(len(number) <= 2 for number in numbers) and sum(map(len, numbers)) >= 6 and len(numbers) >= 3 and not _like_a_day(numbers):
        return "".join(numbers)
    if all(len(number) == 1 for number in numbers):
        return "".join(numbers)
    if numbers and numbers[0] == "0" and all(len(number) <= 2 for number in numbers):
        return "".join(numbers)  # "oh one eleven": nothing that is counted begins with nought
    return " ".join(numbers)


def _like_a_day(numbers: list[str]) -> bool:
    """ "10 14 48" may be a day; it is left as it was said."""
    return len(numbers) == 3 and numbers[0] != "0" and 1 <= int(numbers[0]) <= 12 and 1 <= int(numbers[1]) <= 31


def _numbers(words: list[str]) -> list[str]:
    numbers: list[str] = []
    n = 0
    while n < len(words):
        word = words[n]
        following = words[n + 1] if n + 1 < len(words) else ""
        if word in ("double", "triple") and following in _UNITS:
            numbers += [str(_UNITS[following])] * (2 if word == "double" else 3)
            n += 2
        elif word in _TENS:
            tens = _TENS[word]
            if _UNITS.get(following):
                numbers.append(str(tens + _UNITS[following]))
                n += 2
            else:
                numbers.append(str(tens))
                n += 1
        elif word in _TEENS or word in _UNITS:
            numbers.append(str(_TEENS.get(word, _UNITS.get(word, 0))))
            n += 1
        elif word in ("hundred", "thousand") and numbers:
            n, numbers[-1] = _scaled(words, n, int(numbers[-1]))
        else:
            n += 1
    return _years(numbers)


def _scaled(words: list[str], n: int, head: int) -> tuple[int, str]:
    """What follows "hundred" or "thousand", added: "two thousand (and) nineteen"."""
    value = head * (100 if words[n] == "hundred" else 1000)
    n += 1
    while n < len(words) and (words[n] == "and" or words[n] in _TENS or words[n] in _TEENS or words[n] in _UNITS):
        value += _TENS.get(words[n], _TEENS.get(words[n], _UNITS.get(words[n], 0)))
        n += 1
    return n, str(value)


def _years(numbers: list[str]) -> list[str]:
    """ "19 84" and "20 19" are one number; so is "19 0 5"."""
    made: list[str] = []
    n = 0
    while n < len(numbers):
        rest = numbers[n + 1 :]
        if numbers[n] in ("19", "20") and rest and len(rest[0]) == 2:
            made.append(numbers[n] + rest[0])
            n += 2
        elif numbers[n] in ("19", "20") and len(rest) >= 2 and rest[0] == "0" and len(rest[1]) == 1:
            made.append(numbers[n] + "0" + rest[1])
            n += 3
        else:
            made.append(numbers[n])
            n += 1
    return made


def _spanish(run: str) -> str:
    """The digits of a run of Spanish number words: "cinco cincuenta y cinco" is 5 55, "mil novecientos sesenta y uno" 1961."""
    numbers: list[str] = []
    open_ = 0
    words = run.lower().replace("-", " ").split()
    for n, word in enumerate(words):
        if word in ("doble", "triple") or (n and words[n - 1] in ("doble", "triple")):
            numbers += [str(_SPANISH[word])] * (2 if words[n - 1] == "doble" else 3) if word in _SPANISH else []
        elif word in ("un", "una", "primero") and len(words) == 1:
            return run if word != "primero" else "1"
        elif word == "mil":
            open_ = 1000 * (int(numbers.pop()) if numbers and n and words[n - 1] in _SPANISH else 1)
            numbers.append(str(open_))
        elif word in _SPANISH_HUNDREDS:
            open_ = (open_ if open_ >= 1000 else 0) + _SPANISH_HUNDREDS[word]
            numbers[-1:] = [str(open_)] if open_ >= 1000 else [*numbers[-1:], str(open_)]
        elif word in _SPANISH_TENS or word in _SPANISH:
            value = _SPANISH_TENS.get(word, _SPANISH.get(word, 0))
            if open_ or (n and words[n - 1] == "y"):
                open_ = int(numbers[-1]) + value
                numbers[-1] = str(open_)
            else:
                numbers.append(str(value))
            if not (n + 1 < len(words) and words[n + 1] == "y"):
                open_ = 0
    joined = "".join(numbers)
    return joined if all(len(number) <= 2 for number in numbers) and (len(joined) >= 6 or all(len(number) == 1 for number in numbers) or numbers[0] == "0") else " ".join(numbers)


def _ordinal(match: re.Match[str]) -> str:
    tens = {"twenty": 20, "thirty": 30}.get((match[1] or "").lower(), 0)
    return f"{tens + _ORDINALS[match[2].lower()]}th"
