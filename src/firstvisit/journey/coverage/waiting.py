"""What verification waits for, and on whom: a page of the queue in a constant number of questions, however long it is.

What is clean does not stand here, and nothing stands twice: a task says what a person does about an answer; a question
under way and a plan that cannot be asked for want of a field have no task yet.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import code
from firstvisit.leads.scope import leads_for
from firstvisit.people.identity import Identity
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.coverage.cards import HEALTH_PLANS
from firstvisit.steps.coverage.models import AuthorizationRequest, Check, Insured
from firstvisit.steps.coverage.policy import Verification
from firstvisit.steps.coverage.resting import Rest, resting

Whom = Literal["payer", "family", "us", "person"]
WHOM: Final[dict[Whom, str]] = {
    "person": "somebody of ours",
    "family": "the family",
    "us": "our enrollment",
    "payer": "the payer",
}
"""On whom a row waits, in the order of the filters."""
KINDS: Final[dict[str, Whom]] = {
    "correct_coverage": "family",
    "ask_other_coverage": "family",
    "explain_not_covered": "person",
    "ask_referral": "person",
    "verify_by_hand": "person",
    "fix_enrollment": "us",
    "request_authorization": "person",
    "authorize_beside": "person",
    "request_treatment": "person",
    "extend_authorization": "person",
    "decide_refusal": "person",
    "nudge_payer": "payer",
}
"""Kinds of tasks of verification."""
UNDER_WAY: Final = ("requested", "pended")
"""States of an authorization request that the payer has."""
PAGE: Final = 50


class _Found(NamedTuple):
    """A row as far as order and filters go."""

    due: datetime | None
    whom: Whom
    what: str
    lead: uuid.UUID
    site: str
    payer: str
    row: uuid.UUID | int
    check: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """One row: what waits for whom, by when. `what` is a kind of task, or asked, authorization, missing. Of what the
    row is about `task`, `check`, `request` and `insured` are set, a check also beside its task."""

    lead: Lead
    patient: Identity | None
    contact: Identity | None
    whom: Whom
    what: str
    payer: str
    due: datetime | None
    task: Task | None = None
    check: Check | None = None
    request: AuthorizationRequest | None = None
    insured: Insured | None = None
    rest: Rest | None = None

    @property
    def code(self) -> str:
        return code(self.lead.number)


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of rows, with how many wait for whom, for which payer and at which site."""

    rows: tuple[Waits, ...]
    by_whom: dict[str, int]
    payers: dict[str, int]
    sites: dict[str, int]
    total: int
    matching: int
    start: int

    @property
    def leads(self) -> list[uuid.UUID]:
        return list(dict.fromkeys(row.lead.id for row in self.rows))


def queue(
    user: User, *, now: datetime, whom: str = "", payer: str = "", site: str = "", start: int = 0
) -> Queue:
    """What waits among the open leads that somebody sees, oldest promise first; what promises nothing stands last."""
    seen = leads_for(user).filter(closed_at__isnull=True).exclude(outcome="refer_out")
    rules = policy().section(Verification)
    found = [*_tasks(seen), *_under_way(seen, rules), *_requests(seen), *_missing(seen)]
    in_filter = [
        one
        for one in found
        if (not payer or one.payer == payer) and (not site or one.site == site)
    ]
    chosen = sorted((one for one in in_filter if not whom or one.whom == whom), key=_order)
    page = chosen[start : start + PAGE]
    by_whom = Counter(one.whom for one in in_filter)
    return Queue(
        tuple(_rows(page, rules, now)),
        {each: by_whom[each] for each in WHOM},
        dict(sorted(Counter(one.payer for one in found if one.payer).items())),
        dict(sorted(Counter(one.site for one in found).items())),
        len(in_filter),
        len(chosen),
        start,
    )


def _order(one: _Found) -> tuple[bool, float, str]:
    return one.due is None, one.due.timestamp() if one.due else 0.0, str(one.row)


def _tasks(seen: QuerySet[Lead]) -> list[_Found]:
    """Open tasks, each with the check that caused it, which its key ends in."""
    open_ones = Task.objects.filter(status="open", kind__in=KINDS, lead__in=seen)
    rows = list(open_ones.values_list("id", "kind", "due_at", "lead_id", "lead__site", "key"))
    caused = {row[0]: _id_at_the_end(row[5]) for row in rows}
    wanted = [check for check in caused.values() if check is not None]
    payers: dict[Any, str] = dict(Check.objects.filter(id__in=wanted).values_list("id", "payer"))
    first = _first_payers({row[3] for row in rows if caused[row[0]] not in payers})
    found = []
    for task, kind, due, lead, site, _ in rows:
        check = caused[task] if caused[task] in payers else None
        payer = payers[check] if check is not None else first.get(lead, "")
        found.append(_Found(due, KINDS[kind], kind, lead, site, payer, task, check))
    return found


def _id_at_the_end(key: str | None) -> uuid.UUID | None:
    """The id that a key ends in; None of a key that ends in something else."""
    try:
        return uuid.UUID((key or "").rpartition(":")[2])
    except ValueError:
        return None


def _first_payers(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Insured.objects.filter(lead__in=list(leads), rank=0).values_list("lead_id", "payer"))


def _under_way(seen: QuerySet[Lead], rules: Verification) -> list[_Found]:
    """Questions that wait for the payer; the promise is that a person asks after so many hours without an answer."""
    gives_up = timedelta(hours=rules.give_up_hours)
    asked = Check.objects.filter(status__in=("wanted", "asked"), lead__in=seen)
    columns = asked.values_list("id", "lead_id", "lead__site", "payer", "wanted_at", "again_at")
    return [
        _Found(max(wanted + gives_up, again), "payer", "asked", lead, site, payer, check, check)
        for check, lead, site, payer, wanted, again in columns
    ]


def _requests(seen: QuerySet[Lead]) -> list[_Found]:
    """Authorizations that the payer has in hand, by the day its answer is expected; asking after one is a task."""
    nudges = Task.objects.filter(lead=OuterRef("lead"), kind="nudge_payer", status="open")
    sent = AuthorizationRequest.objects.filter(~Exists(nudges), status__in=UNDER_WAY, lead__in=seen)
    return [
        _Found(expected, "payer", "authorization", lead, site, payer, request)
        for request, lead, site, payer, expected in sent.values_list(
            "id", "lead_id", "lead__site", "payer", "expected_at"
        )
    ]


def _missing(seen: QuerySet[Lead]) -> list[_Found]:
    """Plans that nobody can be asked about for want of a field; not of a file's old leads that nobody has reached."""
    old = Q(lead__facts__source="csv", lead__first_tried_at__isnull=True)
    lacking = Insured.objects.filter(withheld=False, kind__in=HEALTH_PLANS, lead__in=seen).exclude(missing=[])
    return [
        _Found(None, "family", "missing", lead, site, payer, row)
        for row, lead, site, payer in lacking.exclude(old).values_list("id", "lead_id", "lead__site", "payer")
    ]


def _rows(page: Sequence[_Found], rules: Verification, now: datetime) -> list[Waits]:
    """Everything a page shows."""
    leads = {
        lead.id: lead
        for lead in Lead.objects.filter(id__in={one.lead for one in page}).select_related(
            "facts", "owner_user", "owner_queue"
        )
    }
    people = {who for lead in leads.values() for who in (lead.patient_id, lead.contact_id) if who}
    known: dict[Any, Identity] = {who: identity for who, (identity, _) in identities(people).items()}
    by_what = {what: [one.row for one in page if one.what == what] for what in ("authorization", "missing")}
    tasks = Task.objects.in_bulk([one.row for one in page if one.what in KINDS])
    checks = Check.objects.in_bulk([one.check for one in page if one.check])
    requests = AuthorizationRequest.objects.in_bulk(by_what["authorization"])
    insured = Insured.objects.in_bulk(by_what["missing"])
    rests = resting(rules, now=now)
    found = []
    for one in page:
        lead = leads.get(one.lead)
        if lead is None:
            continue
        check = checks.get(one.check) if one.check else None
        found.append(
            Waits(
                lead,
                known.get(lead.patient_id),
                known.get(lead.contact_id),
                one.whom,
                one.what,
                one.payer,
                one.due,
                tasks.get(one.row) if one.what in KINDS else None,
                check,
                requests.get(one.row) if one.what == "authorization" else None,
                insured.get(one.row) if one.what == "missing" else None,
                rests.get(check.line) if check is not None and one.what == "asked" else None,
            )
        )
    return found
