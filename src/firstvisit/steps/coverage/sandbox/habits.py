"""Which habit the sandbox has for which member id, and what it then says. Pure.

A member id that begins with the name of a habit has it, whatever follows; any other gets the clean answer. Everything
but the day of the file follows the day that was asked about.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.sandbox import plans
from firstvisit.steps.coverage.sandbox.drafts import Draft, Segment, eb, file, refused_file, taken_in
from firstvisit.steps.coverage.sandbox.said import Said
from firstvisit.steps.coverage.x12.delimiters import Delimiters

Says = Callable[[Inquiry, dt.date, int], Said]
_ODD: Final = Delimiters(element="|", component=">", repetition="!", terminator="'")
_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Notice</title></head><body><h1>We will be back</h1></body></html>"
)
_STRANGER: Final = "NOT-YOUR-QUESTION"
REFUSAL: Final = re.compile(r"AAA(?P<code>[0-9A-Z]{2})(?P<action>[CNPRSWXY]?)")
"""A habit for each reason of `codes/rejections.toml`, and for each follow-up action of it."""
_OF_PAYER: Final = frozenset({"04", "41", "42", "79", "80", "T4"})
_OF_PROVIDER: Final = frozenset({"43", "44", "45", "46", "47", "48", "49", "50", "51", "97"})
_OF_BENEFIT: Final = frozenset(
    {"35", "52", "53", "54", "55", "69", "70", "98", "AA", "AE", "AF", "AG", "AH", "AI", "AM", "AN", "AO", "CI", "E8",
     "IA", "MA", "T5"}
)  # fmt: skip
"""Loops of 005010X279A1 in which a reason stands; the others are about the subscriber or the dependent."""


@dataclass(frozen=True, slots=True)
class Habit:
    """`begins`: how the member id begins. `does`: what the payer then does, in a sentence for the table."""

    begins: str
    does: str
    says: Says


def answer(inquiry: Inquiry, today: dt.date, earlier: int = 0) -> Said:
    """What the sandbox says. `earlier`: how often this member was asked about before, for habits that change."""
    member = inquiry.subscriber.member_id.strip().upper()
    if inquiry.service_date == dt.date.min:
        inquiry = replace(inquiry, service_date=today)
    refusal = REFUSAL.match(member)
    if refusal is not None and refusal["code"] in codes.rows("reason"):
        return _x12(today, refused(inquiry, refusal["code"], refusal["action"]))
    fitting = [habit for habit in HABITS if member.startswith(habit.begins)]
    habit = max(fitting, key=lambda each: len(each.begins), default=HABITS[0])
    return habit.says(inquiry, today, earlier)


def refused(of: Inquiry, code: str, action: str = "") -> Draft:
    """A refusal for one reason, in the loop where it belongs. Without an action of its own: R for what is the payer's
    own trouble, else C."""
    machine = bool(codes.rows("reason")[code].get("machine"))
    said: Segment = ("AAA", "Y" if code in _OF_PAYER else "N", "", code, action or ("R" if machine else "C"))
    if code in _OF_BENEFIT:
        return Draft(
            of, [eb("1", plans.PLAN), eb("V", of.service), said], since=dt.date(of.service_date.year, 1, 1)
        )
    if code in _OF_PAYER or code in _OF_PROVIDER:
        return Draft(of, refusals=(("A" if code in _OF_PAYER else "B", said),))
    of_subscriber = codes.rows("reason")[code]["whose"] == "subscriber" or of.dependent is None
    return Draft(of, refusals=(("C" if of_subscriber else "D", said),))


def _x12(today: dt.date, *drafts: Draft) -> Said:
    return Said(file(*drafts, today=today))


def _plan(draft: Callable[[Inquiry], Draft]) -> Says:
    return lambda of, today, earlier: _x12(today, draft(of))


def _clean(of: Inquiry, today: dt.date) -> bytes:
    return file(plans.clean(of), today=today)


def _stranger(of: Inquiry, today: dt.date, earlier: int) -> Said:
    other = replace(of, trace=_STRANGER, subscriber=replace(of.subscriber, last="SOMEBODY", first="ELSE"))
    return _x12(today, plans.clean(other))


def _several(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(taken_in(today) + file(plans.clean(of), today=today, control=4, delimiters=_ODD))


def _busy(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(_clean(of, today)) if earlier else Said(instead=_PAGE, status=503)


def _tomorrow(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(_clean(of, today + dt.timedelta(days=1)))


def _odd(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(file(plans.clean(of), today=today, delimiters=_ODD))


def _twice(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return _x12(today, plans.clean(of), plans.clean(of))


def _cut(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(_clean(of, today), cut=True)


def _hang_up(of: Inquiry, today: dt.date, earlier: int) -> Said:
    return Said(hangs_up=True)


def _not_taken(kind: str) -> Says:
    return lambda of, today, earlier: Said(refused_file(kind, today))


def _late(seconds: float) -> Says:
    return lambda of, today, earlier: Said(_clean(of, today), wait=seconds)


def _instead(content: bytes, *, status: int = 200, media: str = "text/html") -> Says:
    return lambda of, today, earlier: Said(instead=content, status=status, media=media)


HABITS: Final[tuple[Habit, ...]] = (
    Habit("ACTIVE", "active and covered, everything stated; so is any member id that begins with no habit",
          _plan(plans.clean)),
    Habit("INACTIVE", "ended with the month before the visit", _plan(plans.inactive)),
    Habit("PENDING", "active, pending investigation (EB01 5)", _plan(plans.pending)),
    Habit("EXCLUDED", "active, this therapy not covered (EB01 I)", _plan(plans.excluded)),
    Habit("SILENT", "active (service type 30), not a word on therapy", _plan(plans.not_stated)),
    Habit("CONTRADICTED", "therapy covered in one line, excluded in the next", _plan(plans.contradicted)),
    Habit("LIMIT", "20 visits a year, nothing on those used", _plan(plans.limited)),
    Habit("POOLED", "30 visits a year for physical and speech therapy together; occupational has its own 30",
          _plan(plans.pooled)),
    Habit("LEFT", "30 visits a year, those left stated (EB06 29)", _plan(plans.left)),
    Habit("USED", "30 visits a year, those used stated (EB09 99)", _plan(plans.used)),
    Habit("USEDUP", "20 visits a year, none left", _plan(plans.used_up)),
    Habit("HSD", "the limit in an HSD segment", _plan(plans.by_hsd)),
    Habit("AUTH", "authorization required (EB11 Y), and whom to ask", _plan(plans.authorization)),
    Habit("NOAUTH", "no authorization (EB11 N)", _plan(plans.no_authorization)),
    Habit("AUTHUNKNOWN", "authorization neither yes nor no (EB11 U)", _plan(plans.authorization_unknown)),
    Habit("REFERRAL", "an HMO that names the primary care provider whose referral it wants", _plan(plans.referral)),
    Habit("OTHERPAYER", "another plan pays first (EB01 R)", _plan(plans.other_payer)),
    Habit("FAMILY", "subscriber and dependent in one answer", _plan(plans.family)),
    Habit("MEDICARE", "Medicare Part B: therapy dollars used, a home health period about the visit",
          _plan(plans.medicare)),
    Habit("1EG4", "the same, for a number as it stands on CMS's specimen card", _plan(plans.medicare)),
    Habit("MANY", "many service types in one EB", _plan(plans.many)),
    Habit("LOWER", "codes in lower case", _plan(plans.lower)),
    Habit("UNKNOWN", "covered, and beside it codes that no list has and an amount that is none", _plan(plans.unknown)),
    Habit("TOMORROW", "the file is dated a day ahead, as by a clock in another zone", _tomorrow),
    Habit("ODD", "delimiters of its own: a bar, >, ! and an apostrophe", _odd),
    Habit("SEVERAL", "two interchanges in one reply, each with its own delimiters: a 999, then the answer", _several),
    Habit("STRANGER", "the answer to somebody else's question", _stranger),
    Habit("TWICE", "the same answer twice", _twice),
    Habit("CUT", "breaks off in the middle", _cut),
    Habit("ACK999", "a 999: the question was not taken in", _not_taken("999")),
    Habit("ACKTA1", "a TA1: not even its envelope was", _not_taken("TA1")),
    Habit("HTML", "a web page with status 200", _instead(_PAGE)),
    Habit("EMPTY", "nothing, with status 200", _instead(b"", media="text/plain")),
    Habit("GARBAGE", "bytes without any sense", _instead(bytes(range(256)) * 8, media="application/octet-stream")),
    Habit("SLOW1", "the clean answer after 1 second", _late(1)),
    Habit("SLOW40", "the clean answer after 40 seconds, too late", _late(40)),
    Habit("FAULT500", "status 500, always", _instead(_PAGE, status=500)),
    Habit("BUSY503", "status 503 the first time, then the clean answer", _busy),
    Habit("HANGUP", "ends the line without a word", _hang_up),
)  # fmt: skip
