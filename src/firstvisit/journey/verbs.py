"""What a person does with a lead: each verb checks the capability and the scope, writes, records, and lets
the journey advance before the commit, so that the next screen shows what follows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from firstvisit.journey import visits
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import entered
from firstvisit.journey.case import ACCEPTED, PROPOSAL
from firstvisit.journey.endings import (
    ABOUT_VISITS,
    AGREED,
    AT_A_MOMENT,
    ATTEMPTS,
    BOOKED,
    CLOSINGS,
    DECLINES,
    EMR,
    FILED_BY_MISTAKE,
    MEDICARE,
    NAMESAKE,
    NO_CONTACT,
    OFFERING,
    RESULTS,
    TO_REACH,
    TWO_WAY,
    fits,
)
from firstvisit.journey.flags import NO_RED_FLAG
from firstvisit.journey.joining import leave_as_stated, leave_aside, take_in, take_over
from firstvisit.journey.namesakes import goes_on
from firstvisit.journey.one_patient import one_patient
from firstvisit.journey.placing import SETTINGS, agreed, choices, place, place_in
from firstvisit.journey.visits import NOT_SAID, Visit
from firstvisit.kernel import audit, clock, leases
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.leads import scope, services
from firstvisit.leads.merging import goes_on_in
from firstvisit.leads.models import FactsRow, Lead, Ruling, Task
from firstvisit.practice.models import Queue, User
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.intake.models import Part
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.steps.routing import clocks
from firstvisit.steps.routing.policy import Routing

LEASE: Final = "lead"
LONGEST_SNOOZE: Final = timedelta(days=30)
WAITS_FOR_REVIEW: Final = "A red flag waits for a clinician; only they can decide about this lead until then."

ANSWERED: Final[dict[str, str]] = {
    "accepted": "Done as proposed",
    "accepted_changed": "Done in changed words",
    "not_this_time": "Not this time",
}
"""What a person said to a proposal."""

LONGEST_CALL_BACK: Final = timedelta(days=120)
"""A call back agreed for later than this is a new request."""


def open_lease(lead: Lead, by: User) -> leases.Held | None:
    """Opening a lead leases it for some minutes; when somebody else has it, theirs is returned.

    A person holds one lead at a time: opening the next gives the one before back. Whoever does not review
    red flags reads one without holding it (None while nobody does), so that no glance keeps a clinician out; so does
    whoever handed a lead over, whom its page shows what became of it, until they take it again.
    """
    now, minutes = clock.now(), policy().section(Routing).lease_minutes
    leases.give_back_all(LEASE, by.id, but=lead.id)
    if (_red_flag(lead) and not by.may("clinical.review")) or _handed_over(lead, by):
        return leases.held(LEASE, [lead.id], now=now).get(lead.id)
    if held := leases.held(LEASE, [lead.id], now=now).get(lead.id):
        _step_aside(lead, held, by)
    return leases.take(LEASE, lead.id, by.id, now=now, minutes=minutes)


def _handed_over(lead: Lead, by: User) -> bool:
    """Whether this person gave the lead to somebody else, or to a queue, and that stands."""
    ruled = Ruling.objects.filter(lead=lead, what="owner", withdrawn_at__isnull=True, by=by)
    return lead.owner_user_id != by.id and ruled.exclude(value__user=str(by.id)).exists()


def _step_aside(lead: Lead, held: leases.Held, by: User) -> bool:
    """While a red flag waits, whoever may judge it goes before a holder who may not; true when they do."""
    if not (_red_flag(lead) and held.holder != by.id and by.may("clinical.review")):
        return False
    holder = User.objects.select_related("role").filter(id=held.holder).first()
    if holder is not None and holder.may("clinical.review"):
        return False
    leases.give_back(LEASE, lead.id, held.holder)
    return True


def break_glass(lead: Lead, by: User, *, reason: str, actor: Actor) -> None:
    """Open one lead outside one's scope for 60 minutes; the reason is kept and the owner's list shows it."""
    _may(by, "break_glass")
    words = reason_of(reason)
    if scope.leads_for(by).filter(id=lead.id).exists():
        raise BadInput([Problem("reason", "You see this lead already.")])
    with transaction.atomic():
        now = clock.now()
        leases.take(
            scope.BREAK_GLASS, scope.pair(by.id, lead.id), by.id, now=now, minutes=scope.BREAK_GLASS_MINUTES
        )
        services.noted(lead, "glass_broken", actor, at=now, data={"user": str(by.id)}, words=words)
        _tell_owner(lead, now)


def unmask(lead: Lead, by: User, *, reason: str, actor: Actor) -> None:
    """Show who one lead is about to somebody whose view is masked, for 60 minutes; the reason is kept."""
    _may(by, "identity.mask")
    words = reason_of(reason)
    with transaction.atomic():
        now = clock.now()
        _in_scope(lead, by)
        leases.take(
            scope.UNMASKED, scope.pair(by.id, lead.id), by.id, now=now, minutes=scope.BREAK_GLASS_MINUTES
        )
        services.noted(lead, "identity_unmasked", actor, at=now, words=words)


def _tell_owner(lead: Lead, now: datetime) -> None:
    """A task for whoever signs the practice's rules; the planner leaves it alone."""
    shape = practice()
    minutes = policy().section(Routing).later_minutes
    for owner in User.objects.filter(is_active=True, role__capabilities__contains=["rules.sign"])[:1]:
        Task.objects.create(
            lead=lead,
            about_kind="lead",
            about_id=lead.id,
            site=lead.site,
            kind="glass_broken",
            reason="Somebody opened this lead outside their scope",
            owner_user=owner,
            made_at=now,
            due_at=clocks.due(now, minutes, shape.sites[lead.site]),
            minutes=minutes,
        )


def take(lead: Lead, by: User, *, actor: Actor) -> None:
    """The lead is mine now, until I hand it over."""

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "take")
        value = {"user": str(by.id), "reviews": by.may("clinical.review")}
        services.rule(lead=locked, what="owner", value=value, reason="taken", by=by, actor=actor, at=now)

    act_on(lead, by, "leads.work", write)


def hand_over(
    lead: Lead, by: User, *, actor: Actor, reason: str, user: User | None = None, queue: Queue | None = None
) -> None:
    """Give the lead to a colleague or back to a queue, with a word why. Exactly one of `user` and `queue`."""
    if (user is None) == (queue is None):
        raise BadInput([Problem("to", "Choose a colleague or a queue.")])
    if user is not None and not (
        user.is_active
        and user.may("leads.see")
        and user.may("leads.work")
        and scope.works_at(user, lead.site)
    ):
        raise BadInput([Problem("to", "This colleague does not work with leads of this site.")])
    if queue is not None and queue.shape().site not in (None, lead.site):
        raise BadInput([Problem("to", "This queue takes leads of another site.")])
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        if _red_flag(locked) and not (user is not None and user.may("clinical.review")):
            raise BadInput([Problem("to", "A red flag waits: hand it to somebody who may judge one.")])
        value: dict[str, object] = {"queue": queue.slug} if queue is not None else {}
        if user is not None:
            value = {"user": str(user.id), "reviews": user.may("clinical.review")}
        services.rule(lead=locked, what="owner", value=value, reason=words, by=by, actor=actor, at=now)
        leases.give_back(LEASE, locked.id, by.id)

    act_on(lead, by, "leads.work", write)


def finish(
    task: Task,
    by: User,
    *,
    actor: Actor,
    result: str,
    words: str = "",
    again_at: datetime | None = None,
    visit: Visit = NOT_SAID,
    why: str = "",
) -> None:
    """A try is done, with what it ended in; what comes next is planned at once.

    `again_at` is the call back or the visit that was agreed, `visit` where and with whom the visit is, `why` the reason
    of a decline (`endings.DECLINES`).
    """
    if result not in RESULTS:
        raise BadInput([Problem("result", "Choose what the try ended in.")])
    if result in NO_CONTACT and task.kind in TO_REACH:
        nobody = "Say whether you reached them, tried, or wrote: nobody has been in touch yet."
        raise BadInput([Problem("result", nobody)])
    lead = _lead_of(task)
    if task.kind.startswith(PROPOSAL):
        raise BadInput([Problem("result", "Say whether to go on as proposed, or not this time.")])
    told, partner = task.kind == "glass_broken", task.kind == "tell_partner"
    if told and task.owner_user_id != by.id:
        raise NotAllowed("glass_broken")
    check_ending(result, again_at=again_at, visit=visit, why=why, now=clock.now())
    if not fits(task.kind, result):
        raise BadInput([Problem("result", "Choose what the try ended in.")])
    if task.kind in EMR:
        _may(by, entered.CAPABILITY)

    def write(locked: Lead, now: datetime) -> None:
        current = Task.objects.select_for_update().get(id=task.id)
        if current.safety:
            _only_reviewed(locked, by, "result")
        if current.status != "open":
            raise Conflict("this task is no longer open")
        again = again_at if result in AT_A_MOMENT else None
        where = visit if result == BOOKED else NOT_SAID
        services.end_task(current, result=result, by=by, at=now)
        if result in ATTEMPTS and current.key and not (told or partner):
            services.attempted(
                locked, current, outcome=result, reached=result in TWO_WAY, again_at=again, by=by, at=now,
                visit=(where.site, where.clinician),
                why=why if result == "reached_declined" else "",
            )  # fmt: skip
        data = {"task": current.kind, "result": result}
        if result == "reached_declined":
            data["why"] = why
        if again is not None:
            data["again_at"] = again.isoformat()
        data |= {f"visit_{name}": slug for name, slug in (("site", where.site), ("with", where.clinician)) if slug}
        services.noted(locked, "tried", actor, at=now, data=data, words=words.strip() or None)
        if current.kind in EMR:
            entered.settle(locked, current.kind, result, by=by, actor=actor, now=now)
        if result == AGREED or (result == "reached_booked" and current.kind in OFFERING):
            agreed(locked, by, actor=actor, at=now, words=words.strip())
        if result == "for_this_patient":
            take_in(locked, now=now)
        if result == NAMESAKE:
            goes_on(locked, by, now=now)
        if result == "one_patient":
            one_patient(locked, by, actor=actor, at=now, words=words.strip())
        if result == "for_another":
            leave_aside(locked, now=now)
        if result == "taken_over":
            take_over(locked, now=now)
        if result == "left_as_stated":
            leave_as_stated(locked, now=now)
        if result == "do_not_contact":
            _only_reviewed(locked, by, "result")
            reason = words.strip() or "They asked us never to contact them"
            services.rule(
                lead=locked, what="do_not_contact", value={}, reason=reason, by=by, actor=actor, at=now
            )
        leases.give_back(LEASE, locked.id, by.id)

    # Who broke the glass is looked at, whoever referred is told, the EMR hears it, Medicare's clocks are kept, and
    # families are called about their visits, whether or not the lead has been closed since.
    goes_on_closed = told or partner or task.kind in (*MEDICARE, *EMR, *ABOUT_VISITS)
    act_on(lead, by, "leads.work", write, glass=True, closed=goes_on_closed)


def check_ending(result: str, *, again_at: datetime | None, visit: Visit, why: str, now: datetime) -> None:
    """BadInput for a decline without a reason, for a call back without a moment, for a call back or a visit past or too
    far off, and for a visit where or with whom it cannot be. Day, place and therapist of a visit may be left open."""
    if result == BOOKED and (wrong := visits.problems(visit, practice())):
        raise BadInput(wrong)
    if result == "reached_declined" and why not in DECLINES:
        raise BadInput([Problem("why", "Choose why they declined.")])
    if result not in AT_A_MOMENT or (again_at is None and result == BOOKED):
        return
    if again_at is None:
        raise BadInput([Problem("again_at", "Enter the date and time that was agreed.")])
    if again_at <= now:
        raise BadInput([Problem("again_at", "Choose a time that is still to come.")])
    if again_at > now + LONGEST_CALL_BACK:
        raise BadInput([Problem("again_at", "Choose a time within the next 120 days.")])


def needs_authorization(kind: str, lead: Lead) -> bool:
    """Whether what a task of this kind proposes tells somebody who does not treat the patient what became of them: only
    with the patient's written authorization (45 CFR 164.508)."""
    return kind == f"{PROPOSAL}partner_status" and lead.referrer_mail != "treating"


def answer_proposal(task: Task, by: User, *, actor: Actor, answer: str, authorized: bool = False) -> None:
    """Press a ready action ("accepted"), or leave it undone this time ("not_this_time"). In changed words a
    message is pressed through `journey.wording`. `authorized`: they have read the patient's written authorization,
    which is kept on the timeline; BadInput without it where it is needed."""
    if answer not in ANSWERED:
        raise BadInput([Problem("answer", "Choose to go on or not this time.")])
    lead = _lead_of(task)
    if not task.kind.startswith(PROPOSAL):
        raise BadInput([Problem("task", "This task proposes nothing.")])

    def write(locked: Lead, now: datetime) -> None:
        current = Task.objects.select_for_update().get(id=task.id)
        if current.status != "open":
            raise Conflict("this proposal is no longer open")
        asked = answer in ACCEPTED and needs_authorization(current.kind, locked)
        if asked and not authorized:
            unread = "Say that the patient's written authorization is here and was read; else choose not this time."
            raise BadInput([Problem("authorization_read", unread)])
        services.end_task(current, result=answer, by=by, at=now)
        told_whom = {"authorized": True, "referrer": str(locked.referrer_id)}
        data = {"task": current.kind, "result": answer, **(told_whom if asked else {})}
        services.noted(locked, "proposal_answered", actor, at=now, data=data)

    act_on(lead, by, "leads.work", write, closed=True)


def snooze(task: Task, by: User, *, actor: Actor, until: datetime) -> None:
    """Put a task away until a moment; its clock goes on and the timeline says who put it away."""
    lead = _lead_of(task)

    def write(locked: Lead, now: datetime) -> None:
        if until <= now:
            raise BadInput([Problem("until", "Choose a time that is still to come.")])
        if until > now + LONGEST_SNOOZE:
            raise BadInput([Problem("until", "Choose a time within the next 30 days.")])
        if task.safety:
            raise BadInput([Problem("until", "A red flag cannot be put away; hand it over instead.")])
        Task.objects.filter(id=task.id, status="open").update(snoozed_until=until)
        services.noted(locked, "snoozed", actor, at=now, data={"task": task.kind, "until": until.isoformat()})

    act_on(lead, by, "leads.work", write, glass=True)


def overrule(lead: Lead, by: User, *, actor: Actor, outcome: str, reason: str) -> None:
    """Decide another outcome than the plan's, with a reason; no later pass undoes it.
    Pressed twice it is one ruling."""
    if outcome not in OUTCOMES or outcome == "not_a_match":
        raise BadInput([Problem("outcome", "Choose one of the outcomes.")])
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "outcome")
        value, again = {"outcome": outcome}, timedelta(minutes=policy().section(Routing).lease_minutes)
        if not services.ruled_already(locked, "outcome", value, words, by=by, since=now - again):
            if _red_flag(locked) and outcome != "clinician_review":
                _let_go_of(locked, by, now)
            services.rule(lead=locked, what="outcome", value=value, reason=words, by=by, actor=actor, at=now)

    act_on(lead, by, "leads.overrule", write)


def withdraw_overruling(lead: Lead, by: User, *, actor: Actor) -> None:
    """Let the plan's own outcome stand again."""

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "outcome")
        Ruling.objects.filter(lead=locked, what="outcome", withdrawn_at__isnull=True).update(withdrawn_at=now)
        services.noted(locked, "outcome_ruling_withdrawn", actor, at=now)

    act_on(lead, by, "leads.overrule", write)


def no_red_flag(lead: Lead, by: User, *, actor: Actor, reason: str, seen: Collection[uuid.UUID]) -> None:
    """A clinician has seen what was stated and says that it is no red flag: the lead goes on by the rules, whatever was
    decided or taken for its sake before. `seen` are the items whose words were read; BadInput where another one states
    a red flag. Words that arrive later raise one again."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        if not _red_flag(locked):
            raise BadInput([Problem("reason", "No red flag is open on this lead.")])
        flagged = Part.objects.filter(lead=locked).exclude(red_flags=[]).order_by("id")
        items = list(flagged.values_list("item_id", flat=True))
        if not set(items) <= set(seen):
            raise BadInput([Problem("reason", "More has arrived that states a red flag. Read it, then say so again.")])
        Ruling.objects.filter(lead=locked, withdrawn_at__isnull=True, what="outcome").update(withdrawn_at=now)
        _let_go_of(locked, by, now)
        value = {"items": [str(item) for item in items]}
        services.rule(lead=locked, what=NO_RED_FLAG, value=value, reason=words, by=by, actor=actor, at=now)

    act_on(lead, by, "clinical.review", write)


def _let_go_of(locked: Lead, by: User, now: datetime) -> None:
    """What somebody took for the sake of a red flag goes back to its route once they have judged it."""
    taken = Ruling.objects.filter(lead=locked, withdrawn_at__isnull=True, what="owner", value__user=str(by.id))
    taken.update(withdrawn_at=now)
    if locked.assigned_user_id == by.id:
        Lead.objects.filter(id=locked.id).update(assigned_user=None, assigned_at=None)


def choose_program(lead: Lead, by: User, *, actor: Actor, program: str, reason: str) -> None:
    """The lead is for this program of ours, whichever was asked for; it is judged in it and goes on by itself.
    BadInput for one that does not take the patient."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "program")
        offered = choices(locked, now=now)
        if program and program == _fact(locked, "program") and program not in offered:
            return  # pressed twice
        if program not in offered:
            raise BadInput([Problem("program", "Choose one of the programs that take this patient.")])
        place(locked, by, actor=actor, program=program, words=words, at=now)

    act_on(lead, by, "leads.work", write)


def change_setting(
    lead: Lead, by: User, *, actor: Actor, setting: str, reason: str, was: str | None = None
) -> None:
    """The visits are to be in this setting, whichever was asked for; the lead is judged in it and goes on by itself.
    `was` is the setting that the page showed: Conflict where somebody has changed it since."""
    words = reason_of(reason)
    chosen = next((each for each in SETTINGS if each == setting), None)
    if chosen is None:
        raise BadInput([Problem("setting", "Choose where the visits are to be.")])

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "setting")
        if locked.kind == "organization":
            raise BadInput([Problem("setting", "An organization's enquiry has no setting of its own.")])
        stands = _fact(locked, "setting")
        if was is not None and was != (stands or "") and chosen != stands:
            raise Conflict("somebody changed the setting meanwhile: look at the lead, then change it again")
        if chosen != stands:
            place_in(locked, by, actor=actor, setting=chosen, words=words, at=now)

    act_on(lead, by, "leads.work", write)


def do_not_contact(lead: Lead, by: User, *, actor: Actor, reason: str) -> None:
    """Nobody calls or writes to this person any more, about any lead of theirs."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "reason")
        services.rule(lead=locked, what="do_not_contact", value={}, reason=words, by=by, actor=actor, at=now)

    act_on(lead, by, "leads.work", write)


def contact_again(lead: Lead, by: User, *, actor: Actor, reason: str) -> None:
    """Lift "do not contact", for every lead of the person."""
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        services.lift_do_not_contact(locked, words=words, actor=actor, at=now)

    act_on(lead, by, "leads.overrule", write)


def close(lead: Lead, by: User, *, actor: Actor, how: str, reason: str) -> None:
    """Close a lead with a reason a person signs; its open tasks and unsent messages are withdrawn."""
    if how not in CLOSINGS:
        raise BadInput([Problem("how", "Choose how it ended.")])
    words = reason_of(reason)

    def write(locked: Lead, now: datetime) -> None:
        _only_reviewed(locked, by, "how")
        services.close(locked, how=how, words=words, by=by, actor=actor, at=now)
        leases.give_back(LEASE, locked.id, by.id)

    act_on(lead, by, "leads.work", write)


def reopen(lead: Lead, by: User, *, actor: Actor, reason: str) -> None:
    """Open a closed lead again; the plan asks anew."""
    words = reason_of(reason)
    with transaction.atomic():
        _may(by, "leads.work")
        locked = Lead.objects.select_for_update().get(id=lead.id)
        _in_scope(locked, by)
        _its_own_people(locked, by)
        if locked.closed_at is None:
            raise Conflict("this lead is not closed")
        _goes_on(locked)
        if locked.closed_how == FILED_BY_MISTAKE:
            raise Conflict("it was filed by mistake: what opened it waits in the Inbox again")
        now = clock.now()
        services.reopen(locked, words=words, by=by, actor=actor, at=now)
        advance([locked.id], now=now)


def act_on(
    lead: Lead,
    by: User,
    capability: str,
    write: Callable[[Lead, datetime], None],
    *,
    glass: bool = False,
    closed: bool = False,
    beside: bool = False,
) -> None:
    """Carry out a verb on a locked lead; `glass`: also for whoever opened it by breaking the glass, `closed`:
    also on a closed one, `beside`: also while somebody else works on it, of whose work it changes nothing."""
    with transaction.atomic():
        _may(by, capability)
        locked = Lead.objects.select_for_update().get(id=lead.id)
        _in_scope(locked, by)
        if not glass:
            _its_own_people(locked, by)
        now = clock.now()
        held = leases.held(LEASE, [locked.id], now=now).get(locked.id)
        if not beside and held is not None and held.holder != by.id and not _step_aside(locked, held, by):
            raise Conflict("somebody else is working on this lead")
        if locked.closed_at is not None and not closed:
            _goes_on(locked)
            raise Conflict("this lead is closed")
        write(locked, now)
        advance([locked.id], now=now)
        if not scope.sees(by, locked, now=now):
            leases.give_back(LEASE, locked.id, by.id)  # it left their hands: nobody waits until the lease runs out


def _goes_on(lead: Lead) -> None:
    """Conflict where a merge continued a closed lead in another: what is done with it is done there."""
    if into := goes_on_in(lead):
        raise Conflict(f"this lead goes on in {into}, both are one person's: do it there", lead=into)


def _red_flag(lead: Lead) -> bool:
    return lead.outcome == "clinician_review"


def _only_reviewed(lead: Lead, by: User, field: str) -> None:
    """While a red flag waits, the lead is decided, silenced and closed by whoever may judge it alone."""
    if _red_flag(lead) and not by.may("clinical.review"):
        raise BadInput([Problem(field, WAITS_FOR_REVIEW)])


def _may(by: User, capability: str) -> None:
    if not by.may(capability):
        raise NotAllowed(capability)


def _in_scope(lead: Lead, by: User) -> None:
    if not scope.sees(by, lead, now=clock.now()):
        raise NotAllowed("leads.see")


def _its_own_people(lead: Lead, by: User) -> None:
    """Whoever broke the glass may read, note a try and put a task away; deciding is for the lead's own people."""
    if not scope.leads_for(by).filter(id=lead.id).exists():
        raise BadInput([Problem("scope", "You see this lead for an hour only; its own people decide about it.")])


def _fact(lead: Lead, name: str) -> object:
    """One fact of a lead as it stands."""
    return FactsRow.objects.values_list(name, flat=True).get(lead=lead)


def _lead_of(task: Task) -> Lead:
    if task.lead is None:
        raise BadInput([Problem("task", "This task is not about a lead.")])
    return task.lead


def reason_of(text: str) -> str:
    """A reason in a few words; BadInput when there is none or it is too long."""
    words = text.strip()
    if not words:
        raise BadInput([Problem("reason", "Say why, in a few words.")])
    if len(words) > 500:
        raise BadInput([Problem("reason", "Keep the reason under 500 characters.")])
    return words


def noted_view(actor: Actor, page: str, ids: list[uuid.UUID]) -> None:
    """One audit row for a page view, with the leads shown."""
    audit.note(actor, "viewed", page, ids)
