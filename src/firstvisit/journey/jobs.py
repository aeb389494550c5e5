"""What runs by itself: the sweep that settles, advances and sends, and the jobs of the queue.

Due times are columns; the sweep compares them with `clock.now()`. It is woken by NOTIFY when something new
is due and looks by itself every few seconds. Every piece of it can be killed at any moment and run twice.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstvisit.journey import day_sheet, reconciling, revising, undo
from firstvisit.journey.advancing import TRIES, advance_due
from firstvisit.journey.arriving import read_left_behind
from firstvisit.journey.booking import lapsing
from firstvisit.journey.booking.closed import settle_closed
from firstvisit.journey.booking.letters import calendars_of, without_times
from firstvisit.journey.booking.unanswered import ask_each_morning
from firstvisit.journey.call_sending import pass_on_left
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.journey.importing import jobs as importing_jobs
from firstvisit.journey.importing import verbs as importing
from firstvisit.journey.inbox.second_opinion import ask_left_behind
from firstvisit.journey.let_go import note_let_go
from firstvisit.journey.loading import load
from firstvisit.journey.plan import plan
from firstvisit.journey.receiving import settle
from firstvisit.journey.status_mail import ASKED, links_for
from firstvisit.kernel import audit, clock, leases, rates, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Lead
from firstvisit.leads.services import record
from firstvisit.messages import services as messages
from firstvisit.messages.models import BY_ITSELF, Message
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.steps.intake import recorder
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item

__all__ = ["importing_jobs"]
"""The queue finds the jobs of this package through this module."""

log = structlog.get_logger("jobs")

PLANNED_ON = ("papers_request", "papers_family", "estimate")
"""Letters after which the plan waits for an answer by a date."""
SETTLE_AFTER = timedelta(seconds=20)
"""An item still `received` after this long was left behind by a process that died or a rule that raised."""
BATCH = 40
FULL = 200
"""A sweep that did this much may have left something; after any other the next one waits to be woken, so
that what arrives meanwhile is done together."""


def sweep() -> int:
    """One round; the number of things done, 0 when nothing was due."""
    now = clock.now()
    alerted = pass_on_left(now=now)
    arrived = settle_left_behind(now) + read_left_behind(now) + ask_left_behind(now)
    planned = advance_due(now=now, limit=FULL) + revising.advance_revised(now=now)
    return alerted + arrived + planned + note_let_go(now=now) + send_wanted()


def apply_revised() -> int:
    """One batch of leads under changed practice or rules, for whoever helps the sweep with them; the number done."""
    return revising.advance_revised(now=clock.now())


def settle_left_behind(now: datetime) -> int:
    """Settle items that were kept but not judged; after three failures each becomes a task for a person."""
    left = list(
        Item.objects.filter(status="received", asked_until__isnull=True, received_at__lt=now - SETTLE_AFTER)
        .order_by("received_at")
        .values_list("id", flat=True)[:BATCH]
    )
    for item_id in left:
        settle_one(item_id)
    return len(left)


def settle_one(item_id: uuid.UUID) -> None:
    """Settle one item left behind; a failure is counted, and the third makes it wait for a person."""
    try:
        settle(Item.objects.select_related("key", "document").get(id=item_id))
    except Exception as error:
        log.error("settling_failed", item=str(item_id), exc_info=error)
        with transaction.atomic():
            if intake.failed(item_id, type(error).__name__, limit=TRIES):
                person_looks(item_id, "item_waits", "It arrived and is kept, but could not be judged")


def send_wanted() -> int:
    """Send what the outbox holds, in batches; the number that left or ended.

    A batch that is not full was the last: what arrives while it is sent waits for the next sweep, which takes
    it together instead of one by one.
    """
    done = 0
    while taken := _mark_sending():
        leaving, looked_at = taken
        if leaving:
            _settle_sent(messages.send(leaving))
        done += looked_at
        if looked_at < BATCH:
            break
    return done


def _mark_sending() -> tuple[list[messages.Outgoing], int] | None:
    """Lock leads, plan, withdraw what is no longer wanted, look at consent, mark `sending`, commit. What leaves,
    and how many were looked at; None when nothing is wanted."""
    now, shape, rules = clock.now(), practice(), policy()
    with transaction.atomic():
        wanted = list(
            Message.objects.select_for_update(skip_locked=True, of=("self", "lead"))
            .filter(status="wanted", wanted_at__lte=now)
            .select_related("lead__facts")
            .order_by("wanted_at")[:BATCH]
        )
        if not wanted:
            return None
        leads = {message.lead_id: message.lead for message in wanted}
        slugs = {number: slug for slug, number in queue_ids().items()}
        still: set[str] = set()
        unplanned: set[uuid.UUID] = set()
        forbidden: set[uuid.UUID] = set()
        details: dict[str, dict[str, str]] = {}
        for case in load(leads.values(), slugs, now):
            try:
                planned = plan(case, shape, rules, now)
            except Exception as error:  # one lead that cannot be planned must not hold up everybody's mail
                log.error("planning_failed", lead=str(case.lead), exc_info=error)
                unplanned.add(case.lead)
                continue
            still |= {message.key for message in planned.messages}
            details |= {message.key: dict(message.details) for message in planned.messages if message.details}
            if "do_not_contact" in case.rulings:
                forbidden.add(case.lead)
        if unplanned:
            later = now + messages.RETRY_AFTER
            Message.objects.filter(id__in=[m.id for m in wanted if m.lead_id in unplanned]).update(
                wanted_at=later
            )
        still |= {message.key for message in wanted if message.cause_kind in (ASKED, BY_ITSELF)}
        gone = [m for m in wanted if m.key not in still and m.lead_id not in unplanned]
        if gone:
            Message.objects.filter(id__in=[m.id for m in gone]).update(
                status="withdrawn", ended_at=now, why="no longer wanted"
            )
        staying = [message for message in wanted if message.key in still]
        for key, more in (*links_for(wanted, now=now).items(), *without_times(staying, now=now).items()):
            details[key] = {**details.get(key, {}), **more}
        leaving = messages.prepare(
            staying,
            practice=shape,
            forbidden=forbidden,
            details=details,
            calendars=calendars_of(staying, details, shape),
            now=now,
        )
        _record_ended([message for message in wanted if message.status == "refused"])
        return leaving, len(wanted)


def _settle_sent(results: list[messages.Result]) -> None:
    """Commit what became of each, with the timeline; an unclear or refused one becomes a task."""
    now = clock.now()
    with transaction.atomic():
        ended = messages.settle(results, now=now)
        _record_ended(ended)


def unclear_abandoned() -> int:
    """Messages of dead processes: unclear, and a person finds out. The number found."""
    with transaction.atomic():
        found = messages.abandoned(now=clock.now())
        _record_ended(found)
    return len(found)


def _record_ended(ended: list[Message]) -> None:
    """Timeline entries of messages that ended. A sent one changes no plan, but for `PLANNED_ON`; one that
    was refused or is unclear makes its lead be looked at again, where the plan wants a person to act."""
    now = clock.now()
    writes.insert(
        [
            record(
                message.lead,
                f"message_{message.status}",
                SYSTEM,
                at=now,
                subject=("message", message.id),
                data={"template": message.template, "channel": message.channel, "why": message.why},
            )
            for message in ended
        ]
    )
    again = [m.lead_id for m in ended if m.status != "sent" or m.template in PLANNED_ON]
    if again:
        Lead.objects.filter(id__in=again, closed_at__isnull=True).update(look_again_at=now)


def close_audit() -> int:
    """Close a block of the audit log when rows are final; the number of rows closed."""
    block = audit.close(settings.AUDIT_HEADS, now=clock.now())
    return block.rows if block else 0


def housekeeping() -> None:
    """Once an hour: forget old repeat keys, counters and leases."""
    now = clock.now()
    intake.forget_old_repeats(now=now)
    recorder.forget_recorded(now=now)
    importing.forget_old(now=now)
    rates.sweep(now=now)
    leases.sweep(now=now)
    undo.forget_old(now=now)


@app.periodic(cron="17 * * * *")
@app.task(queue="prompt", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def hourly(timestamp: int) -> None:
    """The hourly tidying, as a job so that one of many workers does it."""
    housekeeping()


@app.periodic(cron="40 8 * * *")
@app.task(queue="heavy", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def reconcile_inbound(timestamp: int) -> None:
    """Every night (8:40 UTC): what came in against what carriers say they brought."""
    reconciling.reconcile(clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="prompt", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def let_holds_go(timestamp: int) -> None:
    """Times that were held and that nobody took."""
    lapsing.let_go(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(queue="prompt", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def settle_visits(timestamp: int) -> None:
    """Visits of leads that were closed: completed with them, or their time freed."""
    settle_closed()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="prompt", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def ask_what_became(timestamp: int) -> None:
    """The morning's list of visits of which nobody said what became of them."""
    ask_each_morning()


@app.periodic(cron="*/10 * * * *")
@app.task(queue="heavy", retry=RetryStrategy(max_attempts=3, wait=60), pass_context=False)
def keep_day_sheets(timestamp: int) -> None:
    """The sheets for an outage, by the worker that may take its time."""
    day_sheet.keep_sheets(now=clock.now())


@app.periodic(cron="* * * * * */30")
@app.task(queue="prompt", queueing_lock="rescue_stalled", pass_context=True)
async def rescue_stalled(context: object, timestamp: int) -> None:
    """Give jobs of dead workers back to the queue; every job of ours may run twice."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)
    await app.job_manager.delete_old_jobs(nb_hours=24, include_failed=False)
