"""What a person does with a document: each verb holds it under a lease, writes answers, and is one transaction.

Nothing of what was read is ever written over: an answer stands beside it and can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from firstvisit.journey import items
from firstvisit.journey.arriving import read_item_again
from firstvisit.journey.inbox.seeing import (
    DROPPED,
    LEAD,
    LEASE,
    NOTE,
    PAGES,
    UNSETTLED,
    Opened,
    may_open,
    opened,
    reads,
    works_here,
)
from firstvisit.kernel import audit, clock, leases, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.ids import new_id
from firstvisit.leads import scope
from firstvisit.leads import services as leads
from firstvisit.leads.models import Task
from firstvisit.leads.queries import by_code, code
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import kept_readings
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.inbox import arranging
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.inbox.weighing import Field, Part
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage
from firstvisit.steps.intake.policy import InboxRules

ANSWERS: Final = ("confirmed", "corrected", "not_stated", "unreadable")
TURNS: Final = (90, 180, 270)


def hold(item: Item, by: User, *, now: datetime) -> leases.Held | None:
    """Take the document for some minutes, giving back the one held before; when somebody else has it, theirs is
    returned, and None for whoever may only look."""
    if not (may_open(by) and reads(by)):
        return leases.held(LEASE, [item.id], now=now).get(item.id)
    leases.give_back_all(LEASE, by.id, but=item.id)
    return leases.take(LEASE, item.id, by.id, now=now, minutes=policy().section(InboxRules).holds_minutes)


def answer(
    item: Item, by: User, *, actor: Actor, part: int, path: str, verb: str, text: str = ""
) -> None:
    """Confirm, correct, call not stated or unreadable one field. `text` is what a correction says.

    BadInput names the field where the text cannot be used, or there is no such field to confirm.
    """
    if verb not in ANSWERS:
        words = "Confirm it, correct it, or say that it is not stated or unreadable."
        raise BadInput([Problem(f"{part}.{path}", words)])
    with _held(item, by) as now:
        seen = opened(item, by, now=now)
        field = _field(seen, part, path)
        became: Any = None
        if verb == "corrected":
            try:
                became = typed(path, text, item.received_at.date())
            except ValueError as error:
                raise BadInput([Problem(f"{part}.{path}", str(error))]) from None
            if field is not None and became == field.value:
                verb = "confirmed"
        if field is None and verb != "corrected":
            raise BadInput([Problem(f"{part}.{path}", "This was not read; type it first.")])
        _keep(seen, by, now, [(part, path, verb, field, became)])
        audit.note(actor, f"field_{verb}", "item", [item.id])


def confirm_clear(item: Item, by: User, *, actor: Actor, only: int | None = None) -> int:
    """Confirm at once every value that is clear or likely and not yet answered, of one part or of all; how many.
    Doubtful ones stay."""
    with _held(item, by) as now:
        seen = opened(item, by, now=now)
        left: list[_Said] = [
            (part.number, field.path, "confirmed", field, None)
            for part in seen.kept_parts
            for field in part.left
            if field.level != "doubtful" and only in (None, part.number)
        ]
        _keep(seen, by, now, left)
        if left:
            audit.note(actor, "fields_confirmed", "item", [item.id])
    return len(left)


def arrange(item: Item, by: User, *, actor: Actor, how: str, page: int = 0, part: int = 0) -> None:
    """Cut before a page, merge a part with the one before it, or move a page to a part."""
    verbs: dict[str, Callable[[Mapping[int, int]], dict[int, int]]] = {
        "cut": lambda pages: arranging.cut(pages, page),
        "merge": lambda pages: arranging.merged(pages, part),
        "move": lambda pages: arranging.moved(pages, page, part),
    }
    with _held(item, by) as now:
        seen = opened(item, by, now=now)
        was = {each.number: each.part for each in seen.pages}
        try:
            became = verbs[how](was)
        except (KeyError, ValueError) as error:
            words = str(error) if isinstance(error, ValueError) else "There is no page of that number."
            raise BadInput([Problem("page", words)]) from None
        _arranged(item, became)
        row = {str(number): whose for number, whose in was.items()}
        _keep(seen, by, now, [(0, PAGES, "moved", None, {str(n): p for n, p in became.items()})], was=row)
        audit.note(actor, "pages_moved", "item", [item.id])


def turn(item: Item, by: User, *, actor: Actor, page: int, degrees: int) -> None:
    """Show a page turned clockwise by so many degrees, from now on, and have it read again as it stands then."""
    if degrees not in TURNS:
        raise BadInput([Problem("degrees", "Turn it by 90, 180 or 270 degrees.")])
    with _held(item, by):
        row = ItemPage.objects.filter(item=item, number=page).first()
        if row is None:
            raise BadInput([Problem("page", "There is no page of that number.")])
        row.turn_wanted = ((row.turn_wanted or 0) + degrees) % 360
        row.save(update_fields=["turn_wanted"])
        read_item_again.defer(item_id=str(item.id))
        audit.note(actor, "page_turned", "item", [item.id])


def read_once_more(item: Item, by: User, *, actor: Actor) -> None:
    """Ask the readers once more for a document that they could not read."""
    with _held(item, by):
        read_item_again.defer(item_id=str(item.id))
        audit.note(actor, "item_read_again", "item", [item.id])


def goes_to(item: Item, by: User, *, actor: Actor, part: int, lead: str) -> None:
    """Say which open lead a part joins; "" leaves it to the rules that hold for everything that arrives."""
    with _held(item, by) as now:
        seen = opened(item, by, now=now)
        _part(seen, part)
        if lead:
            found = by_code(lead)
            if found is None or not scope.sees(by, found, now=now) or found.closed_at is not None:
                raise BadInput([Problem("lead", "There is no open lead of this number that you see.")])
            lead = code(found.number)
        _keep(seen, by, now, [(part, LEAD, "moved", None, lead)])
        audit.note(actor, "part_joins", "item", [item.id])


def drop(item: Item, by: User, *, actor: Actor, part: int, reason: str) -> None:
    """Say that one part is no referral; it is signed so when the document is filed."""
    if reason not in items.NOT_A_LEAD:
        raise BadInput([Problem("reason", "Choose why it is no referral.")])
    with _held(item, by) as now:
        seen = opened(item, by, now=now)
        _part(seen, part)
        if [each.number for each in seen.kept_parts] == [part]:
            raise BadInput([Problem("reason", "It is the only person here: sign the whole document as no referral.")])
        _keep(seen, by, now, [(part, DROPPED, "moved", None, reason)])
        audit.note(actor, "part_dropped", "item", [item.id], why=reason)


def undo(item: Item, by: User, *, actor: Actor) -> None:
    """Take back what was answered last, with everything that the same key answered."""
    with _held(item, by) as now:
        standing = FieldAnswer.objects.filter(item=item, undone_at__isnull=True).exclude(path=NOTE)
        last = standing.order_by("-at", "-id").first()
        if last is None:
            raise Conflict("nothing was answered yet")
        step = FieldAnswer.objects.filter(item=item, step=last.step)
        if last.path == PAGES:
            key = seal.open_key(item.key)
            was = kept_readings.answered(last, key)["was"]
            _arranged(item, {int(number): whose for number, whose in was.items()})
        step.update(undone_at=now)
        audit.note(actor, "answer_undone", "item", [item.id])


def hand_over(item: Item, by: User, *, actor: Actor, to: User, words: str) -> None:
    """Give a document to a colleague, with a word why."""
    if not words.strip():
        raise BadInput([Problem("words", "Say in a few words what they should look at.")])
    if not works_here(to):
        raise BadInput([Problem("to", "This colleague does not work in the Inbox.")])
    with _held(item, by):
        Task.objects.filter(about_kind="item", about_id=item.id, status="open").exclude(kind="review_item").update(
            owner_user=to, owner_queue=None
        )
        leases.give_back(LEASE, item.id, by.id)
        _noted(item, by, clock.now(), f"To {to.name}: {words.strip()[:300]}")
        audit.note(actor, "item_handed_over", "item", [item.id])


def note(item: Item, by: User, *, actor: Actor, words: str) -> None:
    """A word beside a document, for whoever goes on with it."""
    if not words.strip():
        raise BadInput([Problem("words", "Type the note first.")])
    with _held(item, by) as now:
        _noted(item, by, now, words.strip()[:500])
        audit.note(actor, "item_noted", "item", [item.id])


def looked(item: Item, by: User, *, actor: Actor, words: str) -> None:
    """A clinician has looked at the red flag of a document, and says what they did."""
    if not by.may("clinical.review"):
        raise NotAllowed("clinical.review")
    if not words.strip():
        raise BadInput([Problem("words", "Say what you found and did.")])
    with transaction.atomic():
        now = clock.now()
        found = Task.objects.filter(about_kind="item", about_id=item.id, kind="review_item", status="open")
        if not found.update(status="done", result="reviewed", ended_at=now, ended_by=by):
            raise Conflict("somebody has looked at it already")
        _noted(item, by, now, words.strip()[:500])
        audit.note(actor, "item_reviewed", "item", [item.id])


def not_a_referral(item: Item, by: User, *, actor: Actor, reason: str) -> None:
    """Sign the whole document as no referral. Conflict while a red flag in it was not looked at."""
    with _held(item, by):
        if Task.objects.filter(about_kind="item", about_id=item.id, kind="review_item", status="open").exists():
            raise Conflict("a clinician looks at the red flag first")
        items.sign_not_a_lead(item, by, actor=actor, reason=reason)
        leases.give_back(LEASE, item.id, by.id)


def answered(item: Item, by: User, *, actor: Actor, lead: str, words: str) -> None:
    """A document that asked about a known matter was answered: it ends there, and the lead says what was answered.
    Conflict while a red flag in it was not looked at."""
    found = by_code(lead)
    if found is None or not scope.sees(by, found, now=clock.now()):
        raise BadInput([Problem("lead", "There is no lead of this number that you see.")])
    if not words.strip():
        raise BadInput([Problem("words", "Say what you answered, and to whom.")])
    with _held(item, by) as now:
        open_tasks = Task.objects.filter(about_kind="item", about_id=item.id, status="open")
        if open_tasks.filter(kind="review_item").exists():
            raise Conflict("a clinician looks at the red flag first")
        intake.answered_by_a_person(item, found, by=by, at=now)
        said = words.strip()[:500]
        leads.noted(found, "asked_about", actor, at=now, words=said, subject=("item", item.id))
        open_tasks.update(status="done", ended_at=now, ended_by=by)
        leases.give_back(LEASE, item.id, by.id)


@contextmanager
def _held(item: Item, by: User) -> Iterator[datetime]:
    """One transaction in which the document is locked and held by this person; gives the moment."""
    if not (may_open(by) and reads(by)):
        raise NotAllowed("items.resolve")
    with transaction.atomic():
        now = clock.now()
        fresh = Item.objects.select_for_update().only("status").get(id=item.id)
        if fresh.status not in UNSETTLED:
            raise Conflict("this document has found its end already")
        minutes = policy().section(InboxRules).holds_minutes
        if leases.take(LEASE, item.id, by.id, now=now, minutes=minutes).holder != by.id:
            raise Conflict("a colleague has this document open")
        yield now


_Said = tuple[int, str, str, Field | None, Any]
"""Part, path, verb, the field as it stood, and what it became."""


def _keep(seen: Opened, by: User, now: datetime, said: list[_Said], *, was: Any = None) -> None:
    """Write answers as one step, each with how sure the reading had been."""
    key, step, row = seal.open_key(seen.item.key), new_id(), seen.row
    writes.insert(
        kept_readings.answer_row(
            key,
            was=was if field is None else field.value,
            became=became,
            item=seen.item,
            step=step,
            part=part,
            path=path,
            verb=verb,
            by=by,
            at=now,
            rule=field.rule if field is not None else "",
            engine=row.engine if row is not None else "",
            confidence=field.confidence if field is not None and field.place is not None else None,
            sender=row.sender if row is not None else None,
        )
        for part, path, verb, field, became in said
    )


def _noted(item: Item, by: User, now: datetime, words: str) -> None:
    """A note is an answer of its own kind, so that it is sealed and stays."""
    key = seal.open_key(item.key)
    writes.insert(
        [
            kept_readings.answer_row(
                key, was=None, became=words, item=item, step=new_id(), path=NOTE, verb="noted", by=by, at=now
            )
        ]
    )


def _arranged(item: Item, parts: Mapping[int, int]) -> None:
    rows = list(ItemPage.objects.filter(item=item))
    for row in rows:
        row.part = parts[row.number]
    writes.update(ItemPage, rows, "part")


def _field(seen: Opened, part: int, path: str) -> Field | None:
    whole = _part(seen, part)
    return next((field for field in whole.fields if field.path == path), None)


def _part(seen: Opened, number: int) -> Part:
    found = next((part for part in seen.parts if part.number == number), None)
    if found is None:
        raise BadInput([Problem("part", "There is nobody of that number in this document.")])
    return found


