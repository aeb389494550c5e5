"""How each field of a referral's JSON body is read: its type, its limit, its vocabulary.

A reader takes the JSON value (never null) and today's date, and returns the kept value, or None when the
value says nothing (an empty text); it raises ValueError with a plain sentence and nothing else. The tables at
the end are the body's shape; lists and what needs more than one field are in `reading`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Final, get_args

from firstvisit.referral import hours, record, vocabulary

Read = Callable[[object, dt.date], object]

LONGEST_BODY_TEXT = 20_000
"""No field has a higher limit; longer texts are refused before anything looks into them."""

_RANGE = re.compile(r"(\d{1,3}) ?[-–] ?(\d{1,3})", re.ASCII)
_SLUG = re.compile(r"[a-z0-9_]{1,60}", re.ASCII)
_WORDING = re.compile(r"[a-z0-9_-]{1,40}:[0-9]{1,4}(?::[a-z]{2})?", re.ASCII)


def _stated(value: object) -> str | None:
    """A text without the space around it; None when empty."""
    if not isinstance(value, str):
        raise ValueError("This must be text in quotes.")
    if len(value) > LONGEST_BODY_TEXT:
        raise ValueError(f"This is too long; use at most {LONGEST_BODY_TEXT:,} characters.")
    return value.strip() or None


def _text(parse: Callable[[str], str]) -> Read:
    def read(value: object, today: dt.date) -> str | None:
        # `_stated`, written out for the usual case: most values pass here.
        if type(value) is str and len(value) <= LONGEST_BODY_TEXT:
            text = value.strip() or None
        else:
            text = _stated(value)
        # A text of nothing but invisible characters says nothing either.
        return None if text is None else parse(text) or None

    return read


def _day(parse: Callable[[str, dt.date], dt.date]) -> Read:
    def read(value: object, today: dt.date) -> dt.date | None:
        text = _stated(value)
        return None if text is None else parse(text, today)

    return read


def _line(limit: int) -> Read:
    return _text(lambda text: vocabulary.one_line(text, limit))


def _prose(limit: int) -> Read:
    return _text(lambda text: vocabulary.free_text(text, limit))


def _one_of(words: tuple[str, ...], sentence: str | None = None, said: Mapping[str, str] | None = None) -> Read:
    """One of `words`; capitals do not matter, and a space or hyphen may stand for "_". `said` are other ways to say one
    of them, written so too."""
    known = {word.lower(): word for word in words} | dict(said or {})
    message = sentence or f"This is none of the known values; enter one of {', '.join(words)}."

    def parse(text: str) -> str:
        word = known.get(text) or known.get(text.lower().replace(" ", "_").replace("-", "_"))
        if word is None:
            raise ValueError(message)
        return word

    return _text(parse)


def _pattern(pattern: re.Pattern[str], sentence: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(sentence)
        return text

    return parse


def _slug(text: str) -> str:
    slug = text.lower().replace(" ", "_").replace("-", "_")
    if not _SLUG.fullmatch(slug):
        raise ValueError("This is not the name of a program; enter one such as hand_therapy.")
    return slug


def _yes_no(value: object, today: dt.date) -> bool:
    if not isinstance(value, bool):
        raise ValueError("This must be true or false, without quotes.")
    return value


def _whole(value: object, low: int, high: int) -> int:
    """A whole number within bounds. JSON has one kind of number, so 7.0 is 7; NaN is none at all."""
    # bool is a kind of int in Python, and in no form anyone fills in.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("This must be a whole number, without quotes.")
    if not low <= value <= high:
        raise ValueError(f"This must be a whole number from {low} to {high}.")
    if value != int(value):
        raise ValueError("This must be a whole number, without a fraction.")
    return int(value)


def _count(low: int, high: int) -> Read:
    return lambda value, today: _whole(value, low, high)


def _range(value: str, low: int, high: int) -> str:
    match = _RANGE.fullmatch(value)
    if not match or not low <= int(match[1]) < int(match[2]) <= high:
        raise ValueError(f'This range cannot be read; enter one such as "2-3", within {low} and {high}.')
    return f"{int(match[1])}-{int(match[2])}"


def _count_or_range(low: int, high: int) -> Read:
    def read(value: object, today: dt.date) -> int | str | None:
        if isinstance(value, str):
            text = _stated(value)
            return None if text is None else _range(text, low, high)
        return _whole(value, low, high)

    return read


def _visits_per_week(value: object, today: dt.date) -> float | str | None:
    """A number up to 14 (0.5 is every other week), or a range."""
    if isinstance(value, str):
        text = _stated(value)
        return None if text is None else _range(text, 1, 14)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError('This must be a number, or a range in quotes such as "2-3".')
    # NaN fails every comparison, so it is refused here too.
    if not 0 < value <= 14:
        raise ValueError("Visits per week must be more than 0 and at most 14.")
    return float(value)


def _moment(value: object, today: dt.date) -> dt.datetime | None:
    """A moment in ISO 8601 with its offset, not after tomorrow."""
    text = _stated(value)
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("This is no moment; enter one with its offset such as 2026-03-26T10:42:00-05:00.")
    if not dt.date(1990, 1, 1) <= moment.date() <= today + dt.timedelta(days=1):
        raise ValueError("This moment is still to come or before 1990; check it.")
    return moment


_NAME = _text(vocabulary.name_part)
_PHONE = _text(vocabulary.e164)
_EXTENSION = _text(_pattern(re.compile(r"\d{1,6}", re.ASCII), "This is no extension; enter its digits such as 317."))
EXTENSIONS: Final = {"phone": "extension", "adjuster_phone": "adjuster_extension"}
"""Where the extension goes that stands behind a number."""
_EMAIL = _text(vocabulary.email_address)
_NUMBER_ON_CARD = _line(50)

CHANNEL = _one_of(get_args(record.Channel))
DISCIPLINE = _one_of(get_args(record.Discipline))
DOCUMENT = _one_of(get_args(record.DocumentKind))
DIAGNOSIS = _text(vocabulary.icd10cm)
SLUG = _text(_slug)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AVAILABILITY = _one_of(
    tuple(f"{day}_{half}" for day in _DAYS for half in ("am", "pm")),
    "This is not a half day; enter a day and am or pm such as mon_am, or the whole as one text.",
)
AVAILABILITY_WORDS = _prose(500)
TIMING_SAID: Final = {
    "as_soon_as_possible": "asap",
    "within_two_weeks": "two_weeks",
    "within_2_weeks": "two_weeks",
    "2_weeks": "two_weeks",
    "within_a_month": "within_month",
    "not_sure_yet": "not_sure",
}
"""How our own pages say it, as a file or a program may send it back."""

TOP: dict[str, Read] = {
    "lead_kind": _one_of(get_args(record.LeadKind)),
    "service": _one_of(get_args(record.Service)),
    "concern": _prose(4000),
    "setting": _one_of(get_args(record.Setting)),
    "timing": _one_of(get_args(record.Timing), said=TIMING_SAID),
    "not_before": _day(vocabulary.calendar_date),
    "hours": _text(hours.stated),
    "order": _one_of(get_args(record.OrderSaid)),
    "order_signed": _yes_no,
    "cause": _one_of(get_args(record.Cause)),
    "returning": _yes_no,
    "home_health": _yes_no,
    "therapy_elsewhere": _yes_no,
    "withhold_from_plan": _yes_no,
    "access_needs": _prose(500),
    "asks": _prose(4000),
    "not_a_referral": _yes_no,
    "escalate": _yes_no,
    "escalate_reason": _prose(500),
}
PATIENT: dict[str, Read] = {
    "first_name": _NAME,
    "middle_name": _NAME,
    "last_name": _NAME,
    "suffix": _line(10),
    "preferred_name": _NAME,
    "date_of_birth": _day(vocabulary.birth_date),
    "age_years": _count(0, vocabulary.LONGEST_LIFE_YEARS),
    "sex": _one_of(get_args(record.Sex)),
    "phone": _PHONE,
    "extension": _EXTENSION,
    "email": _EMAIL,
    "street": _line(200),
    "city": _line(100),
    "state": _text(vocabulary.us_state),
    "postal_code": _text(vocabulary.zip5),
    "language": _line(60),
    "interpreter": _yes_no,
    "no_voicemail": _yes_no,
}
CONTACT: dict[str, Read] = {
    "name": _NAME,
    "relationship": _text(lambda text: vocabulary.one_line(text, 60).lower()),
    "phone": _PHONE,
    "extension": _EXTENSION,
    "email": _EMAIL,
    "preferred_method": _one_of(get_args(record.ContactMethod)),
    "no_voicemail": _yes_no,
    "authority": _one_of(get_args(record.StatedAuthority)),
}
CLINICIAN: dict[str, Read] = {
    "name": _NAME,
    "credential": _line(60),
    "organization": _line(200),
    "npi": _text(vocabulary.npi),
    "phone": _PHONE,
    "extension": _EXTENSION,
    "fax": _PHONE,
}
REFERRER: dict[str, Read] = {
    **CLINICIAN,
    "email": _EMAIL,
    "role": _one_of(get_args(record.ReferrerRole)),
    "updates_by": _one_of(get_args(record.UpdatesBy)),
    "may_be_told": _one_of(get_args(record.MayBeTold)),
}
ORGANIZATION: dict[str, Read] = {
    "needs": _prose(4000),
    "size": _count(0, 1_000_000),
    "timeline": _line(200),
    "start_on": _day(vocabulary.calendar_date),
    "budget": _line(200),
    "decision_maker": _line(200),
    "decision_path": _prose(1000),
}
DIAGNOSES: dict[str, Read] = {
    "code": DIAGNOSIS,
    "side": _one_of(get_args(record.Side)),
    "words": _line(300),
}
EVENT: dict[str, Read] = {
    "kind": _one_of(get_args(record.EventKind)),
    "date": _day(vocabulary.calendar_date),
    "words": _line(300),
}
PAYER: dict[str, Read] = {
    "kind": _one_of(get_args(record.PayerKind)),
    "name": _line(120),
    "member_id": _NUMBER_ON_CARD,
    "group_number": _NUMBER_ON_CARD,
    "authorization_number": _NUMBER_ON_CARD,
    "authorization_status": _one_of(get_args(record.AuthorizationStatus)),
    "claim_number": _NUMBER_ON_CARD,
    "adjuster_name": _NAME,
    "adjuster_phone": _PHONE,
    "adjuster_extension": _EXTENSION,
    "subscriber_name": _NAME,
    "subscriber_date_of_birth": _day(vocabulary.birth_date),
}
FREQUENCY: dict[str, Read] = {
    "discipline": DISCIPLINE,
    "visits_per_week": _visits_per_week,
    "weeks": _count_or_range(1, 104),
    "total_visits": _count(1, 400),
}
CONSENT: dict[str, Read] = {
    "channel": _one_of(get_args(record.ConsentChannel)),
    "given": _yes_no,
    "wording": _text(_pattern(_WORDING, "This is no name of a wording; enter one such as email-receipt:1.")),
    "at": _moment,
}
ATTRIBUTION: dict[str, Read] = {
    "kind": _one_of(get_args(record.SourceKind)),
    "heard_of_us": _line(200),
}
TOUCH: dict[str, Read] = {
    "at": _moment,
    "landing_page": _line(500),
    "referrer": _line(500),
    "utm_source": _line(120),
    "utm_medium": _line(120),
    "utm_campaign": _line(120),
    "utm_term": _line(120),
    "utm_content": _line(120),
}
CLICK_IDS: dict[str, Read] = {name: _line(300) for name in ("gclid", "gbraid", "wbraid", "fbclid", "msclkid")}
