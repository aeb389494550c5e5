"""What screens and commands read of leads: find them, explain one, see what changed. Batch first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from firstvisit.journey.case import PROPOSAL, Blocker
from firstvisit.journey.endings import CLOSED_AS
from firstvisit.journey.flags import NO_RED_FLAG, as_seen
from firstvisit.journey.plan import task_words
from firstvisit.journey.verify import judged_then
from firstvisit.kernel import clock
from firstvisit.kernel.blind import token
from firstvisit.leads import scope
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import DecisionRow, Event, Lead, Ruling, Task
from firstvisit.leads.queries import by_code, code, rulings_in_force
from firstvisit.leads.services import facts_of_row
from firstvisit.people.identity import Identity
from firstvisit.people.models import ContactPoint, Guardian
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, practice_now, user_scope
from firstvisit.referral.vocabulary import e164
from firstvisit.steps.intake.models import Part
from firstvisit.steps.qualify.asking import Asked, one_question
from firstvisit.steps.qualify.policy import Judging, Questions
from firstvisit.steps.qualify.rules import OUTCOMES, Judgement, judge

FOUND: Final = 50


def found_leads(user: User, text: str, *, now: datetime) -> list[tuple[Lead, Identity | None]]:
    """Leads inside a person's scope by reference, whole phone number or e-mail address, newest first.

    A number or address finds the leads of whoever it belongs to and of the patients they speak for; only for those
    who may see identities, or it would tell whose it is. A reference also finds a lead that the person opened
    by breaking the glass.
    """
    named = by_code(text) or by_told(text)
    if named is not None:
        leads = [named] if scope.sees(user, named, now=now) else []
    elif not user.may("identity.see"):
        leads = []
    else:
        points = ContactPoint.objects.filter(token=token("reach", _reach(text).casefold()))
        people = {same or person for person, same in points.values_list("person_id", "person__same_as_id")}
        spoken_for = Guardian.objects.filter(guardian__in=people).values("patient")
        mine = scope.leads_for(user).filter(
            Q(patient__in=people) | Q(contact__in=people) | Q(patient__in=spoken_for)
        )
        leads = list(mine.order_by("-number")[:FOUND])
    who = identities(p for lead in leads if (p := lead.patient_id or lead.contact_id))
    return [(lead, who[p][0] if (p := lead.patient_id or lead.contact_id) in who else None) for lead in leads]


def by_told(text: str) -> Lead | None:
    """The lead that a request joined whose sender was told this reference, which is no lead's own."""
    if not re.fullmatch(r"[Ll]-?[0-9]{1,18}", text.strip()):
        return None
    told = code(int(text.strip().lstrip("Ll-")))
    joined = Event.objects.filter(name="joined", data__told=told).select_related("lead").order_by("-id").first()
    return joined.lead if joined is not None else None


def _reach(text: str) -> str:
    """A phone number as it is kept; anything else as it stands."""
    try:
        return text.strip() if "@" in text else e164(text)
    except ValueError:
        return text.strip()


def user_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of accounts; one question."""
    return dict(User.objects.filter(id__in=set(ids)).values_list("id", "name"))


def last_event() -> int:
    """The number of the newest timeline entry: what a page remembers in order to ask what changed since."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def changed_since(since: int, user: User, *, lead: Lead | None = None) -> bool:
    """Whether anything happened after entry `since`: to this lead, or to any lead at the person's sites."""
    later = Event.objects.filter(id__gt=since)
    if lead is not None:
        return later.filter(lead=lead).exists()
    sites = user_scope(user)
    return (later if sites is None else later.filter(lead__site__in=sites)).exists()


def place_named(lead: Lead) -> str:
    """The place that the latest decision named where we are not the right one, in words; "" where none."""
    decided = DecisionRow.objects.filter(lead=lead).order_by("-at", "-id").values_list("reasons", flat=True).first()
    return next((str(reason["text"]) for reason in decided or () if reason["code"] == "place"), "")


def explanation(lead: Lead, *, now: datetime | None = None) -> dict[str, Any]:
    """Why a lead is where it is: the stored decision, and its arithmetic made anew from the facts of today; of a closed
    lead, which nobody judges any more, as it was decided then.

    Plain JSON values without anybody's name; the lead screen and `firstvisit explain` show the same.
    """
    now, shape, judging = now or clock.now(), practice(), policy().section(Judging)
    rulings = rulings_in_force([lead], now=now)[lead.id]
    judgement = judge(_facts_seen(lead, rulings), shape, judging, now)
    program = judgement.checks.program
    stored = DecisionRow.objects.filter(lead=lead).order_by("-at", "-id").first()
    reasons = [reason.as_json() for reason in judgement.decision.reasons]
    one: Asked | None = None
    if lead.closed_at is None:
        one = one_question(judgement.checks.facts, shape, judging, policy().section(Questions), now)
    elif stored is not None:
        judgement, judging = judged_then(stored) or (judgement._replace(score=None), judging)
        reasons = stored.reasons
    score, checks = judgement.score, judgement.checks
    tasks = Task.objects.filter(lead=lead, status="open").select_related("owner_user", "owner_queue")
    return {
        "code": code(lead.number),
        "stage": lead.stage,
        "outcome": lead.outcome,
        "verdict": OUTCOMES.get(lead.outcome, lead.outcome),
        "judged": judgement.outcome,
        "reasons": reasons,
        "urgent": judgement.urgent,
        "by": judgement.by.isoformat() if judgement.by else None,
        "days_left": checks.days_left,
        "program": program.name if program else None,
        "score": None
        if score is None
        else {
            "lo": score.lo,
            "hi": score.hi,
            "points_lo": score.points_lo,
            "points_hi": score.points_hi,
            "of": score.of,
            "low": judging.low,
            "high": judging.high,
            "lines": [line._asdict() for line in score.lines],
        },
        "question": None if one is None else _question(one, judgement.outcome),
        "hold": judgement.hold.as_json() if judgement.hold else None,
        "place": judgement.place.as_json() if judgement.place else None,
        "next_step": judgement.next_step,
        "same_day": judgement.same_day,
        "confirm": list(judgement.confirm),
        "decided": None
        if stored is None
        else {
            "at": stored.at.isoformat(),
            "outcome": stored.outcome,
            "rules": stored.policy_version,
            "rules_now": policy().number,
            "looked_at": lead.planned_under >= shape.version,
            "practice": stored.practice_version,
            "engine": stored.engine_version,
            "lo": stored.score_lo,
            "hi": stored.score_hi,
        },
        "closed": None
        if lead.closed_at is None
        else {"at": lead.closed_at.isoformat(), "how": lead.closed_how, "words": CLOSED_AS.get(lead.closed_how, "")},
        # A closed lead waits for nobody, whatever it waited for when it was closed.
        "blockers": [] if lead.closed_at else [Blocker(*blocker)._asdict() for blocker in lead.blockers],
        "rulings": [
            {
                "what": r.what,
                "value": r.value,
                "by": r.by.name,
                "at": r.at.isoformat(),
                "until": r.until.isoformat() if r.until else None,
            }
            for r in rulings
        ],
        "tasks": [
            {
                "id": str(task.id),
                "kind": task.kind,
                "words": task_words(task.kind, phone=lead.facts.has_phone, email=lead.facts.has_email),
                "why": task.reason,
                "due_at": task.due_at.isoformat(),
                "minutes": task.minutes,
                "safety": task.safety,
                "snoozed_until": task.snoozed_until.isoformat() if task.snoozed_until else None,
                "owner": task.owner_user.name if task.owner_user else _queue_name(task),
                "broken": broken._asdict() if (broken := broken_clock(task, lead)) else None,
            }
            for task in sorted(tasks, key=lambda task: (not task.safety, task.due_at))
        ],
    }


def _facts_seen(lead: Lead, rulings: Iterable[Ruling]) -> Facts:
    """The facts as the plan reads them: without the red flags that a clinician found to be none."""
    seen = {ruling.what: ruling.value for ruling in rulings if ruling.what == NO_RED_FLAG}
    parts = Part.objects.filter(lead=lead).values_list("item_id", "red_flags") if NO_RED_FLAG in seen else ()
    return as_seen(facts_of_row(lead.facts), seen, parts)


def judged_now(lead: Lead, *, now: datetime) -> Judgement:
    """The judgement of a lead as it stands at this moment."""
    rulings = rulings_in_force([lead], now=now)[lead.id]
    return judge(_facts_seen(lead, rulings), practice(), policy().section(Judging), now)


class BrokenClock(NamedTuple):
    """When the clock of a task broke (ISO 8601), and to whom the machine gave the lead then; "" to nobody."""

    at: str
    to: str


def broken_clock(task: Task, lead: Lead) -> BrokenClock | None:
    """What a broken clock did; the lead comes with `assigned_user` and `assigned_queue`."""
    if task.breached_at is None:
        return None
    given = lead.assigned_at is not None and lead.assigned_at >= task.breached_at
    user, queue = (lead.assigned_user, lead.assigned_queue) if given else (None, None)
    to = user.name if user else str(queue.data.get("name", queue.slug)) if queue else ""
    moment = lead.assigned_at if given and lead.assigned_at is not None else task.breached_at
    return BrokenClock(moment.isoformat(), to)


def _question(one: Asked, judged: str) -> dict[str, Any]:
    """The one question in the words of the call, with the answers that would change what is judged now."""
    texts = {choice.value: choice.text for choice in one.question.choices}
    return {
        "either_way": OUTCOMES[one.changes[0][1]] if one.same_either_way else "",
        "slug": one.question.slug,
        "text": one.question.text,
        "why": one.why,
        "whom": one.question.whom,
        "answers": [
            {"answer": texts.get(value, value.capitalize()), "outcome": outcome, "words": OUTCOMES[outcome]}
            for value, outcome in one.changes
            if outcome != judged and not one.same_either_way
        ],
    }


def still_to_plan() -> tuple[int, int]:
    """Open leads that still have to be planned under the practice and rules of now, and all open leads."""
    waiting = Q(planned_under__lt=practice_now().version, failures__lt=3)
    found = Lead.objects.filter(closed_at__isnull=True).aggregate(
        waiting=Count("id", filter=waiting), all=Count("id")
    )
    return found["waiting"], found["all"]


def answered_proposals(last: int = 50) -> dict[str, tuple[int, int]]:
    """For each kind of action, of its last so many answered proposals: accepted unchanged, and answered."""
    ranked = Task.objects.filter(kind__startswith=PROPOSAL, status="done").annotate(
        place=Window(RowNumber(), partition_by=F("kind"), order_by=F("ended_at").desc())
    )
    counts: dict[str, tuple[int, int]] = {}
    for kind, result in ranked.filter(place__lte=last).values_list("kind", "result"):
        accepted, answered = counts.get(kind, (0, 0))
        counts[kind] = accepted + (result == "accepted"), answered + 1
    return {kind.removeprefix(PROPOSAL): count for kind, count in counts.items()}


def _queue_name(task: Task) -> str:
    queue = task.owner_queue
    return str(queue.data.get("name", queue.slug)) if queue else ""
