"""Benefits asked for by phone or in a payer's portal: what a person was told, each answer stated or not. Pure.

The questions stand in the order in which a payer's line answers them. What comes of them is an `Answer` as that of a
271, so that the same sentences say it; and as there, nothing that was not said is taken as said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral.text import free_text, one_line
from firstvisit.steps.coverage.activity import PLAN
from firstvisit.steps.coverage.answers import SERVICES, Answer
from firstvisit.steps.coverage.balances import STATED, Balance
from firstvisit.steps.coverage.benefits import DEDUCTIBLE, VISITS

How = Literal["phone", "portal"]
HOWS: Final[dict[How, str]] = {"phone": "by phone", "portal": "in the payer's portal"}
PERIODS: Final = {
    "23": "calendar year",
    "22": "service year",
    "25": "contract",
    "26": "episode",
    "34": "month",
}
"""For how long a visit limit holds, as EB06 has it."""
YES_NO: Final = {"yes": True, "no": False, "": None}
"""What may be ticked; "" is not stated."""
STATES: Final = ("active", "covered", "limited", "authorization", "referral")
"""Questions that are answered yes, no or not stated."""
LONGEST: Final = 500
_NUMBER: Final = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,6})(\.\d{1,2})?\s*%?")
_MOST: Final = {"coinsurance": Decimal(100), "visits": Decimal(1000), "visits_left": Decimal(1000)}
_MOST_DOLLARS: Final = Decimal(100_000)
_OLDEST: Final = dt.timedelta(days=31)


class Told(BaseModel):
    """What one person said on one day. None is not stated. Dollars and percent are the patient's share; `limited` is
    whether there is a visit limit at all, `period` one of PERIODS or "". `said_by` is who answered, `reference` the
    number of the call, "" where none was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: How
    said_by: str
    reference: str = ""
    at: dt.datetime
    active: bool | None = None
    covered: bool | None = None
    copay: Decimal | None = None
    coinsurance: Decimal | None = None
    deductible: Decimal | None = None
    deductible_left: Decimal | None = None
    limited: bool | None = None
    visits: Decimal | None = None
    visits_left: Decimal | None = None
    period: str = ""
    authorization: bool | None = None
    referral: bool | None = None
    words: str = ""


def read(texts: Mapping[str, str], *, at: dt.datetime | None, now: dt.datetime) -> Told:
    """What was typed, by field; `at` is the moment of the call, None where it could not be read. BadInput names every
    field that cannot be kept."""
    problems: list[Problem] = []
    how = texts.get("how", "")
    if how not in HOWS:
        problems.append(Problem("how", "Choose whether you called or looked in the portal."))
    said = {name: _states(name, texts.get(name, ""), problems) for name in STATES}
    numbers = {name: _number(name, texts.get(name, ""), problems) for name in _NUMBERS}
    words: dict[str, str] = {}
    for name, limit in (("said_by", 120), ("reference", 60), ("words", LONGEST)):
        try:
            typed = texts.get(name, "")
            words[name] = free_text(typed, limit) if name == "words" else one_line(typed, limit)
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if how == "phone" and words.get("said_by") == "":
        problems.append(Problem("said_by", "Enter who answered: a first name will do."))
    if at is None:
        problems.append(Problem("at", "Enter the day and time of the answer."))
    elif at > now + dt.timedelta(minutes=5):
        problems.append(Problem("at", "This is still to come: enter when they answered."))
    elif at < now - _OLDEST:
        problems.append(Problem("at", "This is more than a month ago: ask again."))
    problems += _disagreements(said, numbers)
    period = texts.get("period", "")
    if period and period not in PERIODS:
        problems.append(Problem("period", "Choose one of the periods."))
    stated = any(value is not None for value in (*said.values(), *numbers.values())) or words.get("words")
    if not problems and not stated:
        problems.append(Problem("active", "Nothing was stated: note what they said, or leave the page."))
    if problems or at is None:
        raise BadInput(problems)
    return Told(
        how="phone" if how == "phone" else "portal", at=at, period=period if numbers["visits"] is not None else "",
        **said, **numbers, **words,
    )  # fmt: skip


_NUMBERS: Final = ("copay", "coinsurance", "deductible", "deductible_left", "visits", "visits_left")


def _states(name: str, text: str, problems: list[Problem]) -> bool | None:
    if text not in YES_NO:
        problems.append(Problem(name, "Choose yes, no or not stated."))
    return YES_NO.get(text)


def _number(name: str, text: str, problems: list[Problem]) -> Decimal | None:
    """A number as people write it: 30, $30.00, 1,500, 20 %."""
    typed = text.strip()
    if not typed:
        return None
    found = _NUMBER.fullmatch(typed)
    whole = name.startswith("visits")
    if found is None or (whole and found[2]) or (whole and "$" in typed):
        kind = "whole number" if whole else "number such as 30 or 12.50"
        problems.append(Problem(name, f"Enter a {kind}, or nothing."))
        return None
    value, most = Decimal(found[1].replace(",", "") + (found[2] or "")), _MOST.get(name, _MOST_DOLLARS)
    if value > most:
        problems.append(Problem(name, f"This is more than {most:,f}: look again."))
        return None
    return value


def _disagreements(said: Mapping[str, bool | None], numbers: Mapping[str, Decimal | None]) -> list[Problem]:
    """Answers that cannot both be true."""
    found = []
    for left, whole in (("deductible_left", "deductible"), ("visits_left", "visits")):
        part, all_of = numbers[left], numbers[whole]
        if part is not None and all_of is not None and part > all_of:
            found.append(Problem(left, "More is left than there is in all: look again."))
    counted = numbers["visits"] is not None or numbers["visits_left"] is not None
    if said["limited"] is False and counted:
        found.append(Problem("limited", "You say that there is no limit, and how many visits: one of them."))
    if said["limited"] is True and not counted:
        found.append(Problem("visits", "Enter how many visits, or choose not stated."))
    if said["active"] is False and said["covered"] is True:
        found.append(Problem("covered", "A plan that is not active covers nothing: one of the two."))
    return found


def answer(told: Told, discipline: str, network: str | None) -> Answer:
    """What was told, as the answer for a discipline (PT, OT, SLP). KeyError for another."""
    closest = SERVICES[discipline][0]
    covered = False if told.active is False else told.covered
    if covered and told.active is not True:
        covered = None
    return Answer(
        discipline=discipline,
        network=network,
        active=told.active,
        why_active={True: "says_active", False: "says_inactive", None: "silent"}[told.active],
        covered=covered,
        covered_as=closest if told.covered is not None and told.active is not False else None,
        contradicted=False,
        copays=(told.copay,) if told.copay is not None else (),
        coinsurances=(told.coinsurance,) if told.coinsurance is not None else (),
        deductible=_limit(PLAN, DEDUCTIBLE, network, "23", told.deductible, told.deductible_left),
        out_of_pocket=None,
        visits=tuple(
            each
            for each in (_limit(closest, VISITS, network, told.period, told.visits, told.visits_left),)
            if each is not None
        ),
        dollars=(),
        unlimited=told.limited is False,
        authorization=told.authorization,
        authorization_messages=(),
        coordinators=(),
        referral_messages=(),
        other_payers=(),
        contacts=(),
        messages=(told.words,) if told.words else (),
        referral=told.referral,
    )


def _limit(
    service: str, kind: str, network: str | None, period: str, limit: Decimal | None, left: Decimal | None
) -> Balance | None:
    if limit is None and left is None:
        return None
    used = limit - left if limit is not None and left is not None else None
    stated = STATED if left is not None else None
    return Balance(service, kind, network, "IND", period, limit, used, left, stated, False, (), ())
