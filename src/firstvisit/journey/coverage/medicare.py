"""What Medicare wants to know of a lead: evaluation, plan of care, certification and dollars, as somebody notes them.

Each is an entry of the timeline, whose newest counts; `journey.plan.medicare` turns them into the clinicians' tasks.
They are noted after the lead is closed with its evaluation, too.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from firstvisit.journey import papers
from firstvisit.journey.endings import MEDICARE
from firstvisit.journey.loading import medicare_episodes
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadReferral, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral.record import ORDER_HERE, Referral
from firstvisit.referral.vocabulary import calendar_date
from firstvisit.steps.coverage import medicare as rules
from firstvisit.steps.coverage.medicare import GROUPS, SOURCES, Amount, Episode, Group, Part, Running
from firstvisit.steps.coverage.medicare_points import Point, Stated, lacking, points
from firstvisit.steps.coverage.models import TherapyYear

NOTED: Final[dict[str, str]] = {
    "evaluation_completed": "The evaluation is completed",
    "plan_sent": "The plan of care was sent",
    "plan_certified": "The plan of care is certified",
    "treatment_counted": "Treatment days so far",
    "progress_reported": "The progress report is written",
    "therapy_ended": "The care has ended",
}
"""What can be noted, in the words of the form."""
COUNTED: Final = ("treatment_counted", "progress_reported")
"""Of it what is noted with the treatment days so far."""
MOST_DAYS: Final = 400
MOST_DOLLARS: Final = Decimal("100000")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead stands with Medicare: each point with its next date, the running totals, the open tasks; and whether
    the signed order was seen here."""

    episode: Episode
    points: tuple[Point, ...]
    totals: tuple[Running, ...]
    tasks: tuple[Task, ...]
    order_here: bool


def pays(lead: Lead) -> bool:
    """Whether Medicare is who pays first, as far as is known."""
    return lead.kind != "organization" and lead.facts.payer_kind == "medicare"


def standing(lead: Lead, referral: Referral, *, today: dt.date, home_health: str = "") -> Standing:
    """How a lead stands with Medicare on a day, with the home health care that its answer names, in words; four
    questions to the database."""
    episode = medicare_episodes([lead.id]).get(lead.id) or Episode()
    episode = episode if episode.evaluated_on else _with_part(episode, referral)
    amounts = [
        Amount(row.year, cast(Any, row.group), cast(Any, row.whose), row.dollars, row.source, row.as_of)
        for row in TherapyYear.objects.filter(lead=lead, year=today.year).order_by("noted_at", "id")
    ]
    none = referral.therapy_elsewhere is False
    totals = tuple(
        rules.running(today.year, group, amounts, none_elsewhere=none)
        for group in rules.groups_of(referral.disciplines or lead.facts.disciplines)
    )
    tasks = tuple(Task.objects.filter(lead=lead, status="open", kind__in=MEDICARE).order_by("due_at"))
    stated = replace(_stated(referral), answered=home_health)
    return Standing(episode, points(episode, stated, today), totals, tasks, stated.order_here)


def note(lead: Lead, by: User, *, actor: Actor, what: str, texts: dict[str, str], today: dt.date) -> None:
    """Note something with its day, as it was typed. BadInput names each field; the same once more, put right, counts
    in place of what was noted before."""
    data = _read(what, texts, today)

    def write(locked: Lead, now: dt.datetime) -> None:
        _only_medicare(locked, "what")
        episode = medicare_episodes([locked.id]).get(locked.id) or Episode()
        _in_order(what, data, episode)
        if data.get("order"):
            _order_stands_in(locked, by, actor=actor, seen=texts.get("order_seen") == "yes", now=now)
        if what == "evaluation_completed":
            data["part"] = _with_part(episode, _reading(locked)).part
        if what == "plan_certified":
            data["begins"] = _begins(data, episode)
        services.noted(locked, what, actor, at=now, data=data)

    act_on(lead, by, "leads.work", write, closed=True)


def take_back(lead: Lead, by: User, *, actor: Actor, what: str) -> None:
    """What was noted was a mistake: it counts as never said. The timeline keeps both."""
    if what not in NOTED:
        raise BadInput([Problem("what", "Choose what was noted by mistake.")])

    def write(locked: Lead, now: dt.datetime) -> None:
        _only_medicare(locked, "what")
        services.noted(locked, "medicare_taken_back", actor, at=now, data={"what": what})

    act_on(lead, by, "leads.work", write, closed=True)


def note_dollars(lead: Lead, by: User, *, actor: Actor, texts: dict[str, str], today: dt.date) -> None:
    """Note what Medicare counts for therapy of a year: `group`, `whose`, `dollars`, `source` and the day it is of."""
    problems: list[Problem] = []
    for name, known, words in (
        ("group", GROUPS, "Choose which therapies."),
        ("whose", ("elsewhere", "ours"), "Choose whose it is."),
        ("source", SOURCES, "Choose who says so."),
    ):
        if texts.get(name, "") not in known:
            problems.append(Problem(name, words))
    try:
        dollars = Decimal(texts.get("dollars", "").strip().removeprefix("$").replace(",", ""))
        if not dollars.is_finite() or not 0 <= dollars < MOST_DOLLARS:
            raise InvalidOperation
    except InvalidOperation:
        problems.append(Problem("dollars", "Enter dollars of this year, such as 1,240.50; nothing used is 0."))
    as_of = _day(texts, "as_of", today, problems)
    if problems:
        raise BadInput(problems)
    assert as_of is not None

    def write(locked: Lead, now: dt.datetime) -> None:
        _only_medicare(locked, "dollars")
        row = TherapyYear.objects.create(
            lead=locked, year=as_of.year, group=texts["group"], whose=texts["whose"], dollars=round(dollars, 2),
            source=texts["source"], as_of=as_of, noted_at=now, by=by,
        )  # fmt: skip
        said = {"year": row.year, "group": row.group, "whose": row.whose, "dollars": str(row.dollars)}
        services.noted(locked, "therapy_dollars_noted", actor, at=now, data=said | {"source": row.source})

    act_on(lead, by, "leads.work", write, closed=True)


def note_used(lead: uuid.UUID, used: Mapping[Group, Decimal], *, now: dt.datetime) -> None:
    """Keep what Medicare's own answer says was used this year, with its day; nobody is asked about it then."""
    day = now.astimezone(practice().sites[practice().identity.home_site].tz).date()
    writes.insert(
        [
            TherapyYear(
                lead_id=lead, year=day.year, group=group, whose="elsewhere", dollars=dollars, source="hets", as_of=day,
                noted_at=now,
            )
            for group, dollars in used.items()
        ]
    )  # fmt: skip


def _read(what: str, texts: dict[str, str], today: dt.date) -> dict[str, Any]:
    """What was typed, as the timeline keeps it. BadInput names each field."""
    if what not in NOTED:
        raise BadInput([Problem("what", "Choose what to note.")])
    problems: list[Problem] = []
    on = _day(texts, "on", today, problems)
    data: dict[str, Any] = {"on": on.isoformat() if on else ""}
    if what == "plan_sent":
        data["order"] = texts.get("order") == "yes"
        if texts.get("order_seen") == "yes" and not data["order"]:
            problems.append(Problem("order", "Say too that the plan went to whoever signed the order you have seen."))
    if what == "plan_certified":
        data["how"] = texts.get("how", "")
        if data["how"] not in ("signed", "verbal"):
            problems.append(Problem("how", "Choose whether it was signed or said."))
        data["which"] = texts.get("which", "")
        if data["which"] not in ("first", "again"):
            problems.append(Problem("which", "Choose whether it is the first certification or a later one."))
        data["days"] = _count(texts, "days", rules.longest_interval(), problems, empty=rules.longest_interval())
    if what in COUNTED:
        data["days"] = _count(texts, "days", MOST_DAYS, problems)
    if problems:
        raise BadInput(problems)
    return data


def _day(texts: dict[str, str], name: str, today: dt.date, problems: list[Problem]) -> dt.date | None:
    try:
        found = calendar_date(texts.get(name, "").strip(), today)
    except ValueError as error:
        problems.append(Problem(name, str(error)))
        return None
    if found > today:
        problems.append(Problem(name, "This day is still to come: note it once it has been."))
    return found


def _count(texts: dict[str, str], name: str, most: int, problems: list[Problem], *, empty: int | None = None) -> int:
    text = texts.get(name, "").strip()
    if not text and empty is not None:
        return empty
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not 0 < number <= most:
        problems.append(Problem(name, f"Enter a whole number of days from 1 to {most}."))
    return number


def _in_order(what: str, data: dict[str, Any], episode: Episode) -> None:
    """BadInput where something is said to have been before the evaluation."""
    if what == "evaluation_completed":
        return
    if episode.evaluated_on is None:
        raise BadInput([Problem("what", "Note first on which day the evaluation was completed.")])
    if dt.date.fromisoformat(data["on"]) < episode.evaluated_on:
        raise BadInput([Problem("on", "This day is before the evaluation.")])


def _order_stands_in(locked: Lead, by: User, *, actor: Actor, seen: bool, now: dt.datetime) -> None:
    """BadInput, naming what is missing, where by the record no order is here that stands in for the signature. `seen`:
    whoever notes it has seen the order here, signed and dated; the record says so from now on."""
    referral = _reading(locked)
    if seen and not _stated(referral).order_here:
        referral = papers.note_arrived(locked, by, actor=actor, paper="order_signed", at=now)
    if lacks := lacking(_stated(referral)):
        words = (
            "The plan needs a signature: only a signed and dated order that is on file here, of somebody who may "
            f"certify, stands in for it. {'. '.join(lacks)}. Put that right first, or note the sending without this."
        )
        raise BadInput([Problem("order", words)])


def _begins(data: dict[str, Any], episode: Episode) -> str:
    """From when a certification counts: the first from the evaluation; a later one from the day after the one before,
    or from its own day where that had passed."""
    on, through = dt.date.fromisoformat(data["on"]), episode.covered_through
    if data["which"] == "first" or through is None:
        return str(episode.evaluated_on)
    return (through + dt.timedelta(days=1) if on <= through else on).isoformat()


def _with_part(episode: Episode, referral: Referral) -> Episode:
    """The episode with which Medicare it is, by what is stated of the first payer now."""
    found = part_of(referral)
    return replace(episode, part=found) if found is not None else episode


def part_of(referral: Referral) -> Part | None:
    """Which Medicare the first payer is, by what is stated of it; None where no payer is stated."""
    first = (referral.payers or ())[0] if referral.payers else None
    if first is None:
        return None
    ours = [p.name for p in practice().payers.values() if p.kind == "medicare" and first.name in (p.name, p.slug)]
    return rules.part([first.name, *ours], first.member_id)


def _stated(referral: Referral) -> Stated:
    who = referral.ordering if referral.ordering.name or referral.ordering.credential else referral.referrer
    return Stated(
        order_here=ORDER_HERE in referral.evidence,
        order_stated="order" in (referral.documents or ()) or referral.order_signed is not None,
        signed=referral.order_signed,
        credential=who.credential,
        home_health=referral.home_health,
    )


def _reading(lead: Lead) -> Referral:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return services.read(row, open_key(row.key))


def _only_medicare(lead: Lead, field: str) -> None:
    if not pays(lead):
        raise BadInput([Problem(field, "Medicare does not pay first for this lead; correct who pays, if it does.")])
