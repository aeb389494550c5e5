"""Today's list: rows and counters, in a constant number of questions however many leads are open."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Case as SqlCase
from django.db.models import CharField, Count, Q, QuerySet, Value, When

from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.plan import task_words
from firstvisit.journey.policy import actions
from firstvisit.journey.queries import BrokenClock, broken_clock, user_names
from firstvisit.journey.reaching import ways_of
from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import leases, seal
from firstvisit.kernel.leases import Held
from firstvisit.kernel.models import Lease
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import code
from firstvisit.leads.services import facts_of_row
from firstvisit.people.forbidding import forbidden
from firstvisit.people.guarding import Restricted, in_words
from firstvisit.people.identity import Identity
from firstvisit.people.models import Guardian, Organization
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, user_scope
from firstvisit.practice.shape import Site
from firstvisit.steps.intake.kept_readings import sender_of_items
from firstvisit.steps.intake.models import CallCard
from firstvisit.steps.qualify.checks import Checks, check
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.routing import clocks

PAGE: Final = 50
TIMES: Final = ("late", "hour", "today", "later")
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "call": (
        "call_to_book",
        "finish_call",
        "finish_adding",
        "follow_up",
        "call_back",
        "call_missed",
        "find_somebody",
        "call_about_treatment",
        "call_missed_treatment",
        "call_called_off",
        "await_visit",
        "keep_in_touch",
        "call_when_wished",
        "offer_again",
        "explain_hold",
        "offer_waitlist",
        "offer_other_program",
        "offer_clinic",
        "offer_video",
        "offer_home_visits",
        "offer_school_visits",
        "tell_other_place",
        "call_organization",
        "confirm_needs",
        "send_proposal",
        "agree_terms",
        "find_number",
        "arrange_interpreter",
        "call_office",
        "send_letter",
        "tell_partner",
        "await_answer",
        "answer_text",
    ),
    "ask": (
        "ask_question",
        "ask_whom",
        "two_patients",
        "compare_people",
        "check_authority",
        "states_otherwise",
        "other_ways",
        "npi_of_another",
        "request_papers",
        "chase_papers",
        "ask_sender",
        "settle_therapy",
    ),
    "decide": (
        "review_red_flag",
        "review_item",
        "choose_program",
        "decide_treatment",
        "booked_twice",
        "decide",
        "say_what_fits",
        "sign_rules",
        "decide_again",
        "restricted_wrote",
        "decide_silence",
        "review_unreached",
        "papers_escalated",
        "glass_broken",
    ),
    "coverage": (
        "request_authorization",
        "authorize_beside",
        "correct_coverage",
        "fix_enrollment",
        "ask_other_coverage",
        "explain_not_covered",
        "ask_referral",
        "give_estimate",
        "verify_by_hand",
        "send_plan",
        "chase_certification",
        "recertify",
        "progress_report",
        "count_treatment",
        "note_evaluation",
        "nudge_payer",
        "request_treatment",
        "extend_authorization",
        "decide_refusal",
    ),
    "mend": (
        "answer_visits",
        "confirm_item",
        "item_waits",
        "way_differs",
        "enter_in_emr",
        "mend_registration",
        "message_unclear",
        "message_refused",
        "advance_failed",
    ),
    "close": (
        "close_do_not_contact",
        "close_told",
        "close_declined",
        "close_duplicate",
        "close_deceased",
        "close_won",
        "close_lost",
    ),
    "approve": tuple(f"{PROPOSAL}{action}" for action in actions()),
}
"""Kinds of tasks as Today counts them; each kind of TASK_WORDS stands in exactly one."""
TO_OTHERS: Final = frozenset(
    {
        "tell_partner",
        "call_office",
        "request_papers",
        "chase_papers",
        "request_authorization",
        "authorize_beside",
        "fix_enrollment",
        "verify_by_hand",
        "send_plan",
        "chase_certification",
        "recertify",
        "progress_report",
        "count_treatment",
        "note_evaluation",
    }
)
"""Kinds of tasks by which somebody else than the family is reached: their phone does not stand beside them."""
_WITH: Final = ("lead__facts", "lead__assigned_user", "lead__assigned_queue", "owner_user", "owner_queue")
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
    call: CallCard | None = None
    """The call that stands still, of a task that says so."""
    sender: str = ""
    """Who sent the document that a task is about, as it calls itself."""
    restrictions: tuple[Restricted, ...] = ()
    """What must not happen about the patient."""
    unused: frozenset[str] = frozenset()
    """Of the ways to reach patient and contact those that nothing may go to."""

    @property
    def code(self) -> str:
        return code(self.lead.number) if self.lead else ""

    @property
    def ways(self) -> list[str]:
        """Every way to reach contact and patient, phones first."""
        people = [who for who in (self.contact, self.patient) if who is not None]
        return [way for kind in ("phone", "email") for who in people if (way := getattr(who, kind))]

    @property
    def reached(self) -> Identity | None:
        """Whose number the row shows."""
        return self.contact if self.contact and self.contact.phone else self.patient

    @property
    def broken(self) -> BrokenClock | None:
        """What its broken clock did, if it broke."""
        return broken_clock(self.task, self.lead) if self.lead else None

    @property
    def words(self) -> str:
        if self.lead is None:
            return task_words(self.task.kind)
        facts = self.lead.facts
        return task_words(self.task.kind, phone=facts.has_phone, email=facts.has_email)


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
        return [row.lead.id for row in self.rows if row.lead] + [row.call.id for row in self.rows if row.call]


def tasks_for(user: User) -> QuerySet[Task]:
    """The open tasks a person is shown: their own, those of queues at their sites, and what was late and is somebody's
    by now: the queue of its route goes on seeing it until it is done.

    Whoever does not see the whole site (a clinician) is shown the queues they are in and, where they may judge
    red flags, those that wait in any or are late. What is about no lead (an item that waits) goes to those
    who settle items.
    """
    broken = Q(breached_at__isnull=False, lead__isnull=False)
    sites, queued = user_scope(user), Q(owner_queue__isnull=False) | broken
    if not user.may("leads.see_site"):
        queues = list(user.queues.values_list("id", flat=True))
        queued = Q(owner_queue__in=queues) | (broken & Q(lead__route_queue__in=queues))
        if user.may("clinical.review"):
            queued |= Q(safety=True) & (Q(owner_queue__isnull=False) | broken)
    if sites is not None:
        queued &= Q(site__in=sites)
    tasks = Task.objects.filter(Q(owner_user=user) | queued, status="open")
    if not user.may("leads.see"):
        tasks = tasks.filter(lead__isnull=True)
    if not user.may("items.resolve"):
        flagged = Q(kind="review_item") if user.may("clinical.review") else Q()
        tasks = tasks.filter(Q(lead__isnull=False) | Q(about_kind__in=("call", "rules", "visits")) | flagged)
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
        shown.select_related(*_WITH).order_by("-safety", "due_at", "id")[
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


def of_site(site: Site, *, now: datetime, most: int) -> tuple[list[Row], int]:
    """The next things of one site that are late or due before its midnight, whoever has them, in Today's order: at
    most so many, and how many there are."""
    hour_ends, day_ends = now + timedelta(hours=1), _midnight(now, site.tz)
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=day_ends)
    due = Task.objects.filter(awake, site=site.slug, status="open", lead__isnull=False)
    due = due.filter(Q(due_at__lt=day_ends) | Q(safety=True))
    tasks = list(due.select_related(*_WITH).order_by("-safety", "due_at", "id")[:most])
    return _rows(tasks, now, hour_ends, day_ends, also=[])[0], due.count()


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
    """Everything a page of rows shows, in a constant number of questions however many rows."""
    shape = practice()
    home = shape.sites[shape.identity.home_site]
    leads = [task.lead for task in tasks if task.lead]
    people = {p for lead in (*leads, *also) for p in (lead.patient_id, lead.contact_id) if p}
    who: dict[uuid.UUID | None, Identity] = {p: identity for p, (identity, _) in identities(people).items()}
    relations: dict[tuple[uuid.UUID | None, uuid.UUID | None], str] = {
        (patient, guardian): word
        for patient, guardian, word in Guardian.objects.filter(
            patient__in=[lead.patient_id for lead in leads if lead.patient_id]
        ).values_list("patient_id", "guardian_id", "relationship")
    }
    organizations = organization_names(lead.organization_id for lead in leads if lead.organization_id)
    held = leases.held(LEASE, [lead.id for lead in leads], now=now)
    judging = policy().section(Judging)
    names = user_names(lease.holder for lease in held.values())
    about_calls = [task.about_id for task in tasks if task.about_kind == "call"]
    cards = CallCard.objects.filter(id__in=about_calls).select_related("key", "holder") if about_calls else []
    calls = {card.id: card for card in cards}
    senders = sender_of_items([task.about_id for task in tasks if task.about_kind == "item"])
    restricted = in_words({lead.patient_id for lead in leads if lead.patient_id})
    barred = forbidden(way for lead in leads if lead.patient_id in restricted for way in ways_of(lead, who))
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
                checks=check(facts_of_row(lead.facts), shape, judging, now)
                if lead and lead.site in shape.sites
                else None,
                held=lease,
                holder=names.get(lease.holder) if lease else None,
                call=calls.get(task.about_id),
                sender=senders.get(task.about_id, ""),
                restrictions=tuple(restricted.get(lead.patient_id, ())) if lead and lead.patient_id else (),
                unused=frozenset(way for _, _, way in barred.intersection(ways_of(lead, who))) if lead else frozenset(),
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


def organization_names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """Names of organizations, opened; one question."""
    rows = Organization.objects.filter(id__in={i for i in ids if i}).select_related("key")
    found: dict[uuid.UUID | None, str] = {}
    for row in rows:
        opened = seal.unseal_json(seal.open_key(row.key), "people_organization", "sealed", row.id, row.sealed)
        found[row.id] = str(opened["name"])
    return found
