"""Values that the record is made of, from what people type to the one form we keep.

Every reader takes text and returns the kept form, or raises ValueError with a plain sentence that says what
is wrong and what to enter instead. The sentence never repeats what was entered (it may reach a log) and does
not name the field: the caller adds that. All are pure; none loads data at import.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Final

from firstvisit.reference import facts
from firstvisit.reference import icd10cm as codes
from firstvisit.referral.names import PersonName, name_part, person_name
from firstvisit.referral.text import free_text, one_line

__all__ = [
    "LANGUAGES",
    "PROGRAM_SLUGS", "PersonName", "birth_date", "calendar_date", "e164", "email_address", "free_text",
    "icd10cm", "name_part", "npi", "npi_ok", "one_line", "person_name", "us_state", "zip5",
]  # fmt: skip

LANGUAGES: Final = tuple(
    "English|Spanish|Chinese|Mandarin|Cantonese|Tagalog|Vietnamese|Arabic|French|Korean|Russian|Portuguese|"
    "Haitian Creole|Hindi|German|Polish|Italian|Urdu|Persian|Farsi|Dari|Pashto|Japanese|Gujarati|Bengali|"
    "Telugu|Tamil|Punjabi|Hmong|Somali|Swahili|Amharic|Tigrinya|Nepali|Burmese|Karen|Khmer|Lao|Thai|"
    "Indonesian|Malay|Ukrainian|Serbian|Croatian|Bosnian|Albanian|Greek|Turkish|Hebrew|Yiddish|Armenian|"
    "Romanian|Hungarian|Czech|Dutch|Swedish|Norwegian|Danish|Finnish|Navajo|Ojibwe|Samoan|Marshallese|"
    "American Sign Language".split("|")
)
"""English names of languages that a fact may carry; whatever else is stated stays sealed."""

PROGRAM_SLUGS = (
    "hand_therapy", "post_surgical", "orthopedic", "work_conditioning", "ergonomics", "vestibular",
    "neuro_rehab", "pelvic_health", "lymphedema", "geriatric", "fall_prevention", "home_safety",
    "low_vision", "driving", "wheelchair_seating", "pediatric", "fine_motor", "sensory_integration",
    "feeding", "school_based", "early_language", "articulation", "speech_language", "fluency", "aac",
    "voice", "dysphagia", "cognition", "screening",
)  # fmt: skip
"""The usual slugs of programs. A practice names its own; these are what readers of documents aim at."""

LONGEST_LIFE_YEARS = 120
FURTHEST_PLAN_YEARS = 5

_NPI = re.compile(r"[12]\d{9}", re.ASCII)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The sum of the digits of twice each digit."""
_US_PHONE = re.compile(
    r"(?:\+?1[ ./-]?)? ?(?:\(([2-9]\d\d)\)|([2-9]\d\d)) ?[./-]? ?([2-9]\d\d) ?[./-]? ?(\d{4})"
    r"(?: ?[,;]? ?(?:ext(?:ension)?[.:=]?|x|\#) ?(\d{1,6}))?",
    re.ASCII | re.IGNORECASE,
)
_PHONE_LETTERS = re.compile(r"\+?[\d ().\-/]{5,30}", re.ASCII)
# Hyphens, dashes and spaces as word processors set them.
_PRINTED_MARKS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\u202f", "------  ")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})",
    re.ASCII,
)
_ICD = re.compile(r"([A-Z][0-9A-Z]{2})(?:\.?([0-9A-Z]{1,4}))?", re.ASCII)
_ZIP = re.compile(r"(\d{5})(?:[- ]?\d{4})?", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_US_DATE = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([/-])\d{1,2}\1\d{2}", re.ASCII)


def npi_ok(npi: str) -> bool:
    """Whether ten digits are a National Provider Identifier with a right check digit.

    The check is the Luhn sum over the digits behind the prefix 80840; an NPI begins with 1 or 2
    (source: CMS, "Requirements for National Provider Identifier (NPI) and NPI Check Digit"; 45 CFR 162.406).
    """
    if not _NPI.fullmatch(npi):
        return False
    digits = [int(digit) for digit in npi]
    # 24 is what the prefix 80840 always adds to the sum.
    return (24 + sum(digits[1::2]) + sum(_DOUBLED[digit] for digit in digits[::2])) % 10 == 0


def npi(text: str) -> str:
    """An NPI as ten digits; spaces and hyphens between them are dropped."""
    digits = text.strip().replace(" ", "").replace("-", "")
    if not _NPI.fullmatch(digits):
        raise ValueError("An NPI is ten digits and begins with 1 or 2; enter one such as 1234567893.")
    if not npi_ok(digits):
        raise ValueError("This NPI fails its check digit, so a digit is wrong; check it against the order.")
    return digits


def extension(text: str) -> str | None:
    """The extension behind a US number ("608-555-0123 ext 317" -> "317"); None where none is said."""
    match = _US_PHONE.fullmatch((text if text.isascii() else text.translate(_PRINTED_MARKS)).strip())
    return match[5] if match else None


def as_read(number: str, extension: str | None = None) -> str:
    """A number as people write it: (608) 555-0142 ext. 317; of other countries in their own way. What is none stays."""
    if extension:
        return f"{as_read(number)} ext. {extension}"
    if re.fullmatch(r"\+1\d{10}", number, re.ASCII):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def e164(text: str, region: str = "US") -> str:
    """A phone or fax number as "+" and digits ("+16085550123").

    A US number may be written in any usual way; an extension is read over (`extension` reads it). The numbers set
    aside for stories (555-01xx) are accepted. `region` (ISO 3166, two letters) says where a number without "+" is
    dialled; outside the US `phonenumbers` decides.
    """
    text = (text if text.isascii() else text.translate(_PRINTED_MARKS)).strip()
    match = _US_PHONE.fullmatch(text) if region == "US" else None
    if match:
        area, exchange = match[1] or match[2], match[3]
        # x11 codes (911, 411) are services, never an area or an exchange.
        if area[1:] != "11" and exchange[1:] != "11":
            return f"+1{area}{exchange}{match[4]}"
    elif _PHONE_LETTERS.fullmatch(text) and (region != "US" or (text[0] == "+" and text[1:2] != "1")):
        found = _foreign(text, region)
        if found:
            return found
    raise ValueError("This is not a phone number; enter one such as 608-555-0123 or +44 20 7946 0958.")


def _foreign(text: str, region: str) -> str | None:
    # Loaded here only: its metadata costs tens of milliseconds and hardly any number needs it.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str:
    """An e-mail address (RFC 5321 lengths, ASCII); the domain in small letters, the name as written."""
    text = text.strip()
    name, _, domain = text.rpartition("@")
    if len(text) > 254 or len(name) > 64 or not _EMAIL.fullmatch(text):
        raise ValueError("This is not an e-mail address; enter one such as name@example.org.")
    return f"{name}@{domain.lower()}"


def icd10cm(text: str) -> str:
    """An ICD-10-CM code in capitals with its dot ("m5450" -> "M54.50"), if the packaged list has it.

    A category ("M54") counts too: orders are often that vague, and what is billed is decided later.
    """
    match = _ICD.fullmatch(text.strip().upper().rstrip("."))
    if not match:
        raise ValueError("This is not an ICD-10-CM code; enter one such as M54.50, without words.")
    code = f"{match[1]}.{match[2]}" if match[2] else match[1]
    if not codes.is_code(code):
        raise ValueError("The ICD-10-CM list has no such code; check it, or say it in words in the concern.")
    return code


def zip5(text: str) -> str:
    """The five digits of a ZIP or ZIP+4. Not checked against a list: new ones appear every month."""
    match = _ZIP.fullmatch(text.strip())
    if not match or match[1].startswith("000"):
        raise ValueError("This is not a US ZIP code; enter five digits such as 53703.")
    return match[1]


@cache
def _states() -> dict[str, str]:
    """Codes and names, both in small letters, to codes."""
    codes_of = facts.table("us_states")
    return {code.lower(): code for code in codes_of} | {name.lower(): code for code, name in codes_of.items()}


def us_state(text: str) -> str:
    """The two letters of a US state, possession or military "state", from its letters or its name."""
    state = _states().get(" ".join(text[:100].lower().split()))
    if state is None:
        raise ValueError("This is not a US state; enter its two letters such as WI.")
    return state


def calendar_date(text: str, today: dt.date) -> dt.date:
    """A day written 2026-03-26, 03/26/2026 or 3-26-2026.

    Raises ValueError with a sentence when it is written otherwise, does not exist, lies more than 120 years
    back or more than five years ahead.
    """
    day = _date(text)
    if _years_before(day, today, LONGEST_LIFE_YEARS):
        raise ValueError(f"This date is more than {LONGEST_LIFE_YEARS} years ago; check the year.")
    if day.year > today.year + FURTHEST_PLAN_YEARS:
        raise ValueError(f"This date is more than {FURTHEST_PLAN_YEARS} years ahead; check the year.")
    return day


def birth_date(text: str, today: dt.date) -> dt.date:
    """A day of birth, written as for `calendar_date`; `today` itself is allowed.

    Raises ValueError with a sentence when it is written otherwise, does not exist, is still to come or lies
    more than 120 years back.
    """
    day = _date(text)
    if day > today:
        raise ValueError("This date of birth is in the future; check the year.")
    if _years_before(day, today, LONGEST_LIFE_YEARS):
        raise ValueError(f"This date of birth is more than {LONGEST_LIFE_YEARS} years ago; check the year.")
    return day


def _date(text: str) -> dt.date:
    text = text.strip()
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _US_DATE.fullmatch(text):
        month, _, day, year = match.groups()
    elif _SHORT_YEAR.fullmatch(text):
        raise ValueError("The year needs four digits; enter the date as MM/DD/YYYY.")
    else:
        raise ValueError("This date cannot be read; enter it as MM/DD/YYYY or YYYY-MM-DD.")
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("There is no such day in the calendar; check the month and the day.") from None


def _years_before(day: dt.date, today: dt.date, years: int) -> bool:
    """Whether `day` is more than `years` years before `today`."""
    # Tuples, because 29 February is not in every year.
    return (day.year + years, day.month, day.day) < (today.year, today.month, today.day)
