"""What screens and commands read: Today's list, one lead's explanation, what changed. Batch first; the
number of questions to the database never depends on the number of leads."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case as SqlCase
from django.db.models import CharField, Count, Q, QuerySet, Value, When

from firstvisit.journey.plan import TASK_WORDS
from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import clock, leases, seal
from firstvisit.kernel.blind import token
from firstvisit.kernel.leases import Held
from firstvisit.kernel.models import Lease
from firstvisit.leads import scope
from firstvisit.leads.models import DecisionRow, Event, Lead, Ruling, Task
from firstvisit.leads.queries import by_code, code
from firstvisit.leads.services import facts_of_row
from firstvisit.people.identity import Identity
from firstvisit.people.models import ContactPoint, Guardian, Organization
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, user_scope
from firstvisit.referral.vocabulary import e164
from firstvisit.steps.qualify.checks import Checks, check
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import OUTCOMES, judge, question_text
from firstvisit.steps.routing import clocks

PAGE: Final = 50
TIMES: Final = ("late", "hour", "today", "later")
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "call": (
        "call_to_book",
        "follow_up",
        "keep_in_touch",
        "offer_waitlist",
        "offer_other_program",
        "tell_other_place",
        "call_organization",
    ),
    "ask": ("ask_question",),
    "decide": ("review_red_flag", "decide"),
    "coverage": ("request_authorization",),
    "mend": ("item_waits", "message_unclear", "message_refused", "advance_failed"),
    "close": ("close_do_not_contact",),
}
"""Kinds of tasks as Today counts them; each kind of TASK_WORDS stands in exactly one."""
_KIND_OF: Final = {kind: group for group, kinds in KINDS.items() for kind in kinds}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many next things, by time and by kind; both add up to `total`. Snoozed ones stand apart."""

    by_time: dict[str, int]
    by_kind: dict[str, int]
    total: int
    snoozed: int


@dataclass(frozen=True, slots=True)
class Row:
    """One next thing. `left` is business minutes until it is due, negative when late."""

    task: Task
    lead: Lead | None
    section: str
    left: int
    patient: Identity | None
    contact: Identity | None
    relationship: str | None
    organization: str | None
    checks: Checks | None
    held: Held | None
    holder: str | None

    @property
    def code(self) -> str:
        return code(self.lead.number) if self.lead else ""

    @property
    def words(self) -> str:
        return TASK_WORDS.get(self.task.kind, self.task.kind.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Today:
    """A page of the list, its counters, and the lead that the person has open."""

    rows: tuple[Row, ...]
    counts: Counts
    start: int
    more: bool
    hour_ends: datetime
    interrupted: tuple[Lead, Identity | None, datetime] | None

    @property
    def leads(self) -> list[uuid.UUID]:
        return [row.lead.id for row in self.rows if row.lead]


def tasks_for(user: User) -> QuerySet[Task]:
    """The open tasks a person is shown: their own, and those of queues at their sites.

    A clinician with a caseload sees the queues they are in, not every queue. What is about no lead (an item
    that waits) goes to those who settle items.
    """
    sites, queued = user_scope(user), Q(owner_queue__isnull=False)
    if user.may("clinical.review") and user.resource_id is not None:
        queued = Q(owner_queue__in=list(user.queues.values_list("id", flat=True)))
    if sites is not None:
        queued &= Q(site__in=sites)
    tasks = Task.objects.filter(Q(owner_user=user) | queued, status="open")
    if not user.may("leads.see"):
        tasks = tasks.filter(lead__isnull=True)
    if not user.may("items.resolve"):
        tasks = tasks.filter(lead__isnull=False)
    return tasks


def today(
    user: User,
    *,
    now: datetime,
    zone: ZoneInfo,
    time: str = "",
    kind: str = "",
    snoozed: bool = False,
    start: int = 0,
) -> Today:
    """The list in the order safety, then due; filtered by `time` and `kind`, or only what was put away."""
    mine = tasks_for(user)
    hour_ends, day_ends = now + timedelta(hours=1), _midnight(now, zone)
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    shown = mine.filter(snoozed_until__gt=now) if snoozed else mine.filter(awake)
    if time in TIMES:
        shown = shown.filter(_time_is(time, now, hour_ends, day_ends))
    if kind in KINDS:
        shown = shown.filter(kind__in=KINDS[kind])
    page = list(
        shown.select_related("lead__facts", "owner_user", "owner_queue").order_by("-safety", "due_at", "id")[
            start : start + PAGE + 1
        ]
    )
    open_lease = Lease.objects.filter(kind=LEASE, holder=user.id, until__gt=now).order_by("-until").first()
    open_lead = (
        Lead.objects.filter(id=open_lease.subject, closed_at__isnull=True).first() if open_lease else None
    )
    rows, who = _rows(page[:PAGE], now, hour_ends, day_ends, also=[open_lead] if open_lead else [])
    interrupted = None
    if open_lead is not None and open_lease is not None:
        interrupted = (open_lead, who.get(open_lead.patient_id or open_lead.contact_id), open_lease.until)
    return Today(
        rows=tuple(rows),
        counts=_counts(mine, now, hour_ends, day_ends),
        start=start,
        more=len(page) > PAGE,
        hour_ends=hour_ends,
        interrupted=interrupted,
    )


def _counts(mine: QuerySet[Task], now: datetime, hour_ends: datetime, day_ends: datetime) -> Counts:
    """One aggregate over the open tasks."""
    when = SqlCase(
        When(snoozed_until__gt=now, then=Value("snoozed")),
        *(When(_time_is(t, now, hour_ends, day_ends), then=Value(t)) for t in TIMES[:3]),
        default=Value("later"),
        output_field=CharField(),
    )
    by_time, by_kind, snoozed = Counter[str](), Counter[str](), 0
    for slot, kind, number in mine.order_by().values_list(when, "kind").annotate(n=Count("*")):
        if slot == "snoozed":
            snoozed += number
        else:
            by_time[slot] += number
            by_kind[_KIND_OF.get(kind, "mend")] += number
    return Counts(
        by_time={name: by_time[name] for name in TIMES},
        by_kind={name: by_kind[name] for name in KINDS},
        total=by_time.total(),
        snoozed=snoozed,
    )


def _time_is(name: str, now: datetime, hour_ends: datetime, day_ends: datetime) -> Q:
    match name:
        case "late":
            return Q(due_at__lt=now)
        case "hour":
            return Q(due_at__gte=now, due_at__lt=hour_ends)
        case "today":
            return Q(due_at__gte=hour_ends, due_at__lt=day_ends)
    return Q(due_at__gte=max(hour_ends, day_ends))


def _rows(
    tasks: list[Task], now: datetime, hour_ends: datetime, day_ends: datetime, *, also: list[Lead]
) -> tuple[list[Row], dict[uuid.UUID | None, Identity]]:
    """Everything a page of rows shows, in five questions however many rows."""
    shape = practice()
    home = shape.sites[shape.identity.home_site]
    leads = [task.lead for task in tasks if task.lead]
    people = {p for lead in (*leads, *also) for p in (lead.patient_id, lead.contact_id) if p}
    who: dict[uuid.UUID | None, Identity] = {p: identity for p, (identity, _) in identities(people).items()}
    relations = {
        (patient, guardian): word
        for patient, guardian, word in Guardian.objects.filter(
            patient__in=[lead.patient_id for lead in leads if lead.patient_id]
        ).values_list("patient_id", "guardian_id", "relationship")
    }
    organizations = organization_names(lead.organization_id for lead in leads if lead.organization_id)
    held = leases.held(LEASE, [lead.id for lead in leads], now=now)
    names = user_names(lease.holder for lease in held.values())
    rows = []
    for task in tasks:
        lead = task.lead
        lease = held.get(lead.id) if lead else None
        rows.append(
            Row(
                task=task,
                lead=lead,
                section=_section(task, now, hour_ends, day_ends),
                left=clocks.minutes_between(now, task.due_at, shape.sites.get(task.site, home)),
                patient=who.get(lead.patient_id) if lead else None,
                contact=who.get(lead.contact_id) if lead else None,
                relationship=relations.get((lead.patient_id, lead.contact_id)) if lead else None,
                organization=organizations.get(lead.organization_id) if lead else None,
                checks=check(facts_of_row(lead.facts), shape, now)
                if lead and lead.site in shape.sites
                else None,
                held=lease,
                holder=names.get(lease.holder) if lease else None,
            )
        )
    return rows, who


def _section(task: Task, now: datetime, hour_ends: datetime, day_ends: datetime) -> str:
    if task.safety:
        return "safety"
    if task.due_at < now:
        return "late"
    return "hour" if task.due_at < hour_ends else "today" if task.due_at < day_ends else "later"


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), zone)


def found_leads(user: User, text: str, *, now: datetime) -> list[tuple[Lead, Identity | None]]:
    """Leads inside a person's scope by reference, whole phone number or e-mail address, newest first.

    A reference also finds a lead that the person opened by breaking the glass.
    """
    named = by_code(text)
    if named is not None:
        leads = [named] if scope.sees(user, named, now=now) else []
    else:
        points = ContactPoint.objects.filter(token=token("reach", _reach(text).casefold()))
        people = {same or person for person, same in points.values_list("person_id", "person__same_as_id")}
        mine = scope.leads_for(user).filter(Q(patient__in=people) | Q(contact__in=people))
        leads = list(mine.order_by("-number")[:PAGE])
    who = identities(
        lead.patient_id or lead.contact_id for lead in leads if lead.patient_id or lead.contact_id
    )
    return [(lead, who[p][0] if (p := lead.patient_id or lead.contact_id) in who else None) for lead in leads]


def _reach(text: str) -> str:
    """A phone number as it is kept; anything else as it stands."""
    try:
        return text.strip() if "@" in text else e164(text)
    except ValueError:
        return text.strip()


def organization_names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """Names of organizations, opened; one question."""
    rows = Organization.objects.filter(id__in={i for i in ids if i}).select_related("key")
    found: dict[uuid.UUID | None, str] = {}
    for row in rows:
        opened = seal.unseal_json(seal.open_key(row.key), "people_organization", "sealed", row.id, row.sealed)
        found[row.id] = str(opened["name"])
    return found


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


def explanation(lead: Lead, *, now: datetime | None = None) -> dict[str, Any]:
    """Why a lead is where it is: the stored decision, and its arithmetic made anew from the facts of today.

    Plain JSON values without anybody's name; the lead screen and `firstvisit explain` show the same.
    """
    now, shape, judging = now or clock.now(), practice(), policy().section(Judging)
    judgement = judge(facts_of_row(lead.facts), shape, judging, now)
    score, question, checks = judgement.score, judgement.question, judgement.checks
    stored = DecisionRow.objects.filter(lead=lead).defer("inputs").order_by("-at", "-id").first()
    rulings = Ruling.objects.filter(lead=lead, withdrawn_at__isnull=True).defer("sealed").select_related("by")
    tasks = Task.objects.filter(lead=lead, status="open").select_related("owner_user", "owner_queue")
    return {
        "code": code(lead.number),
        "stage": lead.stage,
        "outcome": lead.outcome,
        "verdict": OUTCOMES.get(lead.outcome, lead.outcome),
        "judged": judgement.outcome,
        "reasons": [reason.as_json() for reason in judgement.decision.reasons],
        "urgent": judgement.urgent,
        "by": judgement.by.isoformat() if judgement.by else None,
        "days_left": checks.days_left,
        "program": checks.program.name if checks.program else None,
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
        "question": None
        if question is None
        else {
            "slug": question.slug,
            "label": question.label,
            "text": question_text(judging, question),
        },
        "decided": None
        if stored is None
        else {
            "at": stored.at.isoformat(),
            "outcome": stored.outcome,
            "rules": stored.policy_version,
            "practice": stored.practice_version,
            "engine": stored.engine_version,
            "lo": stored.score_lo,
            "hi": stored.score_hi,
        },
        "blockers": [{"what": what, "whom": whom} for what, whom in lead.blockers],
        "rulings": [
            {
                "what": r.what,
                "value": r.value,
                "by": r.by.name,
                "at": r.at.isoformat(),
                "until": r.until.isoformat() if r.until else None,
            }
            for r in rulings
            if r.until is None or r.until > now
        ],
        "tasks": [
            {
                "id": str(task.id),
                "kind": task.kind,
                "words": TASK_WORDS.get(task.kind, task.kind),
                "why": task.reason,
                "due_at": task.due_at.isoformat(),
                "minutes": task.minutes,
                "safety": task.safety,
                "snoozed_until": task.snoozed_until.isoformat() if task.snoozed_until else None,
                "owner": task.owner_user.name if task.owner_user else _queue_name(task),
            }
            for task in sorted(tasks, key=lambda task: (not task.safety, task.due_at))
        ],
    }


def _queue_name(task: Task) -> str:
    queue = task.owner_queue
    return str(queue.data.get("name", queue.slug)) if queue else ""
