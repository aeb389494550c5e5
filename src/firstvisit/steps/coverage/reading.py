"""A 271 as `Benefits`, one for each patient it answers for.

Every segment ends somewhere: in a line, in a party, in what is noted of the patient, among the rejections, or in
`not_understood`. Nothing raises on what a payer may send.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.activity import told
from firstvisit.steps.coverage.benefits import Benefits, Line, Noted, NotUnderstood, Trace
from firstvisit.steps.coverage.lines import OpenLine, bare, delivery, place
from firstvisit.steps.coverage.rejections import Rejection, rejection
from firstvisit.steps.coverage.x12.dates import Dated, dated, day
from firstvisit.steps.coverage.x12.levels import DEPENDENT, PAYER, PROVIDER, SUBSCRIBER, Level, levels
from firstvisit.steps.coverage.x12.parties import Party, Reference, party
from firstvisit.steps.coverage.x12.transactions import NAME, Segment, Transaction, at

_LETTER: Final = {PAYER: "A", PROVIDER: "B", SUBSCRIBER: "C", DEPENDENT: "D"}
_ANSWERED_FOR: Final = dt.timedelta(days=366)
"""How far back payers have to answer: CAQH CORE's operating rule on eligibility, 12 months."""
_KEPT: Final = frozenset({"ST", "BHT", "SE", "LS", "LE", "HI", "MPI"})
"""Segments that say nothing we use and are no loss: the envelope's, where loop 2120 begins and ends, what was asked."""
_DATES: Final = frozenset(codes.table("date"))
_OF_PARTY: Final = frozenset({"N3", "N4", "PER", "PRV", "DMG", "INS"})
_OF_LINE: Final = frozenset(
    {"DTP", "MSG", "REF", "HSD", "III", "AAA", "NM1", "N3", "N4", "PER", "PRV", "LS", "LE"}
)


class _Said:
    """What one level of the tree says, while it is read."""

    __slots__ = ("dates", "letter", "lines", "noted", "others", "party", "rejections", "traces", "unread")

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.party: Party | None = None
        self.others: list[Party] = []
        self.traces: list[Trace] = []
        self.dates: list[Dated] = []
        self.noted: list[Noted] = []
        self.lines: list[Line] = []
        self.rejections: list[Rejection] = []
        self.unread: list[NotUnderstood] = []


def read(transaction: Transaction) -> list[Benefits]:
    """What a 271 says: an answer a patient, and one for what is said where no patient is named. At least one."""
    segments = transaction.segments
    tree = levels(segments, transaction.delimiters.element)
    first = tree[0].start if tree else len(segments) + 1
    outside = _Said("")
    _read(transaction, 1, first, outside)
    said = [_Said(_LETTER.get(level.code, "")) for level in tree]
    by_level = {id(level): each for level, each in zip(tree, said, strict=True)}
    for level, each in zip(tree, said, strict=True):
        if each.letter:
            _read(transaction, level.start + 1, level.end, each)
        else:
            why = f"HL03 {level.code!r} is no level of a 271"
            each.unread += [
                NotUnderstood(n, transaction.segments[n - 1], why) for n in range(level.start, level.end)
            ]
    parents = {id(level.parent) for level in tree if level.code == DEPENDENT and level.parent is not None}
    answers = []
    spare = [outside, *(each for each in said if not each.letter)]
    told_of: set[int] = set()
    for level, each in zip(tree, said, strict=True):
        if level.code == DEPENDENT or (level.code == SUBSCRIBER and (id(level) not in parents or each.lines)):
            above = _above(level, by_level)
            answers.append(_answer(transaction, each, above, spare))
            told_of |= {id(each), *map(id, above)}
            spare = []
    # A payer or provider below whom no patient stands may have refused all the same.
    left = [each for each in said if each.letter and id(each) not in told_of]
    if not answers or any(each.rejections or each.unread or each.noted or each.traces for each in left):
        answers.append(_answer(transaction, _Said(""), left, spare))
    return answers


def _above(level: Level, by_level: dict[int, _Said]) -> list[_Said]:
    """What the levels above one say, nearest last."""
    found: list[_Said] = []
    at_level = level.parent
    while at_level is not None:
        found.insert(0, by_level[id(at_level)])
        at_level = at_level.parent
    return found


def _read(transaction: Transaction, start: int, end: int, said: _Said) -> None:
    """Read segments `start` to `end` (excluded) of one level."""
    segments, delimiters, letter = transaction.segments, transaction.delimiters, said.letter
    element, patient = delimiters.element, letter in ("C", "D")
    loop = f"2100{letter}"
    begins, cut_off = f"EB{element}", transaction.cut_off
    line: OpenLine | None = None
    named: Party | None = None
    for n in range(start, end):
        text = segments[n - 1]
        if n == cut_off:
            said.unread.append(NotUnderstood(n, text, "the file ends in the middle of it"))
            continue
        if patient and text[:3] == begins:
            if line is not None:
                _close(line.lines(delimiters), line.numbers[0], line.text, said)
            line = named = None
            if n + 1 < end and segments[n][:3] != begins:
                line = OpenLine(n, text)
            else:
                _close(bare(n, text, delimiters), n, text, said)
            continue
        name = text.partition(element)[0]
        if line is not None and name != "SE":
            if name not in _OF_LINE:
                said.unread.append(NotUnderstood(n, text, _misplaced(name)))
                continue
            line.numbers.append(n)
        if name == "DTP" and letter:
            date, fault = _date(text, element)
            if fault:
                said.unread.append(NotUnderstood(n, text, fault))
            if line is not None:
                line.dates += (date,)
            else:
                said.dates.append(date)
                said.noted.append(Noted(n, loop, date))
        elif name == "MSG" and patient:
            words = text[4:].strip()
            if line is not None:
                line.messages += (words,)
            else:
                said.noted.append(Noted(n, loop, words))
        elif name == "REF" and letter:
            if line is not None:
                line.references += (_reference(text, element),)
            else:
                said.noted.append(Noted(n, loop, _reference(text, element)))
        elif name == "HSD" and line is not None:
            found = delivery(text, element)
            line.deliveries += (found,)
            if found.fault:
                said.unread.append(NotUnderstood(n, text, found.fault))
        elif name == "III" and line is not None:
            line.places += (place(text.split(element)),)
        elif name == "AAA":
            _refuse(text.split(element), n, said, line, text)
        elif name == "NM1" and letter:
            named = party(n, text.split(element))
            if line is not None:
                line.parties += (named,)
            elif said.party is None:
                said.party = named
            else:
                said.others.append(named)
        elif name in _OF_PARTY and named is not None:
            if not named.take(n, text.split(element)):
                said.unread.append(NotUnderstood(n, text, f"this {name} says what nobody can read"))
        elif name == "TRN" and letter:
            segment = text.split(element)
            said.traces.append(Trace(at(segment, 1) == "2", at(segment, 2), at(segment, 3), n))
        elif name == "LE":
            named = None
        elif name not in _KEPT:
            said.unread.append(NotUnderstood(n, text, _misplaced(name)))
    if line is not None:
        _close(line.lines(delimiters), line.numbers[0], line.text, said)


def _misplaced(name: str) -> str:
    return f"a {name} does not belong here" if NAME.fullmatch(name) else "this is no segment"


@lru_cache(maxsize=8192)
def _date(text: str, element: str) -> tuple[Dated, str]:
    """What a DTP says, and what of it is not understood."""
    segment = text.split(element)
    found = dated(at(segment, 1), at(segment, 2), at(segment, 3))
    if found.begin is None:
        return found, f"{found.text!r} is no date that can be"
    return found, "" if found.qualifier in _DATES else f"no date is called {found.qualifier!r}"


@lru_cache(maxsize=4096)
def _reference(text: str, element: str) -> Reference:
    segment = text.split(element)
    return Reference(at(segment, 1), at(segment, 2), at(segment, 3))


def _refuse(segment: Segment, n: int, said: _Said, line: OpenLine | None, text: str) -> None:
    """An AAA: in a line's loop it is that line's, else the level's own."""
    place_of = "2110" if line is not None else "2100" if said.party is not None else "2000"
    found = rejection(n, segment, f"{place_of}{said.letter}" if said.letter else "")
    said.rejections.append(found)
    if line is not None:
        line.rejections += (found,)
    if not found.known:
        said.unread.append(NotUnderstood(n, text, "a reason or an action of this AAA is not known"))


def _close(made: tuple[list[Line], tuple[str, ...]], n: int, text: str, said: _Said) -> None:
    lines, faults = made
    said.lines += lines
    for fault in faults:
        said.unread.append(NotUnderstood(n, text, fault))


def _answer(transaction: Transaction, said: _Said, above: list[_Said], spare: list[_Said]) -> Benefits:
    """One patient's answer, with what the levels above say of them too. `spare` is what belongs to nobody."""
    chain = [*above, said] if said.letter else above
    of = {each.letter: each.party for each in chain}
    refused = [
        one for each in (*spare, *chain) for one in each.rejections if each is said or not _of_line(one)
    ]
    dates = [one for each in chain if each.letter in ("C", "D") for one in each.dates]
    answered_on = day(transaction.made_on)
    service, days = _days(dates, answered_on)
    whole = [one for one in refused if not _of_line(one)]
    active, why = told(said.lines, dates, whole, days, complete=transaction.complete)
    if why == "breaks_off" and transaction.lost:
        why = "segments_missing"
    # A subscriber with benefits of their own has an answer of their own, and so has the question about them.
    traces = said.traces + [one for each in reversed(above) if not each.lines for one in each.traces]
    unread = [one for each in (*spare, *chain) for one in each.unread]
    return Benefits(
        control=transaction.control, interchange=transaction.interchange, sender=transaction.sender,
        version=transaction.version, answered_on=answered_on, traces=tuple(traces),
        payer=of.get("A"), provider=of.get("B"), subscriber=of.get("C"), patient=of.get("D") or of.get("C"),
        others=tuple(one for each in chain for one in each.others),
        service_date=service, days=days, active=active, why_active=why,
        lines=tuple(said.lines), rejections=tuple(refused),
        noted=tuple(one for each in chain for one in each.noted),
        not_understood=tuple(sorted(unread)), faults=transaction.faults,
    )  # fmt: skip


def _of_line(one: Rejection) -> bool:
    return one.loop.startswith("2110")


def _days(dates: list[Dated], answered_on: dt.date | None) -> tuple[dt.date | None, tuple[dt.date, ...]]:
    """The day that was asked for, and the days on which the plan has to hold.

    Only DTP 472 is surely the day of service. One day of 291 (or of 307 as a period) is what a 270 asks with and payers
    repeat, but others write the day on which the plan began there: it counts where it lies within the year that payers
    have to answer for, and the day of the answer counts beside it.
    """
    now = () if answered_on is None else (answered_on,)
    for each in dates:
        if each.qualifier == "472" and each.begin is not None and each.begin == each.end:
            return each.begin, (each.begin,)
    for each in dates:
        if (
            each.begin is None
            or each.begin != each.end
            or (answered_on and each.begin < answered_on - _ANSWERED_FOR)
        ):
            continue
        if each.qualifier == "291" or (each.qualifier == "307" and each.is_period):
            return each.begin, (each.begin, *now)
    return None, now
