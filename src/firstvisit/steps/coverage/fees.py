"""What the practice charges: the section "fees" of the rules. Pure.

Service codes are the AMA's; their official words need a licence, so a practice writes its own short names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.kernel.errors import Problem
from firstvisit.practice import policy
from firstvisit.practice.policy import Ground
from firstvisit.referral.record import Discipline

Code = Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")]
Dollars = Annotated[Decimal, Field(ge=0, le=100_000, max_digits=8, decimal_places=2)]
Units = Annotated[int, Field(ge=0, le=16)]


class Allowed(BaseModel):
    """What one payer allows for a service: what it pays and what the patient pays, together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    payer: str = Field(
        title="Payer", description="One of our list", json_schema_extra={"from": "payers"}
    )
    amount: Dollars = Field(
        title="Allows, dollars", description="For one unit, by its contract or its fee schedule"
    )


class Fee(BaseModel):
    """One service: what it costs, for one unit of it (an evaluation, or 15 minutes of a timed treatment).

    The cash price is what somebody pays who uses no insurance, discounts included: the "expected charge" of a good
    faith estimate (45 CFR 149.610(a)(2)). None: the charge.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code = Field(title="Code", description="Five characters, as on a claim")
    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        title="Name", description="In our own plain words, as families read it"
    )
    name_es: Annotated[str, Field(max_length=80)] = Field(
        "", title="Name in Spanish", description="Empty: the English name"
    )
    charge: Dollars = Field(title="Charge, dollars", description="For one unit")
    cash: Dollars | None = Field(
        None,
        title="Cash price, dollars",
        description="Without insurance, discounts included; empty: the charge",
    )
    allowed: tuple[Allowed, ...] = Field((), title="Allowed amounts", description="As far as they are known")

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.cash is not None and self.cash > self.charge:
            raise ValueError("the cash price is above the charge")
        payers = [each.payer for each in self.allowed]
        if len(set(payers)) < len(payers):
            raise ValueError("a payer stands here twice; leave one of its amounts")
        return self

    @property
    def price(self) -> Decimal:
        """What somebody without insurance pays for one unit."""
        return self.charge if self.cash is None else self.cash

    def said(self, language: str) -> str:
        """Its name in this language ("en", "es") where the practice wrote it."""
        return self.name_es if language == "es" and self.name_es else self.name

    def allowed_by(self, payer: str) -> Decimal | None:
        """What this payer (a slug) allows for one unit; None where nobody wrote it."""
        return next((each.amount for each in self.allowed if each.payer == payer), None)


class Part(BaseModel):
    """A part of a first visit: one of these services, so many units of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=12)] = Field(
        title="Codes", description="One of these: which, is known after the visit"
    )
    units_from: Units = Field(1, title="Units, from", description="At least so many on a first visit")
    units_to: Annotated[int, Field(ge=1, le=16)] = Field(
        1, title="Units, to", description="At most so many on a first visit"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.units_from > self.units_to:
            raise ValueError("units: from is more than to")
        return self


class FirstVisit(BaseModel):
    """What is usually done at a first visit. The first entry that fits counts; no program chosen fits any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        title="Called", description="As the desk and families read it"
    )
    disciplines: Annotated[tuple[Discipline, ...], Field(min_length=1)] = Field(
        title="Therapies", description="Of which this is the first visit"
    )
    programs: tuple[str, ...] = Field(
        (), title="Programs", description="None chosen: any", json_schema_extra={"from": "programs"}
    )
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=12)] = Field(
        title="What is done", description="Each service with its units"
    )


class Fees(BaseModel):
    """The section "fees". Empty as shipped: without fees no amount is ever said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed_from_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        40,
        title="Where no allowed amount is known, at least, percent of the charge",
        description="An estimate then reaches from this share of our charge to all of it",
    )
    services: tuple[Fee, ...] = Field((), title="Services", description="What each costs")
    visits: tuple[FirstVisit, ...] = Field(
        (), title="First visits", description="The first that fits therapy and program counts"
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        codes = [each.code for each in self.services]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"services: {', '.join(twice)} stands there twice")
        asked = {code for visit in self.visits for part in visit.parts for code in part.codes}
        if without := sorted(asked - set(codes)):
            raise ValueError(f"first visits: {', '.join(without)} has no fee among the services")
        return self

    def visit(self, discipline: str, program: str | None) -> FirstVisit | None:
        """What is done at a first visit of this therapy and program; None where nobody wrote it."""
        fitting = (each for each in self.visits if discipline in each.disciplines)
        return next((each for each in fitting if not each.programs or program in each.programs), None)

    def of(self, code: str) -> Fee:
        """The fee of a code. KeyError for one that has none."""
        found = next((each for each in self.services if each.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def digest(self, discipline: str, program: str | None) -> str:
        """Twelve letters that change with anything of what such a first visit costs without insurance."""
        visit = self.visit(discipline, program)
        prices = [
            (part.units_from, part.units_to, [(code, str(self.of(code).price)) for code in part.codes])
            for part in (visit.parts if visit else ())
        ]
        return hashlib.sha256(repr(prices).encode()).hexdigest()[:12]


def _fit(fees: Fees, ground: Ground) -> Iterator[Problem]:
    """A first visit of a program that does not do its therapy would never be found."""
    for number, visit in enumerate(fees.visits, 1):
        for slug in visit.programs:
            program = ground.practice.programs.get(slug)
            if program is not None and not set(program.disciplines) & set(visit.disciplines):
                yield Problem(f"visits {number}, programs", f"{program.name} does none of these therapies")


policy.register("fees", Fees)
policy.check("fees", _fit)
