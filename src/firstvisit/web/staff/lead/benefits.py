"""What payers say of a lead, in words: the panel between what is waited for and what is stated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from firstvisit.journey.coverage.by_hand import unaskable
from firstvisit.journey.coverage.known import Plan, Therapy, plans_of
from firstvisit.journey.coverage.mending import mend_of
from firstvisit.practice.models import User
from firstvisit.practice.shape import Site
from firstvisit.referral.called import label
from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.acknowledgments import KINDS
from firstvisit.steps.coverage.answers import SERVICES, Answer
from firstvisit.steps.coverage.balances import Balance
from firstvisit.steps.coverage.connectors import CONNECTORS
from firstvisit.steps.coverage.kept import Kept
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.rejections import of_code
from firstvisit.steps.coverage.sentences import dollars, home_health_days
from firstvisit.steps.coverage.told import HOWS, PERIODS
from firstvisit.web.staff.lead.facts import Fact
from firstvisit.web.staff.lead.shown import LeadPage
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

THERAPIES: Final = {"PT": "Physical therapy", "OT": "Occupational therapy", "SLP": "Speech therapy"}
RANKS: Final = ("pays first", "pays second")
NOT_STATED: Final = Sign("unknown", "not stated")
WHOSE: Final = {
    "subscriber": "of whoever holds the plan",
    "patient": "of the patient",
    "provider": "ours",
    "payer": "the payer’s",
}
NOBODY: Final = {
    "withheld": "They pay in full and asked us to tell their plan nothing, so nobody is asked.",
    "no_health_plan": "This is no health plan: it answers no question about benefits.",
    "not_ours": "This payer is not in our list, so no machine asks it: ask by phone or in its portal.",
    "no_connector": "No connector asks this payer: ask by phone or in its portal.",
    "off": "The connector of this payer is off: ask by phone or in its portal.",
}
"""Why nobody is asked; what is missing is said by its fields."""
LACKS: Final = {"missing": "Nobody was asked yet. Missing:", "not_stated": "Nobody has said who pays. Ask, and add it:"}
_PRACTICE: Final = ("practice_entry", "identity", "identity")


@dataclass(frozen=True, slots=True)
class Refused:
    """One refusal: what is wrong, whose it is, what to ask for; `url` leads to the field."""

    words: str
    whose: str
    ask_for: str
    codes: str
    url: str = ""
    go: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words. `spanish` is the family's sentence in Spanish; `age` how old, `source` from whom."""

    id: str
    desk: str
    family: str
    spanish: str
    age: str
    source: str
    day: str
    url: str
    facts: tuple[Fact, ...] = ()
    messages: tuple[str, ...] = ()
    told: bool = False
    """A person noted it."""
    odd: int = 0
    why: str = ""
    refused: tuple[Refused, ...] = ()
    correct: str = ""
    """Of what a person noted: the address at which it is corrected."""
    stale: bool = False
    """It answers a question about what was stated before."""


@dataclass(frozen=True, slots=True)
class TherapyShown:
    """One therapy of one plan: the answer, what is under way, and the older ones."""

    name: str
    discipline: str
    rank: int
    now: Said | None
    under_way: str
    failed: str
    earlier: tuple[Said, ...]
    asks: bool
    tell: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """One plan. `nobody` says why nobody is asked; `lacks` that fields are missing, and `missing` names each with the
    address of its form."""

    name: str
    pays: str
    payer: str
    nobody: str
    lacks: str
    missing: tuple[tuple[str, str], ...]
    therapies: tuple[TherapyShown, ...]


def benefits(page: LeadPage) -> list[PlanShown]:
    """The plans of a lead with what is known of each; none where the role does not see coverage."""
    lead = page.file.lead
    if not page.user.may("insurance.see") or lead.kind == "organization":
        return []
    plans = plans_of(lead, page.file.referral)
    return [_plan(plan, page, alone=len(plans) == 1) for plan in plans]


def _plan(plan: Plan, page: LeadPage, *, alone: bool) -> PlanShown:
    name = plan.payer.name if plan.payer else plan.stated.name or "Payer not stated"
    slug = plan.payer.slug if plan.payer else ""
    lacks = {"missing": plan.insured.missing, "not_stated": [f"payers.{plan.insured.rank}.name"]}
    missing = tuple(_missing(path, page) for path in lacks.get(plan.nobody, ()))
    shown = tuple(_therapy(each, plan, page) for each in plan.therapies if plan.nobody != "no_health_plan")
    return PlanShown(
        name,
        "" if alone else RANKS[min(plan.insured.rank, 1)],
        reverse("payer", args=[slug]) if slug else "",
        NOBODY.get(plan.nobody, ""),
        LACKS.get(plan.nobody, ""),
        missing,
        shown,
    )


def _missing(path: str, page: LeadPage) -> tuple[str, str]:
    """A field without which nobody can be asked, and where it is entered."""
    return label(path), _form(page.code, path)


def _form(code: str, path: str) -> str:
    """The address of a field's form."""
    return f"{reverse('lead_stated', args=[code])}?{urlencode({'field': path})}#{path}"


def _therapy(each: Therapy, plan: Plan, page: LeadPage) -> TherapyShown:
    nobody_to_ask = plan.nobody in ("withheld", "not_stated")
    current = each.discipline in plan.insured.disciplines
    return TherapyShown(
        THERAPIES.get(each.discipline, each.discipline),
        each.discipline,
        plan.insured.rank,
        said(each.latest, plan, page) if each.latest else None,
        _under_way(each.under_way, page) if each.under_way else "",
        _failed(each.failed, page) if each.failed else "",
        tuple(said(kept, plan, page) for kept in each.earlier),
        current and not unaskable(plan.insured) and each.discipline in SERVICES and plan.nobody == "",
        ""
        if nobody_to_ask or not current
        else reverse("told", args=[page.code, plan.insured.rank, each.discipline]),
    )


def said(kept: Kept, plan: Plan, page: LeadPage) -> Said:
    """One answer in words."""
    check = kept.check
    answer = kept.answer
    correct = reverse("told", args=[page.code, check.rank, check.discipline]) if kept.told else ""
    return Said(
        str(check.id),
        kept.desk(),
        kept.family("en"),
        kept.family("es"),
        aged(check.answered_at, page.now),
        source(kept, page.site, page.now),
        words.day(check.service_date),
        reverse("benefits_reply", args=[page.code, check.id]),
        tuple(_facts(answer)) if answer is not None else (),
        answer.messages if answer is not None and (answer.active or kept.told) else (),
        kept.told is not None,
        len(kept.not_understood),
        kept.why if answer is None else "",
        tuple(refused(kept, plan, page)),
        f"{correct}?{urlencode({'corrects': check.id})}" if correct else "",
        check.token != plan.insured.token,
    )


def speaks_spanish(page: LeadPage) -> bool:
    """Whether the family is spoken with in Spanish: their sentence stands first in it then."""
    spoken = [who.language for who in (page.file.contact, page.file.patient) if who is not None and who.language]
    return spoken[:1] == ["Spanish"]


def aged(at: datetime | None, now: datetime) -> str:
    """How old an answer is: "18 h old", "just now"."""
    if at is None:
        return ""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{words.length(minutes)} old" if minutes < 48 * 60 else f"{minutes // 1440} days old"


def source(kept: Kept, site: Site, now: datetime) -> str:
    """From whom an answer is, and when it came."""
    check, told = kept.check, kept.told
    if told is not None:
        who = told.said_by or "the payer"
        number = f"reference {told.reference}" if told.reference else "no reference number"
        by = f"noted by {check.told_by.name}" if check.told_by else ""
        said = (f"{who}, {HOWS[told.how]}", number, words.moment(told.at, site.tz, now), by)
        return ", ".join(part for part in said if part)
    connector = CONNECTORS.get(check.connector)
    at = words.moment(check.answered_at, site.tz, now) if check.answered_at else ""
    return ", ".join(part for part in (connector.name if connector else check.connector, at) if part)


def _under_way(check: Check, page: LeadPage) -> str:
    if check.status == "asked" and check.asked_at is not None:
        return f"Asked {words.moment(check.asked_at, page.site.tz, page.now)}; the answer is on its way."
    again = words.moment(check.again_at, page.site.tz, page.now)
    if check.tries:
        tries = "1 try" if check.tries == 1 else f"{check.tries} tries"
        why = refusal_of(check) or check.why.rstrip(".")
        return f"No answer to {tries}{f' ({why})' if why else ''}. Asked again by itself at {again}."
    return "Is being asked." if check.again_at <= page.now else f"Will be asked at {again}."


def refusal_of(check: Check) -> str:
    """The first thing that the payer refused, in words; "" where it refused nothing."""
    code = str(check.refused[0].get("code", "")) if check.refused else ""
    known = of_code(code)
    return f"the payer says: {known['words']}" if known else f"the payer refused, reason {code}" if code else ""


def _failed(check: Check, page: LeadPage) -> str:
    why = f": {check.why.rstrip('.')}" if check.why else ""
    if check.finding != "down":
        return f"The question got no answer{why}."
    return f"Asked {words.moment(check.wanted_at, page.site.tz, page.now)}, and nobody answered in time{why}."


def refused(kept: Kept, plan: Plan, page: LeadPage) -> Iterable[Refused]:
    """What the payer refused, each with where it is put right."""
    words_of = {(each.code, each.loop): each for each in reversed(kept.rejections)}
    for row in kept.check.refused:
        code, loop, action = (str(row.get(name, "")) for name in ("code", "loop", "action"))
        known = words_of.get((code, loop))
        said = known.words if known else f"reason {code or 'not stated'}"
        ask = known.ask_for if known else "what this refusal means: call the payer"
        followed = codes.rows("action").get(action)
        whose, name = str(row.get("whose", "")), str(row.get("field", ""))
        url, go = _where(whose, name, plan, page)
        of_271 = code not in KINDS
        parts = (f"AAA {code}" if of_271 else code, loop, str(followed["words"]) if followed else "")
        yield Refused(
            f"{said[:1].upper()}{said[1:]}".rstrip("."), WHOSE.get(whose, "") if of_271 else "", ask,
            ", ".join(part for part in parts if part), url, go,
        )  # fmt: skip


def _where(whose: str, name: str, plan: Plan, page: LeadPage) -> tuple[str, str]:
    """Where a refused value is put right: address and words of the link."""
    mend = mend_of(whose, name, rank=plan.insured.rank, holder=plan.holder)
    if mend.where == "stated":
        return _form(page.code, mend.path), f"Correct: {label(mend.path).lower()}"
    if mend.where == "practice" and page.user.may("practice.see"):
        return reverse(_PRACTICE[0], args=_PRACTICE[1:]), "See what we say of ourselves"
    if mend.where in ("payer", "practice") and plan.payer is not None:
        return reverse("payer", args=[plan.payer.slug]), "See the payer"
    return "", ""


def _facts(answer: Answer) -> Iterable[Fact]:
    """Yes, no or not stated, each with its number. Of a plan that is not known to be active, or does not cover this,
    nothing else is told."""
    active = "active, pending investigation" if answer.pending else "active"
    yield Fact("Plan", signs=(_state(answer.active, active, "not active"),))
    for each in answer.home_health:
        yield Fact("Home health", ", ".join(part for part in (home_health_days(each), each.agency) if part))
    yield Fact("Therapy", signs=(_covered(answer),))
    if answer.active is not True or answer.covered is False:
        return
    yield _money("Copay", tuple(dollars(each) for each in answer.copays))
    yield _money("Coinsurance", tuple(f"{each:f} %" for each in answer.coinsurances))
    yield _left("Deductible", answer.deductible, dollars)
    if answer.unlimited and not answer.visits:
        yield Fact("Visits", signs=(Sign("yes", "no limit"),))
    elif not answer.visits:
        yield Fact("Visits", signs=(NOT_STATED,))
    for balance in answer.visits:
        yield _left("Visits", balance, lambda value: f"{value:f}")
    for balance in answer.dollars:
        yield _left("Dollar limit", balance, dollars)
    needed = {True: Sign("waiting", "needed"), False: Sign("no", "not needed")}
    yield Fact("Authorization", signs=(needed.get(answer.authorization, NOT_STATED),))  # type: ignore[arg-type]
    named = f"; names {', '.join(answer.coordinators)}" if answer.coordinators else ""
    yield Fact("Referral", named.lstrip("; "), signs=(needed.get(answer.referral, NOT_STATED),))  # type: ignore[arg-type]
    if answer.other_payers:
        yield Fact("Other payer", ", ".join(answer.other_payers))


def _state(value: bool | None, yes: str, no: str) -> Sign:
    return NOT_STATED if value is None else Sign("yes", yes) if value else Sign("no", no)


def _covered(answer: Answer) -> Sign:
    if answer.contradicted:
        return Sign("unknown", "the payer contradicts itself")
    as_what = codes.words("service", answer.covered_as or "").lower()
    if answer.covered and answer.covered_as != SERVICES[answer.discipline][0]:
        return Sign("yes", f"covered as {as_what}")
    return _state(answer.covered, "covered", "not covered")


def _money(name: str, values: tuple[str, ...]) -> Fact:
    return Fact(name, " or ".join(values)) if values else Fact(name, signs=(NOT_STATED,))


def _left(name: str, balance: Balance | None, shown: Any) -> Fact:
    """A limit with what is left of it: "18 of 30 left, calendar year"."""
    if balance is None:
        return Fact(name, signs=(NOT_STATED,))
    limit, left = balance.limit, balance.left
    period = PERIODS.get(balance.period, "") if name != "Deductible" else ""
    pooled = "perhaps shared with other services" if balance.pooled and name != "Deductible" else ""
    more = ", ".join(part for part in (period, pooled) if part)
    more = f", {more}" if more else ""
    if name == "Deductible" and Decimal(0) in (limit, left):
        return Fact(name, f"{shown(limit)}, met" if limit else "nothing due")
    if left is not None:
        of = f" of {shown(limit)}" if limit is not None else ""
        return Fact(name, f"{shown(left)}{of} left{more}", strong=name == "Visits" and left == Decimal(0))
    if limit is not None:
        return Fact(name, f"{shown(limit)}{more}; left:", signs=(NOT_STATED,))
    return Fact(name, f"{shown(balance.used or Decimal(0))} used; limit:", signs=(NOT_STATED,))


def may_ask(user: User) -> bool:
    """Whether somebody may ask payers and note what they said."""
    return user.may("leads.work") and user.may("insurance.see")
