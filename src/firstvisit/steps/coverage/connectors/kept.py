"""An exchange whose answer does not repeat our trace number, kept so that it can be read again. Pure.

A vendor that takes JSON writes the question to the payer itself, under a number of its own. What ties its answer to
our question is the exchange: the number that we gave it, or it gave us, and repeats. So what is kept is the vendor's
words as they were sent, with our trace number and whom we asked about beside them; and the trace number is granted
only to an answer that repeats the vendor's number and does not speak of somebody else.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

from firstvisit.steps.coverage.benefits import Benefits, NotUnderstood, Trace
from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.x12.parties import Party

_VERSION: Final = 1
_SIGNS: Final = re.compile(r"[^A-Z0-9]")
SOMEBODY_ELSE: Final = "the answer names another member and another birth date than were asked about"
NOT_REPEATED: Final = "the answer does not repeat the number of our question"


@dataclass(frozen=True, slots=True)
class Kept:
    """One exchange. `number` is what the answer has to repeat; `member` is the id of the card and `birth` the patient's
    birth date, as they were asked with; `made_on` the day of the answer (CCYYMMDD) by the vendor's clock. `answers` by
    what they are (answer, x12 ...), each as it was sent."""

    trace: str
    origin: str
    number: str
    member: str
    birth: str
    made_on: str
    answers: Mapping[str, bytes]


def keep(inquiry: Inquiry, number: str, answers: Mapping[str, bytes], *, date: str = "") -> bytes:
    """The exchange as bytes. `date` is the header of that name in the answer."""
    who = inquiry.dependent or inquiry.subscriber
    return json.dumps(
        {
            "kept": _VERSION,
            "trace": inquiry.trace,
            "origin": inquiry.origin,
            "number": number,
            "member": inquiry.subscriber.member_id,
            "birth": who.birth.strftime("%Y%m%d") if who.birth else "",
            "made_on": _day(date),
            "answers": {name: each.decode("utf-8", "surrogateescape") for name, each in answers.items()},
        },
        separators=(",", ":"),
    ).encode("ascii")


def kept(raw: bytes) -> Kept | None:
    """The exchange again; None where `raw` is none."""
    try:
        value: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if (
        not isinstance(value, dict)
        or value.get("kept") != _VERSION
        or not isinstance(value.get("answers"), dict)
    ):
        return None
    names = ("trace", "origin", "number", "member", "birth", "made_on")
    answers = {
        str(name): str(each).encode("utf-8", "surrogateescape") for name, each in value["answers"].items()
    }
    return Kept(**{name: str(value.get(name) or "") for name in names}, answers=answers)


def traced(answers: tuple[Benefits, ...], exchange: Kept, repeated: str) -> tuple[Benefits, ...]:
    """The answers, each with our trace number where `repeated` is the number that it has to repeat and nothing in it
    speaks of somebody else; where it has not, that is said."""
    return tuple(_traced(each, exchange, repeated) for each in answers)


def _traced(answer: Benefits, exchange: Kept, repeated: str) -> Benefits:
    if repeated != exchange.number:
        return _doubted(answer, NOT_REPEATED)
    if _is_somebody_else(answer, exchange):
        return _doubted(answer, SOMEBODY_ELSE)
    return replace(answer, traces=(Trace(True, exchange.trace, exchange.origin, 0), *answer.traces))


def _doubted(answer: Benefits, why: str) -> Benefits:
    return replace(answer, not_understood=(NotUnderstood(0, "", why), *answer.not_understood))


def _is_somebody_else(answer: Benefits, exchange: Kept) -> bool:
    """Whether all that the answer says of who it is about differs from what was asked; payers correct single values."""
    people = [each for each in (answer.patient, answer.subscriber) if each is not None]
    members = {_plain(each.id) for each in people if each.id}
    births = {each.birth.strftime("%Y%m%d") for each in _born(people)}
    agree = []
    if members and exchange.member:
        agree.append(_plain(exchange.member) in members)
    if births and exchange.birth:
        agree.append(exchange.birth in births)
    return bool(agree) and not any(agree)


def _born(people: list[Party]) -> list[Any]:
    return [each for each in people if each.birth is not None]


def _plain(text: str) -> str:
    return _SIGNS.sub("", text.upper())


def _day(date: str) -> str:
    """CCYYMMDD of an HTTP date; "" where it is none."""
    try:
        return parsedate_to_datetime(date).astimezone(dt.UTC).strftime("%Y%m%d")
    except (TypeError, ValueError):
        return ""
