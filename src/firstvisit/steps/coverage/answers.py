"""What an answer comes to for one discipline, in or out of network. Pure.

"Not stated" is an answer: None everywhere. A plan that is active says nothing of therapy; a word for another network,
place, procedure, or for Part A says nothing of a first visit with us; where the payer contradicts itself, nothing is
taken as said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from firstvisit.steps.coverage.activity import ENDS, PLAN, holds_on
from firstvisit.steps.coverage.balances import Balance, balances
from firstvisit.steps.coverage.benefits import (
    BOTH,
    COINSURANCE,
    COPAY,
    DEDUCTIBLE,
    DOLLARS,
    EXCLUSION,
    OUT_OF_POCKET,
    VISITS,
    Benefits,
    Line,
)
from firstvisit.steps.coverage.wordings import speaks_of
from firstvisit.steps.coverage.x12.parties import Contact, Party

SERVICES: Final = {"PT": ("PT", "AE", "AC", "A9"), "OT": ("AD", "AE", "AC", "A9"), "SLP": ("AF", "AC", "A9")}
"""Service types that speak of a discipline, the closest first; what the first states goes before the others."""
OFFICE: Final = "11"
_ELSEWHERE: Final = frozenset({"MA", "MD"})
"""Insurances that pay for no outpatient therapy: Medicare Parts A and D."""
_COORDINATORS: Final = frozenset({"L", "MC", "N", "4"})
_PER_VISIT: Final = frozenset({"", "7", "26", "27"})


_PENDING: Final = "5"
"""EB01 of a plan or a service that is active while the payer investigates."""
_FACILITY, _HOME_HEALTH, _DESCRIBED = "X", "42", "D"


class HomeHealth(NamedTuple):
    """A period of home health care as the payer states it: from when, until when, by whom."""

    begin: dt.date | None
    end: dt.date | None
    agency: str

    def over(self, day: dt.date) -> bool:
        """Whether it had ended before a day."""
        return self.end is not None and self.end < day


@dataclass(frozen=True, slots=True)
class Answer:
    """For one discipline. `covered_as` is the service type that says so. Of `copays` and `coinsurances` (percent) there
    are several where the payer names several; `visits` and `dollars` are limits; `unlimited`: it says there is none.

    `coordinators` are those whom the payer names as primary care or as who has to agree; `messages`: the payer's own
    words, those on authorization and on referral apart. `network` is in, out, or None where we do not know which.
    """

    discipline: str
    network: str | None
    active: bool | None
    why_active: str
    covered: bool | None
    covered_as: str | None
    contradicted: bool
    copays: tuple[Decimal, ...]
    coinsurances: tuple[Decimal, ...]
    deductible: Balance | None
    out_of_pocket: Balance | None
    visits: tuple[Balance, ...]
    dollars: tuple[Balance, ...]
    unlimited: bool
    authorization: bool | None
    authorization_messages: tuple[str, ...]
    coordinators: tuple[str, ...]
    referral_messages: tuple[str, ...]
    other_payers: tuple[str, ...]
    contacts: tuple[str, ...]
    messages: tuple[str, ...]
    referral: bool | None = None
    """Whether a referral is needed, where a person was told so; no 271 says it in a field of its own."""
    pending: bool = False
    """The payer says active while it investigates."""
    home_health: tuple[HomeHealth, ...] = ()


def answer(benefits: Benefits, discipline: str, network: str | None, *, place: str = OFFICE) -> Answer:
    """What `benefits` says of a `discipline` (PT, OT, SLP) for a practice that is `network` (in, out, None: unknown)
    and treats at `place` (a place of service code). KeyError for another discipline."""
    services = SERVICES[discipline]
    ours = [
        line
        for line in benefits.lines
        if _network_fits(line.network, network)
        and line.insurance not in _ELSEWHERE
        and not line.procedure
        and not line.rejections
        and _place_fits(line, place)
        and holds_on(line.dates, benefits.days)
    ]
    by_service = {service: [line for line in ours if line.service == service] for service in services}
    of_therapy = [line for lines in by_service.values() for line in lines]
    of_plan = [line for line in ours if line.service in (None, PLAN)]
    covered, covered_as, contradicted = _covered(benefits.active, by_service)
    known = {number for line in ours for number in line.numbers}
    limits = [each for each in balances(benefits) if known.issuperset(each.numbers)]
    return Answer(
        discipline=discipline,
        network=network,
        active=benefits.active,
        why_active=benefits.why_active,
        covered=covered,
        covered_as=covered_as,
        contradicted=contradicted,
        copays=_shares(by_service, COPAY),
        coinsurances=_shares(by_service, COINSURANCE),
        deductible=_one_limit(limits, DEDUCTIBLE, services),
        out_of_pocket=_one_limit(limits, OUT_OF_POCKET, services),
        visits=_limits(limits, VISITS, services),
        dollars=_limits(limits, DOLLARS, services),
        unlimited=any(line.code == "H" for line in by_service[services[0]]),
        authorization=_authorization(by_service),
        authorization_messages=_that_speak_of("authorization", of_therapy),
        coordinators=_named(line for line in (*of_therapy, *of_plan) if line.code in _COORDINATORS),
        referral_messages=_that_speak_of("referral", (*of_therapy, *of_plan)),
        other_payers=_organizations(line for line in benefits.lines if line.code == "R"),
        contacts=_organizations(line for line in (*of_therapy, *of_plan) if line.code in ("U", "W")),
        messages=tuple(dict.fromkeys(text for line in of_therapy for text in _with_dollars(line))),
        pending=any(line.code == _PENDING for line in (*_of_the_plan(benefits), *of_therapy)),
        home_health=tuple(dict.fromkeys(_home_health(benefits))),
    )


def _of_the_plan(benefits: Benefits) -> list[Line]:
    """What says whether the plan is active, in any network: as `activity.told` reads it."""
    stated = (line for line in benefits.lines if line.service in (None, PLAN) and not line.rejections)
    return [line for line in stated if holds_on(line.dates, benefits.days)]


def _network_fits(stated: str | None, asked: str | None) -> bool:
    """A line that names no network holds for both; where we do not know ours, only such a line is for us."""
    return stated in (None, BOTH) or stated == asked


def _place_fits(line: Line, place: str) -> bool:
    places = {each.code for each in line.places if each.qualifier == "ZZ"}
    return not places or place in places


def _covered(active: bool | None, by_service: dict[str, list[Line]]) -> tuple[bool | None, str | None, bool]:
    """Covered, by which service type, and whether the payer contradicts itself. The closest that speaks decides; an
    exclusion is heard also where the plan's own state cannot be told."""
    if active is False:
        return False, None, False
    for service, lines in by_service.items():
        said = {False if line.kind == EXCLUSION else line.is_active for line in lines} - {None}
        if any(line.code in ("O", "V") for line in lines):
            return None, service, True
        if len(said) == 2:
            return None, service, True
        if said == {False}:
            return False, service, False
        if said == {True}:
            doubted = any(speaks_of("not_covered", line.messages) for line in lines if line.is_active)
            return (None, service, True) if doubted else (active, service, False)
    return None, None, False


def _shares(by_service: dict[str, list[Line]], kind: str) -> tuple[Decimal, ...]:
    """The patient's share of a visit as the closest service type states it, each once."""
    for lines in by_service.values():
        stated = [line for line in lines if line.kind == kind and line.period in _PER_VISIT]
        values = [line.amount if kind == COPAY else line.percent for line in stated]
        found = sorted({value for value in values if value is not None})
        if found:
            return tuple(found)
    return ()


def _limits(limits: Sequence[Balance], kind: str, services: Sequence[str]) -> tuple[Balance, ...]:
    for service in services:
        found = tuple(each for each in limits if each.kind == kind and each.service == service)
        if found:
            return found
    return ()


def _one_limit(limits: Sequence[Balance], kind: str, services: Sequence[str]) -> Balance | None:
    """The deductible, or the maximum, of the patient alone: of the therapy where it has its own, else of the plan.
    None where several are stated and nothing says which is meant."""
    for service in (*services, PLAN, None):
        found = [each for each in limits if each.kind == kind and each.service == service]
        alone = [each for each in found if each.level in ("IND", "EMP", "")] or found
        if alone:
            return alone[0] if len(alone) == 1 else None
    return None


def _authorization(by_service: dict[str, list[Line]]) -> bool | None:
    """Needed where any line of the closest service type that speaks of it says so; a message that speaks of
    authorization takes a no back."""
    for lines in by_service.values():
        said = {line.authorization for line in lines} - {None}
        if True in said:
            return True
        if said:
            return None if any(speaks_of("authorization", line.messages) for line in lines) else False
    return None


def _named(lines: Iterable[Line]) -> tuple[str, ...]:
    """Who is named on the lines, with their phone numbers."""
    return tuple(
        dict.fromkeys(
            _with_numbers(party) for line in lines for party in line.parties if party.name or party.id
        )
    )


def _organizations(lines: Iterable[Line]) -> tuple[str, ...]:
    """The organizations named on the lines (an insured person may stand beside them), or the plan where none is."""
    said: list[str] = []
    for line in lines:
        named = [party for party in line.parties if not party.is_person and (party.name or party.id)]
        said += [_with_numbers(party) for party in named] or [line.plan]
    return tuple(dict.fromkeys(each for each in said if each))


def _with_numbers(party: Party) -> str:
    numbers = ", ".join(_as_read(each) for each in party.contacts)
    return f"{party.name or party.id} ({numbers})" if numbers else party.name or party.id


def _as_read(contact: Contact) -> str:
    """A phone number of ten digits as people write it, 608-555-0142; everything else as it was sent."""
    number = contact.number
    is_number = contact.kind in ("phone", "fax") and re.fullmatch(r"\d{10}", number, re.ASCII)
    return f"{number[:3]}-{number[3:6]}-{number[6:]}" if is_number else number


def _with_dollars(line: Line) -> tuple[str, ...]:
    """The messages of a line. One that describes an amount ("USED AMOUNT") says nothing without it."""
    if line.code != _DESCRIBED or line.amount is None:
        return line.messages
    return tuple(f"{text}: ${line.amount:,.2f}" for text in line.messages)


def _home_health(benefits: Benefits) -> Iterator[HomeHealth]:
    """The periods of home health care that the payer names and that had not ended before the day asked for."""
    for line in benefits.lines:
        if line.code == _FACILITY and line.service == _HOME_HEALTH and not line.rejections:
            days = [(each.begin, each.end) for each in line.dates if each.begin and each.end]
            begin, end = min((each[0] for each in days), default=None), max((each[1] for each in days), default=None)
            if len(days) == 1 and begin == end:
                ends = line.dates[0].qualifier in ENDS
                begin, end = (None, end) if ends else (begin, None)
            found = HomeHealth(begin, end, next((each.name for each in line.parties if each.name), ""))
            if not benefits.days or not all(found.over(day) for day in benefits.days):
                yield found


def _that_speak_of(what: str, lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(text for text in _messages(lines) if speaks_of(what, (text,)))


def _messages(lines: Iterable[Line]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for line in lines for text in line.messages))
