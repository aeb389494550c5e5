"""Behind every door: keep what arrived, recognise the people, open or join their lead, say what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q

from firstvisit.journey.advancing import TRIES, advance_locked
from firstvisit.journey.by_itself import (
    ANSWERS,
    Apart,
    asked_before,
    asked_beside,
    by_itself,
    is_stranger,
    letters_of_it,
    marks_of_asker,
    receipt_due,
)
from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.guarding import ask_who_decides, look_who_it_is, look_who_wrote
from firstvisit.journey.joining import join, take_first_step
from firstvisit.journey.one_patient import each_of_several
from firstvisit.journey.opening import names_patient, open_lead
from firstvisit.journey.plan import Plan
from firstvisit.journey.plan.promised import first_answer, promise
from firstvisit.journey.plan.words import AGAIN, AWAITS
from firstvisit.journey.reaching import notice
from firstvisit.journey.telling import tell
from firstvisit.kernel import clock, writes
from firstvisit.kernel.errors import Conflict
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import code
from firstvisit.people import records
from firstvisit.people import services as people
from firstvisit.people.barring import bars
from firstvisit.people.strangers import keep_known
from firstvisit.practice.policy import Policy
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.readings import reading_of
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import TYPED, Reading

log = structlog.get_logger("journey")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told. Without `code` the item is safely kept and will be judged later."""

    item: uuid.UUID
    code: str | None
    outcome: str | None
    score: tuple[int, int] | None
    joined: bool
    repeated: bool
    minutes: int | None = None
    """Business minutes within which somebody answers, from the clock of the first task."""
    by: datetime | None = None
    """When that clock ends."""
    again: bool = False
    """A person had decided that nothing is to be booked yet: somebody reads this and decides again."""
    others: tuple[str, ...] = ()
    """Codes of the leads of further patients in the same delivery."""
    neutral: bool = False
    """A restriction names whoever asks: they are told that it is here, and nothing of what else is."""
    apart: Apart | None = None
    """All of this is of the request by itself: whoever asks was not known to belong to the lead it joined."""

    @property
    def told(self) -> Receipt:
        """What of this may be said outside the house, by whichever door it came: all of it, or to somebody whom a
        restriction names only that it is here."""
        if self.neutral and self.apart is None:
            return Receipt(self.item, None, None, None, False, self.repeated, neutral=True)
        return self

    @classmethod
    def of(
        cls,
        item: Item,
        lead: Lead,
        plan_now: Plan,
        *,
        joined: bool,
        others: Sequence[Lead] = (),
        neutral: bool = False,
        apart: Apart | None = None,
    ) -> Receipt:
        """The receipt of an item that has just been settled."""
        score, shape = plan_now.judgement.score, practice()
        site = shape.sites.get(lead.site) or shape.sites[shape.identity.home_site]
        usual, answers = shape.identity.answers_within_minutes, first_answer(plan_now.tasks)
        return cls(
            item=item.id,
            code=code(lead.number),
            outcome=plan_now.outcome,
            score=(score.lo, score.hi) if score else None,
            joined=joined,
            repeated=False,
            minutes=answers.minutes if answers is not None else None,
            by=promise(plan_now.tasks, item.received_at, site, clock.now(), minutes=usual).by,
            again=bool(plan_now.tasks) and plan_now.tasks[0].kind == AGAIN[0],
            others=tuple(code(other.number) for other in others),
            neutral=neutral,
            apart=apart,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "outcome": self.outcome,
            "score": list(self.score) if self.score else None,
            "joined": self.joined,
            "minutes": self.minutes,
            "by": self.by.isoformat() if self.by else None,
            "again": self.again,
            "others": list(self.others),
            **({"neutral": True} if self.neutral else {}),
            **({"apart": self.apart.as_json()} if self.apart is not None else {}),
        }


def receive(arrival: Arrival, reading: Reading, *, waits: bool = False) -> Receipt:
    """Keep what arrived (commit one), then judge it (commit two).

    If the second part fails for whatever reason the sender still has success: the item stays `received`
    and a job settles it later. Conflict when the same key came with another body or is still running;
    with `waits` a repeat of something still running waits for it (a double tap of a person).
    """
    now = clock.now()
    item, new = intake.keep(arrival, now=now)
    if not new:
        return _repeated(intake.settled_in_time(item) if waits else item)
    try:
        return settle(item, reading)
    except Exception as error:  # the promise of commit one holds whatever a rule does
        log.error("settling_failed", item=str(item.id), exc_info=error)
        try:
            intake.failed(item.id, type(error).__name__, limit=TRIES)
        except DatabaseError as lost:  # the database is gone: the sweep finds the item by its age
            log.error("failure_not_counted", item=str(item.id), exc_info=lost)
        return Receipt(item.id, None, None, None, False, False)


def settle(item: Item, reading: Reading | None = None) -> Receipt:
    """Commit two: recognise each person, open or join their lead, advance it, in one transaction.

    Settles an item once however many try; `reading` spares a second parse of what was just read.
    """
    now = clock.now()
    shape, rules = practice(), policy()
    if reading is None:
        reading = reading_of(item, shape.program_words)
    with transaction.atomic():
        if not intake.claim(item.id):
            return _repeated(Item.objects.get(id=item.id))
        if not reading.opens:
            told = tell(item, reading, shape, now)
            receipt = Receipt(item.id, code(told.number) if told else None, None, None, told is not None, False)
            intake.answered(item, receipt.as_json())
            return receipt
        return settle_claimed(item, list(reading.each()), shape, rules, now)


def settle_claimed(
    item: Item,
    readings: Sequence[Reading],
    shape: Practice,
    rules: Policy,
    now: datetime,
    *,
    into: Mapping[int, Lead] | None = None,
) -> Receipt:
    """Settle a claimed item in the running transaction, one part a reading. `into` names the open lead, locked, that
    the reading of that number joins because a person said so."""
    readings = each_of_several(readings)
    people.lock(each.referral for each in readings)
    first, *others = [
        join_this(item, each, (into or {})[number], shape)
        if number in (into or {})
        else open_or_join(item, each, shape, rules, now)
        for number, each in enumerate(readings)
    ]
    receipt = Receipt.of(
        item,
        first.told[0],
        first.told[1],
        joined=first.joined,
        others=[other.told[0] for other in others],
        neutral=any(each.barred for each in (first, *others)),
        apart=first.apart,
    )
    intake.answered(item, receipt.as_json())
    awaits = any(task.kind == AWAITS for task in first.told[1].tasks[:1])
    if first.apart is not None or awaits:  # what they were promised binds the lead, which was planned before
        Lead.objects.filter(id=first.lead.id, closed_at__isnull=True).update(look_again_at=now)
    return receipt


class Settled(NamedTuple):
    """What became of one reading: its lead, the plan, whether the lead was open before (to a stranger: the one they are
    told of), and whether a restriction names whoever asks."""

    lead: Lead
    plan: Plan
    joined: bool
    barred: bool
    alone: tuple[Lead, Plan, Apart] | None = None
    """What the request comes to by itself, where whoever asks is told no more than that."""

    @property
    def told(self) -> tuple[Lead, Plan]:
        """The lead and the plan of which the sender is told."""
        return self.alone[:2] if self.alone is not None else (self.lead, self.plan)

    @property
    def apart(self) -> Apart | None:
        return self.alone[2] if self.alone is not None else None


def join_this(item: Item, reading: Reading, lead: Lead, shape: Practice) -> Settled:
    """Join a lead that a person chose. Conflict when name or birth date say that it is about somebody else. Whoever
    chose it did not write it: somebody whom a restriction names is kept aside here as at every door."""
    begun = records.known(lead.patient) if lead.patient is not None else None
    resolved = people.resolve(reading.referral, continues=begun, present=reading.present)
    if begun is not None and resolved.patient is not None and names_patient(reading.referral):
        standing = lead.patient.same_as_id or lead.patient_id if lead.patient else None
        if resolved.patient.person.id not in (standing, lead.patient_id):
            raise Conflict(
                f"name or birth date say that this is about somebody else than {code(lead.number)}; correct them, "
                "or file it by itself"
            )
    if lead.patient_id is not None and not names_patient(reading.referral):
        resolved.barred = resolved.barred or any(bars([lead.patient_id], who) for who in resolved.asking)
    reading = replace(reading, quiet=reading.quiet or resolved.barred)
    lead, plan_now = join(item, reading, resolved, lead, shape)
    ask_who_decides(lead, resolved.who_decides)
    look_who_wrote(lead, resolved)
    look_who_it_is(lead, resolved, reading.referral)
    return Settled(lead, plan_now, True, resolved.barred)


def open_or_join(
    item: Item, reading: Reading, shape: Practice, rules: Policy, now: datetime
) -> Settled:
    """The lead that this request opens or joins, and its plan."""
    referral = reading.referral
    begun = _begun(item)
    by_staff = item.sender.startswith("user:") and item.source in TYPED
    answers = item.source in ANSWERS
    names_nobody = not names_patient(referral)
    first = begun if begun is not None and _opened_by(item.continues_id, begun) else None
    resolved = people.resolve(
        referral,
        continues=_continued(item, referral, begun),
        by_staff=by_staff,
        anybody=answers and not by_staff,
        own=first is not None or not answers,
        present=reading.present,
        about=by_staff,
    )
    lead = _answered_about(item, begun) or leads.find_open(
        resolved, referral, received_at=reading.received_at or now
    )
    if lead is None and answers and names_nobody and not by_staff:
        lead = leads.find_joined(resolved)
    if lead is not None and lead.patient_id is not None and names_nobody:
        resolved.barred = resolved.barred or any(bars([lead.patient_id], who) for who in resolved.asking)
    heard = reading
    reading = replace(reading, quiet=reading.quiet or resolved.barred)
    alone, again, was_open = None, False, lead is not None
    if lead is None:
        unknown = marks_of_asker(resolved, referral) if answers and resolved.stranger else None
        if unknown is not None:
            keep_known(resolved)
        lead, plan_now = open_lead(item, reading, resolved, shape, rules, now, stranger=unknown)
        if resolved.any_known:
            _look_at_closed(lead, now)
        # Of a child whom nobody knows they read the same as of one who is here, or was.
        if unknown is not None or (answers and resolved.barred):
            before = asked_beside(lead, unknown or ())
            again = before is not None
            alone = by_itself(item, heard, lead, shape, rules, now, before=before)
    else:
        own = by_staff or lead == first
        asker: list[str] | None = None
        if answers and (resolved.barred or (not own and is_stranger(lead, resolved, referral))):
            keep_known(resolved)
            asker = marks_of_asker(resolved, referral)
            before = asked_before(lead, asker)
            again = before is not None
            alone = by_itself(item, heard, first, shape, rules, now, before=before)
        told = code(alone[0].number) if alone is not None and lead != first else ""
        lead, plan_now = join(item, reading, resolved, lead, shape, told=told, stranger=asker)
    if alone is not None and (was_open or resolved.barred):  # else their own lead writes to them
        at = max(now, receipt_due(item, heard, rules))
        writes.insert(letters_of_it(item, lead, resolved, alone[2], at=at, now=now))
    ask_who_decides(lead, resolved.who_decides)
    look_who_wrote(lead, resolved, by=_promised(item, alone, shape, now))
    look_who_it_is(lead, resolved, referral)
    if notice([lead]) or resolved.barred:
        [(plan_now, _)] = advance_locked([lead], now)
    if begun is not None and begun.id != lead.id:
        if resolved.instead_of is not None:
            leads.continue_in(begun, lead, at=now)
        else:
            take_first_step(item, begun, lead, now=now)
    return Settled(lead, plan_now, again or (was_open and alone is None), resolved.barred, alone)


def _promised(
    item: Item, alone: tuple[Lead, Plan, Apart] | None, shape: Practice, now: datetime
) -> datetime | None:
    """By when whoever is answered by their request alone was told that somebody calls or writes."""
    if alone is None:
        return None
    site, usual = shape.sites[alone[0].site], shape.identity.answers_within_minutes
    return promise(alone[1].tasks, item.received_at, site, now, minutes=usual).by


def _opened_by(step: uuid.UUID | None, lead: Lead) -> bool:
    """Whether a lead is the one that the first step of a form opened, and no lead of a family that it joined."""
    return step is not None and Part.objects.filter(item=step, lead=lead, end="opened").exists()


def _look_at_closed(lead: Lead, now: datetime) -> None:
    """Whoever asks again by themselves need not be asked once more: their closed leads on which that is proposed are
    planned anew."""
    theirs = [Q(**{f"lead__{who}": person}) for who in ("patient", "contact") if (person := getattr(lead, f"{who}_id"))]
    if not theirs:
        return
    proposed = Task.objects.filter(
        reduce(or_, theirs), status="open", kind=f"{PROPOSAL}reactivation", lead__closed_at__isnull=False
    )
    Lead.objects.filter(id__in=proposed.values("lead")).update(look_again_at=now)


def _repeated(item: Item) -> Receipt:
    """What the sender was told the first time. Running while the first delivery is still being judged."""
    if item.answer is None and item.status == "received" and item.attempts == 0:
        raise intake.Running("the same delivery is being worked on")
    return receipt_of(item)


def receipt_of(item: Item) -> Receipt:
    """The receipt that was given for an item; without `code` while it is not judged."""
    answer = item.answer
    if answer is None:
        return Receipt(item.id, None, None, None, False, True)
    return Receipt(
        item.id,
        answer["code"],
        answer["outcome"],
        tuple(answer["score"]) if answer["score"] else None,
        answer["joined"],
        True,
        answer["minutes"],
        datetime.fromisoformat(answer["by"]) if answer.get("by") else None,
        answer.get("again", False),
        tuple(answer.get("others", ())),
        answer.get("neutral", False),
        Apart.of_json(answer["apart"]) if answer.get("apart") else None,
    )


def _continued(item: Item, referral: Referral, begun: Lead | None) -> records.Known | None:
    """The patient whom a form's second step goes on with. One who has a name is nobody's whom a step without one is
    about: it may be a brother or sister."""
    if begun is None or begun.patient is None:
        return None
    known = records.known(begun.patient)
    named = known.identity.is_named and not names_patient(referral)
    return None if named and item.source != "preferences" else known


def _answered_about(item: Item, begun: Lead | None) -> Lead | None:
    """The lead, locked, that preferences were asked about: they belong to it however old it is."""
    if item.source != "preferences" or begun is None:
        return None
    return Lead.objects.select_for_update(of=("self",)).filter(id=begun.id, closed_at__isnull=True).first()


def _begun(item: Item) -> Lead | None:
    """The lead that the item says it continues (step 2 of a form), if it is still open. Not locked here: the
    people's keys are locked first, by everybody."""
    if item.joins_id is None:
        return None
    open_leads = Lead.objects.filter(id=item.joins_id, closed_at__isnull=True)
    return open_leads.select_related("patient__key", "patient__same_as__key").first()
