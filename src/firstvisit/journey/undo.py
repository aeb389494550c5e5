"""Undo: for some seconds after a person did something on screen, it can be put back exactly as it was.

Before the verb runs, the rows that verbs and the plan change are remembered; afterwards whatever message it caused
waits until those seconds are over, so nothing leaves the house that could still be taken back. Undoing restores the
rows, withdraws what was made since, and says so on the timeline, where both entries stay.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import taking_back
from firstvisit.journey.case import UNDONE
from firstvisit.journey.deriving import chosen_for, derive_again
from firstvisit.journey.policy import Cadence
from firstvisit.journey.undo_reading import keep_before, keep_patient, patient_of, put_back, reading_of
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.leads import services
from firstvisit.leads.models import ContactAttempt, Event, Lead, Ruling, Task, UndoStep
from firstvisit.messages.models import Message
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.coverage.models import AuthorizationRequest, Check

KEPT_FOR: Final = timedelta(days=1)
VERBS: Final[dict[str, str]] = {
    "take": "Taken",
    "hand-over": "Handed over",
    "overrule": "Overruled",
    "withdraw-overruling": "Overruling withdrawn",
    "no-red-flag": "Seen: no red flag",
    "program": "Program chosen",
    "setting": "Setting changed",
    "authorization": "The payer's answer noted",
    "papers": "What has arrived noted",
    "told": "What the payer said noted",
    "correct": "Put right",
    "do-not-contact": "Do not contact",
    "contact-again": "May be contacted again",
    "close": "Closed",
    "reopen": "Reopened",
    "done": "Done",
    "snooze": "Put away",
    "answer": "Proposal answered",
    "call-end": "Call ended",
    "ended": "End of the visit noted",
}
"""What can be undone, in the words of the page that offers it."""
CHANGE_WHAT_IS_SAID: Final = frozenset({"authorization", "papers", "correct"})
"""Verbs that write into what the lead itself says, which undoing puts back too."""
STAYS: Final[dict[str, str]] = {"call-end": "What was said stays with the lead; how it ended can be taken back."}
"""What undoing leaves as it is."""

MOVED: Final = ("joined", "merged_from", "merged_into", "merge_undone", "taken_in", "taken_over", "parted_off",
               "parted_from", "filing_taken_back")  # fmt: skip
"""What comes to a lead or goes from it, after which it cannot be put back as it stood."""
_FIXED: Final = frozenset({"id", "number", "kind", "patient_id", "contact_id", "organization_id", "referrer_id",
                           "site", "received_at", "key", "lead_id", "about_kind", "about_id"})  # fmt: skip
"""Columns that belong to what arrives meanwhile. The site follows from the facts, which follow from what is chosen."""
_OF_MESSAGE: Final = ("status", "wanted_at", "ended_at", "why")


def undoable(lead: Lead, by: User, verb: str, do: Callable[[], None]) -> UndoStep:
    """Do something with a lead and remember how it stood before; both or neither. What was pressed twice and done once
    keeps its first step."""
    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(id=lead.id)
        before, upto = _snapshot(locked), _newest(locked)
        said = reading_of(locked) if verb in CHANGE_WHAT_IS_SAID else None
        who = patient_of(locked) if verb == "correct" else None
        do()
        now = clock.now()
        if _newest(locked) == upto and (first := just_done(lead, by, verb, now=now)) is not None:
            return first
        until = now + timedelta(seconds=policy().section(Cadence).undo_seconds)
        _caused(locked, before).filter(status="wanted").update(wanted_at=Greatest(F("wanted_at"), until))
        step = UndoStep(lead=locked, by=by, verb=verb, before=before, upto=upto, at=now, until=until)
        if said is not None:
            keep_before(step, said)
        if who is not None:
            keep_patient(step, who)
        step.save(force_insert=True)
    return step


def offered(step_id: uuid.UUID, by: User, *, now: datetime) -> UndoStep | None:
    """The step that this person can still undo; None when it is too late, undone, or not theirs."""
    return (
        UndoStep.objects.filter(id=step_id, by=by, until__gt=now, undone_at__isnull=True)
        .select_related("lead")
        .first()
    )


def just_done(lead: Lead, by: User, verb: str, *, now: datetime) -> UndoStep | None:
    """The step by which this person did this with the lead a moment ago and that they can still undo."""
    mine = UndoStep.objects.filter(lead=lead, by=by, verb=verb, until__gt=now, undone_at__isnull=True)
    return mine.order_by("-at").first()


def undo(step_id: uuid.UUID, by: User, *, actor: Actor) -> Lead:
    """Put one lead back as it stood before the step, also where the step took it out of the person's scope. Conflict
    when it is too late or something happened since."""
    with transaction.atomic():
        now = clock.now()
        step = UndoStep.objects.select_for_update(of=("self",)).filter(id=step_id, by=by).first()
        if step is None:
            raise NotAllowed("leads.work")
        lead = Lead.objects.select_for_update().get(id=step.lead_id)
        _still_possible(step, lead, now)
        _restore(lead, step.before, now)
        put_back(step, lead)
        step.undone_at = now
        step.save(update_fields=["undone_at"])
        data: dict[str, Any] = {"verb": step.verb}
        if step.verb == "ended":
            taking_back.put_back(lead, step.before.get("visits", {}))
            data["ends"] = taking_back.clicked_since(lead, step.upto)
        services.noted(lead, "undone", actor, at=now, data=data)
        advance([lead.id], now=now)
    return lead


def forget_old(*, now: datetime) -> int:
    """Steps that nobody can undo any more; the number forgotten."""
    return UndoStep.objects.filter(at__lt=now - KEPT_FOR).delete()[0]


def _still_possible(step: UndoStep, lead: Lead, now: datetime) -> None:
    if step.undone_at is not None:
        raise Conflict("this was undone already")
    if now > step.until:
        raise Conflict("it is too late to undo this; it can be changed on the lead")
    if UndoStep.objects.filter(lead=lead, at__gt=step.at, undone_at__isnull=True).exists():
        raise Conflict("something else was done with this lead since")
    if Event.objects.filter(lead=lead, id__gt=step.upto, name__in=MOVED).exists():
        raise Conflict("something arrived for this lead since, so it stays as it is now")
    if _caused(lead, step.before).exclude(status__in=["wanted", "withdrawn"]).exists():
        raise Conflict("a message has left already")


def _snapshot(lead: Lead) -> dict[str, Any]:
    rulings = Ruling.objects.filter(_rulings_of(lead))
    value = {
        "lead": _columns(lead),
        "tasks": {str(task.id): _columns(task) for task in Task.objects.filter(lead=lead)},
        "rulings": {str(each.id): each.withdrawn_at for each in rulings.defer("sealed")},
        "messages": {
            str(row["id"]): {name: row[name] for name in _OF_MESSAGE}
            for row in Message.objects.filter(_theirs(lead)).values("id", *_OF_MESSAGE)
        },
        "told": {str(each): status for each, status in _told(lead).values_list("id", "status")},
        "requests": {str(row.id): _columns(row) for row in AuthorizationRequest.objects.filter(lead=lead)},
        "visits": taking_back.visits_now(lead),
        "attempts": [str(each) for each in ContactAttempt.objects.filter(lead=lead).values_list("id", flat=True)],
    }
    plain: dict[str, Any] = json.loads(json.dumps(value, default=_plain))
    return plain


def _plain(value: Any) -> str:
    """A value that JSON has no form for, to the last microsecond: a due time must come back as it was."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _restore(lead: Lead, before: dict[str, Any], now: datetime) -> None:
    chosen = chosen_for(lead.id)
    ContactAttempt.objects.filter(lead=lead).exclude(id__in=before["attempts"]).delete()
    rulings = Ruling.objects.filter(_rulings_of(lead))
    rulings.filter(withdrawn_at__isnull=True).exclude(id__in=before["rulings"]).update(withdrawn_at=now)
    in_force = [each for each, withdrawn in before["rulings"].items() if withdrawn is None]
    rulings.filter(id__in=in_force, withdrawn_at__isnull=False).update(withdrawn_at=None)
    if (told := before.get("told")) is not None:
        _told(lead).exclude(id__in=told).update(status="withdrawn")
        for check_id, status in told.items():
            Check.objects.filter(id=check_id).exclude(status=status).update(status=status)
    for task_id, columns in before["tasks"].items():
        Task.objects.filter(id=task_id).update(**_typed(Task, columns))
    for request_id, columns in before.get("requests", {}).items():
        AuthorizationRequest.objects.filter(id=request_id).update(**_typed(AuthorizationRequest, columns))
    made_since = Task.objects.filter(lead=lead, status="open").exclude(id__in=before["tasks"])
    made_since.update(status="withdrawn", ended_at=now)
    for message_id, columns in before["messages"].items():
        if columns["status"] == "wanted":
            taken_back = Message.objects.filter(id=message_id, status="withdrawn")
            taken_back.update(**_typed(Message, columns))
    caused = _caused(lead, before).filter(status="wanted")
    caused.update(status="withdrawn", ended_at=now, why=UNDONE, words=None)
    Lead.objects.filter(id=lead.id).update(**_typed(Lead, before["lead"]))
    lead.refresh_from_db()
    if chosen_for(lead.id) != chosen:
        derive_again(lead)
    if lead.writes_to_id is not None:
        _others(lead).update(look_again_at=now)


def _caused(lead: Lead, before: dict[str, Any]) -> models.QuerySet[Message]:
    """Messages that were made since, or are wanted again after they had been withdrawn."""
    stood = [message for message, columns in before["messages"].items() if columns["status"] != "withdrawn"]
    return Message.objects.filter(lead=lead).exclude(id__in=stood)


def _told(lead: Lead) -> models.QuerySet[Check]:
    """What somebody was told about its benefits by phone or in a portal."""
    return Check.objects.filter(lead=lead, cause="told")


def _rulings_of(lead: Lead) -> Q:
    """Rulings about the lead, and those about its person that hold for others of theirs too."""
    mine = Q(lead=lead)
    return mine if lead.writes_to_id is None else mine | Q(person=lead.writes_to_id)


def _theirs(lead: Lead) -> Q:
    """Messages of the lead, and of other leads about which we would write to the same person."""
    mine = Q(lead=lead)
    return mine if lead.writes_to_id is None else mine | Q(person=lead.writes_to_id)


def _others(lead: Lead) -> models.QuerySet[Lead]:
    person = lead.writes_to_id
    theirs = Q(contact=person) | Q(contact__isnull=True, patient=person)
    return Lead.objects.filter(theirs, closed_at__isnull=True).exclude(id=lead.id)


def _columns(row: models.Model) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in _fields(type(row)) if f.attname not in _FIXED}


def _typed(model: type[models.Model], columns: dict[str, Any]) -> dict[str, Any]:
    """Column values as the database takes them again."""
    by_name = {field.attname: field for field in _fields(model)}
    return {name: _value(by_name[name], value) for name, value in columns.items() if name in by_name}


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _fields(model: type[models.Model]) -> Iterable[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]


def _newest(lead: Lead) -> int:
    return Event.objects.filter(lead=lead).order_by("-id").values_list("id", flat=True).first() or 0

