"""Single cells: dates in the order of their column, words for yes and no, lists and codes in one cell. Pure.

A ValueError carries a sentence that says what to enter and repeats nothing of the cell.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from firstvisit.steps.intake.file.targets import Kind

Order = Literal["ymd", "mdy", "dmy"]
ORDERS: Final[tuple[Order, ...]] = ("ymd", "mdy", "dmy")

_MONTHS: Final = {
    name: n
    for n, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|"
        "oct october|nov november|dec december".split("|"),
        1,
    )
    for name in names.split()
}
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}", re.ASCII)
_DAY_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[- .]+([a-z]+)\.?,?[- ]+(\d{4})", re.ASCII)
_MONTH_NAMED: Final = re.compile(r"([a-z]+)\.?[- ]+(\d{1,2})(?:st|nd|rd|th)?,?[- ]+(\d{4})", re.ASCII)
_SERIAL: Final = re.compile(r"[2-6]\d{4}(?:\.\d+)?", re.ASCII)
_TIME: Final = re.compile(
    r"[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?(am|pm|AM|PM)?(?: ?(Z|[+-]\d{2}:?\d{2}))?$", re.ASCII
)
_YES: Final = frozenset("yes y true t 1 x ok si sí on ✓ ✔".split())
_NO: Final = frozenset("no n false f 0 off".split())
_COURTESY: Final = frozenset("please thanks thank you sure por favor gracias".split())
"""What people write around a yes or a no, and what changes neither."""
_SAYS_NOTHING: Final = frozenset({"", "-", "--", "n/a", "na", "none", "null", "unknown", "#n/a", "not stated", "?"})
_THERAPIES: Final = {
    "ot": "OT", "occupational": "OT", "occupational therapy": "OT", "pt": "PT", "physical": "PT",
    "physical therapy": "PT", "slp": "SLP", "st": "SLP", "speech": "SLP", "speech therapy": "SLP",
    "speech language": "SLP", "speech-language": "SLP", "speech and language": "SLP", "speech/language": "SLP",
}  # fmt: skip
_MEANS: Final = {
    "patient.sex": {"f": "female", "m": "male", "woman": "female", "man": "male", "girl": "female", "boy": "male",
                    "x": "other", "nonbinary": "other", "non-binary": "other"},
    "contact.preferred_method": {"text": "sms", "call": "phone", "mail": "email", "e-mail": "email"},
    "payer.kind": {"private": "commercial", "self pay": "private_pay", "self-pay": "private_pay",
                   "cash": "private_pay", "wc": "workers_comp", "work comp": "workers_comp"},
    "documents": {"referral": "order", "script": "order", "prescription": "order", "rx": "order",
                  "notes": "clinical_notes", "evaluation": "prior_evaluation", "op note": "operative_note"},
}  # fmt: skip
_PARTS: Final = re.compile(r"[;,|\n]|(?<=\s)and(?=\s)|(?<=\s)&(?=\s)|(?<=[A-Za-z])/(?=[A-Za-z])")
_CODES_APART: Final = re.compile(r"[;|\n,]")
_CODE_FIRST: Final = re.compile(r"([A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,8})?)(?=$|[\s:–-])[\s:–-]*(.*)", re.S | re.I)
_CODES_ONLY: Final = re.compile(r"(?:[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,8})?\s*)+", re.I)


def said(cell: str) -> str:
    """What a cell says: without space around it, without the apostrophe that keeps a spreadsheet from counting;
    empty for n/a and the like."""
    text = cell.strip()
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    return "" if text.casefold() in _SAYS_NOTHING else text


def value(target: str, kind: Kind, text: str, order: Order) -> Any:
    """The value of a cell as the record's body has it. ValueError with a sentence."""
    if kind == "text":
        meanings = _MEANS.get(target.removeprefix("second_"))
        return meanings.get(text.casefold(), text) if meanings else text
    if kind == "date":
        return date(text, order).isoformat()
    if kind == "yes_no":
        return yes_no(text)
    if kind == "number":
        return _number(text)
    if kind == "diagnoses":
        return diagnoses(text)
    meanings = _THERAPIES if target == "discipline" else _MEANS.get(target, {})
    parts = [part.strip() for part in _PARTS.split(text)] if text.casefold() not in meanings else [text]
    return [meanings.get(part.casefold(), part) for part in parts if part]


def yes_no(text: str) -> bool:
    word = text.casefold()
    if word not in _YES and word not in _NO:
        word = " ".join(each for each in re.findall(r"[\w']+", word) if each not in _COURTESY)
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("This is neither yes nor no; enter yes, no, or nothing.")


def order_of(text: str) -> Order | None:
    """In which order a date can only be written: "ymd" also for one with its month in letters; None when it could
    begin with the month or with the day. What is no date at all proves nothing and is "ymd" here."""
    found = _YEAR_LAST.fullmatch(_day_part(text))
    if found is None:
        return "ymd"
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return "dmy"
    if second > 12 >= first:
        return "mdy"
    return "ymd" if first == second or first > 12 else None


def date(text: str, order: Order) -> dt.date:
    """A day, written in any usual way; `order` for those of digits alone with the year last."""
    day = _day_part(text)
    if found := _YEAR_FIRST.fullmatch(day):
        year, month, number = (int(each) for each in found.groups())
    elif found := _YEAR_LAST.fullmatch(day):
        first, second, year = (int(each) for each in found.groups())
        if order == "ymd" and first != second:
            raise ValueError("This date is written in another way than its column; enter it as YYYY-MM-DD.")
        month, number = (second, first) if order == "dmy" else (first, second)
    elif found := _DAY_NAMED.fullmatch(day.lower()):
        number, month, year = int(found[1]), _MONTHS.get(found[2], 0), int(found[3])
    elif found := _MONTH_NAMED.fullmatch(day.lower()):
        month, number, year = _MONTHS.get(found[1], 0), int(found[2]), int(found[3])
    elif _SHORT_YEAR.fullmatch(day):
        raise ValueError("The year needs four digits; enter the date as YYYY-MM-DD.")
    elif _SERIAL.fullmatch(day):
        raise ValueError("This is a date as a spreadsheet counts days; show the column as YYYY-MM-DD and save again.")
    else:
        raise ValueError("This date cannot be read; enter it as YYYY-MM-DD.")
    try:
        return dt.date(year, month, number)
    except ValueError:
        raise ValueError("There is no such day in the calendar; check the month and the day.") from None


def moment(text: str, order: Order, zone: ZoneInfo) -> dt.datetime:
    """When something was received: a day, with the time where it is stated; in `zone` unless it names an offset."""
    day = date(text, order)
    found = _TIME.search(text)
    if found is None:
        return dt.datetime.combine(day, dt.time(), zone)
    hour, minute, half = int(found[1]), int(found[2]), (found[4] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("This time cannot be read; enter it as 14:05 or 2:05 pm.")
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    if hour > 23 or minute > 59:
        raise ValueError("This time cannot be read; enter it as 14:05 or 2:05 pm.")
    return dt.datetime.combine(day, dt.time(hour, minute, int(found[3] or 0)), _zone(found[5]) or zone)


def _zone(offset: str | None) -> dt.tzinfo | None:
    """What "Z", "-05:00" or "-0500" behind a time means."""
    if not offset or offset == "Z":
        return dt.UTC if offset else None
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return dt.timezone((-1 if offset[0] == "-" else 1) * dt.timedelta(hours=hours % 24, minutes=minutes))


def diagnoses(text: str) -> list[dict[str, str]]:
    """Codes and words of one cell: "M54.50; S52.501A", "M54.50 Low back pain", "stroke in March"."""
    if _CODES_ONLY.fullmatch(text.strip()):
        return [{"code": code} for code in text.split()]
    found: list[dict[str, str]] = []
    for part in _CODES_APART.split(text):
        part = part.strip()
        if not part:
            continue
        code = _CODE_FIRST.fullmatch(part)
        if code is None:
            if found and "code" not in found[-1]:
                found[-1]["words"] += f", {part}"
            else:
                found.append({"words": part})
        else:
            found.append({"code": code[1]} | ({"words": code[2].strip()} if code[2].strip() else {}))
    return found


def _number(text: str) -> int | float | str:
    """A number; what is none stays text, which the record's own reader takes (2-3) or refuses."""
    plain = text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", text) else text
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        found = float(plain)
    except ValueError:
        return text
    return found if abs(found) < 1e9 else text


def _day_part(text: str) -> str:
    """A date without the time after it."""
    return _TIME.sub("", text.strip())
