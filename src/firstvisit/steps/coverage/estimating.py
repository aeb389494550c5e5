"""What a first visit will cost the patient: a range, and every step of its arithmetic. Pure.

Nothing here is a promise. What is not known widens the range and is named (`unknowns`); what the range rests on, such
as that the payer agrees first, is named as well (`conditions`). The true cost lies in the range whatever the unknowns
turn out to be, as long as the conditions hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, NamedTuple

from firstvisit.steps.coverage.answers import Answer
from firstvisit.steps.coverage.balances import Balance
from firstvisit.steps.coverage.fees import Fees
from firstvisit.steps.coverage.sentences import dollars

Basis = Literal[
    "self_pay",
    "plan",
    "out_of_network",
    "medicare",
    "medicaid",
    "third_party",
    "not_covered",
    "unknown",
    "no_fees",
]
PAID_BY_OTHERS: Final = frozenset(
    {"workers_comp", "auto", "va", "vocational_rehabilitation", "employer", "school"}
)
"""Who pays without a share of the patient, where the claim or the contract holds."""
NOBODY_KNOWS: Final = frozenset({None, "unknown"})
_CENT: Final = Decimal("0.01")
_ZERO: Final = Decimal(0)
_ALL: Final = Decimal(10) ** 9
"""More than anything costs: what may still be open where no limit is stated."""


class Span(NamedTuple):
    """From the least to the most, in dollars."""

    low: Decimal
    high: Decimal

    def plus(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def times(self, units: tuple[int, int]) -> Span:
        return Span(self.low * units[0], self.high * units[1])


NOTHING: Final = Span(_ZERO, _ZERO)


class Service(NamedTuple):
    """A part of the visit: one of these `codes`, so many units of it. The spans are for all of its units."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    units: tuple[int, int]
    charge: Span
    price: Span
    allowed: Span | None


class Step(NamedTuple):
    """One line of the arithmetic: its text's key, what it comes to (None for a line that only says something), and the
    values in its text."""

    key: str
    amount: Span | None = None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an estimate is made from.

    `kind` is the payer's, "medicare" Part B alone (an Advantage plan is any plan); `self_pay` that nobody is
    to be asked to pay but the patient, by the patient's wish or because there is no insurance. `answer` is what the
    payer said of this therapy, None where nothing is known.
    `part_b` are Medicare's yearly deductible and the patient's percentage, None where nobody entered them, or where it
    is not known which Medicare it is.
    """

    services: tuple[Service, ...]
    kind: str | None
    network: str | None
    answer: Answer | None
    self_pay: bool = False
    allowed_from_percent: int = 40
    part_b: tuple[Decimal, Decimal] | None = None
    which_medicare_known: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """`high` is None where nothing bounds it. `steps` end in the range itself."""

    basis: Basis
    low: Decimal
    high: Decimal | None
    steps: tuple[Step, ...]
    unknowns: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    otherwise: Span | None = None
    """What it costs where a condition does not hold."""


def services_of(
    fees: Fees, discipline: str, program: str | None, payer: str, language: str
) -> tuple[Service, ...]:
    """What is done at a first visit of this therapy and program, with what it costs; none where no fee is entered."""
    visit = fees.visit(discipline, program)
    found = []
    for part in visit.parts if visit else ():
        fees_of = [fees.of(code) for code in part.codes]
        units = (part.units_from, part.units_to)
        allowed = [amount for fee in fees_of if (amount := fee.allowed_by(payer)) is not None]
        found.append(
            Service(
                part.codes,
                tuple(fee.said(language) for fee in fees_of),
                units,
                _span([fee.charge for fee in fees_of]).times(units),
                _span([fee.price for fee in fees_of]).times(units),
                _span(allowed).times(units) if len(allowed) == len(fees_of) else None,
            )
        )
    return tuple(found)


def estimate(asked: Asked) -> Estimate:
    """The range for one first visit, with its steps."""
    if not asked.services:
        return Estimate("no_fees", _ZERO, None, (Step("no_fees"),), ("fees",))
    charge = _sum(service.charge for service in asked.services)
    price = _sum(service.price for service in asked.services)
    if asked.self_pay:
        return _made("self_pay", [*_listed(asked, "price"), Step("price_total", price)], price)
    charged = [*_listed(asked, "charge"), Step("charge_total", charge)]
    if asked.kind in PAID_BY_OTHERS:
        return _made("third_party", [*charged, Step("third_party", NOTHING)], NOTHING, (), ("claim",), price)
    answer = asked.answer
    if answer is None and asked.kind in NOBODY_KNOWS:
        return _made("unknown", charged, Span(_ZERO, charge.high), ("payer",))
    if answer is not None and (why := _not_paid(answer)):
        pays = Span(price.low, charge.high)
        return _made("not_covered", [*charged, Step(why), Step("not_covered", pays)], pays, ("price_agreed",))
    return _by_plan(asked, charged, charge, price)


def _by_plan(asked: Asked, charged: list[Step], charge: Span, price: Span) -> Estimate:
    """What the plan leaves to the patient."""
    reckoning = _Reckoning(asked, charge)
    basis: Basis = "plan"
    if asked.kind == "medicaid":
        basis = "medicaid"
    elif asked.kind == "medicare" and asked.which_medicare_known:
        basis = "medicare"
    elif asked.network == "out":
        basis = "out_of_network"
    pays = reckoning.patient_pays()
    steps = [*charged, *reckoning.steps]
    unknowns, conditions = tuple(dict.fromkeys(reckoning.unknowns)), tuple(reckoning.conditions)
    if basis == "medicaid" and not (asked.answer and asked.answer.copays):
        return Estimate("medicaid", _ZERO, None, (*steps, Step("result_open")), unknowns, conditions, price)
    return _made(basis, steps, pays, unknowns, conditions, price if conditions else None)


class _Reckoning:
    """One walk from what is charged to what the patient pays. Each step is monotone in what goes in, so the least and
    the most go through it side by side."""

    def __init__(self, asked: Asked, charge: Span) -> None:
        self.asked, self.answer, self.charge = asked, asked.answer, charge
        self.steps: list[Step] = []
        self.unknowns: list[str] = []
        self.conditions: list[str] = []

    def patient_pays(self) -> Span:
        """The range, its steps said on the way."""
        asked = self.asked
        if asked.kind == "medicaid":
            return self._medicaid()
        base = self._base()
        copays, percents = self._shares()
        goes_to_deductible = self._deductible(base, waived=bool(copays) and not percents)
        rest = Span(base.low - goes_to_deductible.low, base.high - goes_to_deductible.high)
        share = self._share(rest, copays, percents)
        pays = goes_to_deductible.plus(share)
        pays = self._yearly_most(pays)
        pays = self._dollars(pays, base)
        return self._what_else(pays)

    def _base(self) -> Span:
        """What the plan reckons with: its allowed amount."""
        asked, charge = self.asked, self.charge
        known = [service.allowed for service in asked.services if service.allowed is not None]
        if asked.network != "out" and len(known) == len(asked.services):
            allowed = _sum(known)
            base = Span(min(allowed.low, charge.low), min(allowed.high, charge.high))
            self.steps.append(Step("allowed", base))
            return base
        self.unknowns.append("allowed")
        if asked.network == "out":
            self.steps.append(Step("out_of_network", charge))
            return charge
        base = Span(charge.low * asked.allowed_from_percent / 100, charge.high)
        self.steps.append(Step("allowed_unknown", base, (("percent", str(asked.allowed_from_percent)),)))
        return base

    def _shares(self) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        answer = self.answer
        copays = answer.copays if answer else ()
        percents = answer.coinsurances if answer else ()
        if self.asked.kind == "medicare" and not copays and not percents and self.asked.part_b:
            return (), (self.asked.part_b[1],)
        return copays, percents

    def _deductible(self, base: Span, *, waived: bool) -> Span:
        """What of this visit goes to the deductible. `waived`: a copay alone is stated, which often stands in the place
        of the deductible, and payers seldom say so."""
        left = _left(self.answer.deductible if self.answer else None)
        if left == Span(_ZERO, _ALL) and self.asked.kind == "medicare" and self.asked.part_b:
            left = Span(_ZERO, self.asked.part_b[0])
        part = Span(min(base.low, left.low), min(base.high, left.high))
        if left.low != left.high:
            self.unknowns.append("deductible")
        if waived and left.high > 0:
            self.unknowns.append("copay_and_deductible")
            part = Span(_ZERO, part.high)
        if left.high == 0:
            self.steps.append(Step("deductible_met", NOTHING))
        elif left.high == _ALL:
            self.steps.append(Step("deductible_unknown", part))
        else:
            self.steps.append(Step("deductible", part, (("left", _shown(left)),)))
        return part

    def _share(self, rest: Span, copays: Sequence[Decimal], percents: Sequence[Decimal]) -> Span:
        """What of the rest the patient pays: a copay, a percentage, both, or whatever nobody stated."""
        lows, high = [], _ZERO
        if copays:
            lows.append(min(*copays, rest.low))
            high += max(copays)
        if percents:
            lows.append(rest.low * min(percents) / 100)
            high += rest.high * max(percents) / 100
        if not copays and not percents:
            self.unknowns.append("share")
            self.steps.append(Step("share_unknown", Span(_ZERO, rest.high)))
            return Span(_ZERO, rest.high)
        if len(copays) > 1 or len(percents) > 1 or (copays and percents):
            self.unknowns.append("which_share")
        share = Span(min(lows), min(high, rest.high))
        said = (("copay", _any_of(dollars(each) for each in sorted(copays))),
                ("percent", _any_of(f"{each.normalize():f} %" for each in sorted(percents))))  # fmt: skip
        key = "copay_or_percent" if copays and percents else "copay" if copays else "percent"
        self.steps.append(Step(key, share, said))
        return share

    def _yearly_most(self, pays: Span) -> Span:
        """No more than what is left to the plan's yearly maximum; out of network that bounds only what it allows."""
        if self.asked.kind == "medicare":
            return pays  # Part B has no such maximum
        left = _left(self.answer.out_of_pocket if self.answer else None)
        if left.low != left.high:
            self.unknowns.append("out_of_pocket")
        high = pays.high if self.asked.network == "out" else min(pays.high, left.high)
        low = min(pays.low, left.low)
        if left.high < _ALL:
            self.steps.append(Step("out_of_pocket", Span(low, high), (("left", _shown(left)),)))
        else:
            self.steps.append(Step("out_of_pocket_unknown", Span(low, high)))
        return Span(low, high)

    def _dollars(self, pays: Span, base: Span) -> Span:
        """A plan that pays so many dollars a year pays no more than is left of them."""
        for balance in self.answer.dollars if self.answer else ():
            left = balance.left
            if left is None:
                self.conditions.append("dollars_left")
            elif left < base.high:
                pays = Span(max(pays.low, base.low - left), max(pays.high, base.high - left))
                self.steps.append(Step("dollars", pays, (("left", dollars(left)),)))
        return pays

    def _what_else(self, pays: Span) -> Span:
        """What may change it altogether."""
        asked, answer, charge = self.asked, self.answer, self.charge
        low, high = pays
        if asked.network == "out":
            high = charge.high
            self.steps.append(Step("balance", Span(low, high)))
        doubts = []
        if answer is None or answer.active is None:
            doubts.append("active")
        elif answer.covered is None:
            doubts.append("covered")
        if asked.network is None:
            doubts.append("network")
        if doubts:
            high = charge.high
            self.unknowns += doubts
            self.steps.append(Step("may_not_pay", Span(low, high)))
        if asked.kind == "medicare":
            self.unknowns += ["medigap"] if asked.which_medicare_known else ["which_medicare", "medigap"]
        if answer is not None and answer.other_payers:
            self.unknowns.append("other_payer")
        if asked.kind == "medicare" or (answer is not None and answer.other_payers):
            low = _ZERO
            self.steps.append(Step("others_may_pay", Span(low, high)))
        self._conditions()
        return Span(min(low, high), min(high, charge.high))

    def _conditions(self) -> None:
        answer = self.answer
        if answer is None:
            return
        if answer.authorization is not False:
            self.conditions.append("authorization" if answer.authorization else "authorization_unknown")
        if answer.visits and any(balance.left is None for balance in answer.visits):
            self.conditions.append("visits_left")
        if answer.referral or (answer.referral is None and (answer.coordinators or answer.referral_messages)):
            self.conditions.append("referral")
        if answer.home_health:
            self.conditions.append("home_health")

    def _medicaid(self) -> Span:
        """Medicaid pays us in full; the patient owes at most the copay that the state sets (42 CFR 447.15, 447.52)."""
        answer = self.answer
        if answer is None or answer.active is None or answer.covered is None:
            self.conditions.append("medicaid_covers")
        self._conditions()
        if answer is None or not answer.copays:
            self.unknowns.append("medicaid_copay")
            self.steps.append(Step("medicaid_copay_unknown"))
            return NOTHING
        most = min(max(answer.copays), self.charge.high)
        pays = Span(min(*answer.copays, self.charge.low), most)
        if len(answer.copays) > 1:
            self.unknowns.append("which_share")
        said = (("copay", _any_of(dollars(each) for each in sorted(answer.copays))),)
        self.steps.append(Step("copay", pays, said))
        return pays


def _not_paid(answer: Answer) -> str:
    """Why the plan pays nothing of this visit, as a step's key; "" where it may."""
    if answer.active is False:
        return "inactive"
    if answer.covered is False:
        return "excluded"
    if any(balance.left is not None and balance.left <= 0 for balance in answer.visits):
        return "visits_used"
    if any(balance.left is not None and balance.left <= 0 for balance in answer.dollars):
        return "dollars_used"
    return ""


def _made(
    basis: Basis,
    steps: Sequence[Step],
    pays: Span,
    unknowns: tuple[str, ...] = (),
    conditions: tuple[str, ...] = (),
    otherwise: Span | None = None,
) -> Estimate:
    """The estimate to the cent: the least rounded down, the most rounded up."""
    low = pays.low.quantize(_CENT, ROUND_FLOOR)
    high = max(low, pays.high.quantize(_CENT, ROUND_CEILING))
    closed = (*steps, Step("result", Span(low, high)))
    return Estimate(basis, low, high, closed, unknowns, conditions, otherwise)


def _listed(asked: Asked, what: Literal["charge", "price"]) -> list[Step]:
    """A line for each part of the visit."""
    return [
        Step("service", getattr(service, what), (("service", called(service.names)),
             ("codes", _any_of(service.codes)), ("units", _units(service.units))))
        for service in asked.services
    ]  # fmt: skip


def called(names: Sequence[str]) -> str:
    """What several services are called together: what their names share before a comma, else each."""
    shared = {name.rpartition(",")[0] for name in names}
    return shared.pop() if len(names) > 1 and len(shared) == 1 and "" not in shared else " / ".join(names)


def _left(balance: Balance | None) -> Span:
    """What may be left of a limit: what the payer says, else up to the limit, else anything."""
    if balance is None:
        return Span(_ZERO, _ALL)
    if balance.left is not None:
        return Span(max(balance.left, _ZERO), max(balance.left, _ZERO))
    if balance.limit is not None:
        return Span(_ZERO if balance.limit > 0 else balance.limit, max(balance.limit, _ZERO))
    return Span(_ZERO, _ALL)


def _shown(span: Span) -> str:
    return dollars(span.high)


def _units(units: tuple[int, int]) -> str:
    low, high = units
    return f"{high}" if low == high else f"{low}–{high}"


def _any_of(texts: Iterable[str]) -> str:
    return " / ".join(texts)


def _span(amounts: Sequence[Decimal]) -> Span:
    return Span(min(amounts), max(amounts)) if amounts else NOTHING


def _sum(spans: Iterable[Span]) -> Span:
    total = NOTHING
    for span in spans:
        total = total.plus(span)
    return total


def as_json(made: Estimate) -> Mapping[str, object]:
    """Plain JSON values of an estimate; `from_json` gives the same again."""

    def span(one: Span | None) -> list[str] | None:
        return None if one is None else [str(one.low), str(one.high)]

    return {
        "basis": made.basis,
        "low": str(made.low),
        "high": None if made.high is None else str(made.high),
        "steps": [[step.key, span(step.amount), dict(step.values)] for step in made.steps],
        "unknowns": list(made.unknowns),
        "conditions": list(made.conditions),
        "otherwise": span(made.otherwise),
    }


def from_json(value: Mapping[str, object]) -> Estimate:
    """What `as_json` made."""

    def span(one: object) -> Span | None:
        return None if one is None else Span(*(Decimal(each) for each in one))  # type: ignore[attr-defined]

    steps = tuple(
        Step(key, span(amount), tuple(values.items()))
        for key, amount, values in value["steps"]  # type: ignore[attr-defined]
    )
    high = value["high"]
    return Estimate(
        value["basis"],  # type: ignore[arg-type]
        Decimal(str(value["low"])),
        None if high is None else Decimal(str(high)),
        steps,
        tuple(value["unknowns"]),  # type: ignore[arg-type]
        tuple(value["conditions"]),  # type: ignore[arg-type]
        span(value["otherwise"]),
    )
