"""What a person does with an open document: each verb holds it under a lease, writes answers, and is one transaction.

Nothing of what was read is ever written over: an answer stands beside it and can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from firstvisit.journey import items
from firstvisit.journey.arriving import read_item_again
from firstvisit.journey.inbox.holding import Said, field_of, held, keep, noted, part_of
from firstvisit.journey.inbox.seeing import DROPPED, LEAD, LEASE, LOOKED, NOTE, PAGES, opened, works_here
from firstvisit.kernel import audit, clock, leases, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Task
from firstvisit.leads.queries import by_code, code
from firstvisit.practice.models import User
from firstvisit.steps.intake import kept_readings
from firstvisit.steps.intake.inbox import arranging
from firstvisit.steps.intake.inbox.entering import typed
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage
from firstvisit.steps.intake.understanding.normal import normalised

ANSWERS: Final = ("confirmed", "corrected", "not_stated", "unreadable")
TURNS: Final = (90, 180, 270)


def answer(
    item: Item, by: User, *, actor: Actor, part: int, path: str, verb: str, text: str = ""
) -> None:
    """Confirm, correct, call not stated or unreadable one field. `text` is what a correction says.

    BadInput names the field where the text cannot be used, or there is no such field to confirm.
    """
    if verb not in ANSWERS:
        words = "Confirm it, correct it, or say that it is not stated or unreadable."
        raise BadInput([Problem(f"{part}.{path}", words)])
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        field = field_of(seen, part, path)
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
        if field is not None and field.value is None and verb == "confirmed":
            raise BadInput([Problem(f"{part}.{path}", "Type it, or say that it is not stated.")])
        typed_before = field is not None and (field.answer == "corrected" or not (field.place or field.confidence))
        if verb == "confirmed" and field is not None and typed_before:
            verb, became = "corrected", field.value  # what was typed stands, not what was read
        elif verb == "confirmed" and field is not None and field.doubt:
            _can_be(field.path, field.value, f"{part}.{path}", item)
        keep(seen, by, now, [(part, path, verb, field, became)])
        audit.note(actor, f"field_{verb}", "item", [item.id])


def _can_be(path: str, value: Any, key: str, item: Item) -> None:
    """BadInput where what was read under a label is no value of its field: it is typed, or the sender is asked. A
    list of fixed words is so many values."""
    try:
        for each in value if isinstance(value, list | tuple) else [value]:
            normalised(path, each, item.received_at.date())
    except ValueError as error:
        raise BadInput([Problem(key, str(error))]) from None


def confirm_clear(item: Item, by: User, *, actor: Actor, only: int | None = None) -> int:
    """Confirm at once every value that is clear or likely and not yet answered, of one part or of all; how many.
    Doubtful ones stay."""
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        left: list[Said] = [
            (part.number, field.path, "confirmed", field, None)
            for part in seen.kept_parts
            for field in part.left
            if field.level != "doubtful" and only in (None, part.number)
        ]
        keep(seen, by, now, left)
        if left:
            audit.note(actor, "fields_confirmed", "item", [item.id])
    return len(left)


def arrange(item: Item, by: User, *, actor: Actor, how: str, page: int = 0, part: int = 0) -> None:
    """Cut before a page, merge a part with the one before it, or move a page to a part; then the document is read anew
    for the parts that its pages now are."""
    verbs: dict[str, Callable[[Mapping[int, int]], dict[int, int]]] = {
        "cut": lambda pages: arranging.cut(pages, page, seen.fresh),
        "merge": lambda pages: arranging.merged(pages, part),
        "move": lambda pages: arranging.moved(pages, page, part, {seen.fresh, *(each.number for each in seen.parts)}),
    }
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        was = {each.number: each.part for each in seen.pages}
        try:
            became = verbs[how](was)
        except (KeyError, ValueError) as error:
            words = str(error) if isinstance(error, ValueError) else "There is no page of that number."
            raise BadInput([Problem("page", words)]) from None
        _arranged(item, became)
        row = {str(number): whose for number, whose in was.items()}
        keep(seen, by, now, [(0, PAGES, "moved", None, {str(n): p for n, p in became.items()})], was=row)
        read_item_again.defer(item_id=str(item.id))
        audit.note(actor, "pages_moved", "item", [item.id])


def turn(item: Item, by: User, *, actor: Actor, page: int, degrees: int) -> None:
    """Show a page turned clockwise by so many degrees, from now on, and have it read again as it stands then."""
    if degrees not in TURNS:
        raise BadInput([Problem("degrees", "Turn it by 90, 180 or 270 degrees.")])
    with held(item, by):
        row = ItemPage.objects.filter(item=item, number=page).first()
        if row is None:
            raise BadInput([Problem("page", "There is no page of that number.")])
        row.turn_wanted = ((row.turn_wanted or 0) + degrees) % 360
        row.save(update_fields=["turn_wanted"])
        read_item_again.defer(item_id=str(item.id))
        audit.note(actor, "page_turned", "item", [item.id])


def read_once_more(item: Item, by: User, *, actor: Actor) -> None:
    """Ask the readers once more for a document that they could not read."""
    with held(item, by):
        read_item_again.defer(item_id=str(item.id))
        audit.note(actor, "item_read_again", "item", [item.id])


def goes_to(item: Item, by: User, *, actor: Actor, part: int, lead: str) -> None:
    """Say which open lead a part joins; "" leaves it to the rules that hold for everything that arrives."""
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        part_of(seen, part)
        if lead:
            found = by_code(lead)
            if found is None or not scope.sees(by, found, now=now) or found.closed_at is not None:
                raise BadInput([Problem("lead", "There is no open lead of this number that you see.")])
            lead = code(found.number)
        keep(seen, by, now, [(part, LEAD, "moved", None, lead)])
        audit.note(actor, "part_joins", "item", [item.id])


def drop(item: Item, by: User, *, actor: Actor, part: int, reason: str) -> None:
    """Say that one part is no referral; it is signed so when the document is filed. Conflict while a red flag that is
    theirs, or may be, was not looked at."""
    if reason not in items.NOT_A_LEAD:
        raise BadInput([Problem("reason", "Choose why it is no referral.")])
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        part_of(seen, part)
        if seen.unlooked and part in seen.flags:
            raise Conflict(items.LOOK_FIRST)
        if [each.number for each in seen.kept_parts] == [part]:
            raise BadInput([Problem("reason", "It is the only person here: sign the whole document as no referral.")])
        keep(seen, by, now, [(part, DROPPED, "moved", None, reason)])
        audit.note(actor, "part_dropped", "item", [item.id], why=reason)


def looked_at_unread(item: Item, by: User, *, actor: Actor) -> None:
    """Say that one has looked at what no machine could read of a document; until then it is not filed."""
    with held(item, by) as now:
        seen = opened(item, by, now=now)
        if not seen.unread:
            raise Conflict("nothing is left that could not be read")
        keep(seen, by, now, [(0, LOOKED, "moved", None, list(seen.unread))])
        audit.note(actor, "unread_looked_at", "item", [item.id])


def undo(item: Item, by: User, *, actor: Actor) -> None:
    """Take back what was answered last, with everything that the same key answered."""
    with held(item, by) as now:
        standing = FieldAnswer.objects.filter(item=item, undone_at__isnull=True).exclude(path=NOTE)
        last = standing.order_by("-at", "-id").first()
        if last is None:
            raise Conflict("nothing was answered yet")
        step = FieldAnswer.objects.filter(item=item, step=last.step)
        if last.path == PAGES:
            key = seal.open_key(item.key)
            was = kept_readings.answered(last, key)["was"]
            _arranged(item, {int(number): whose for number, whose in was.items()})
            read_item_again.defer(item_id=str(item.id))
        step.update(undone_at=now)
        audit.note(actor, "answer_undone", "item", [item.id])


def hand_over(item: Item, by: User, *, actor: Actor, to: User, words: str) -> None:
    """Give a document to a colleague, with a word why."""
    if not words.strip():
        raise BadInput([Problem("words", "Say in a few words what they should look at.")])
    if not works_here(to):
        raise BadInput([Problem("to", "This colleague does not work in the Inbox.")])
    with held(item, by):
        Task.objects.filter(about_kind="item", about_id=item.id, status="open").exclude(kind=items.REVIEW).update(
            owner_user=to, owner_queue=None
        )
        leases.give_back(LEASE, item.id, by.id)
        noted(item, by, clock.now(), f"To {to.name}: {words.strip()[:300]}")
        audit.note(actor, "item_handed_over", "item", [item.id])


def note(item: Item, by: User, *, actor: Actor, words: str) -> None:
    """A word beside a document, for whoever goes on with it."""
    if not words.strip():
        raise BadInput([Problem("words", "Type the note first.")])
    with held(item, by) as now:
        noted(item, by, now, words.strip()[:500])
        audit.note(actor, "item_noted", "item", [item.id])


def _arranged(item: Item, parts: Mapping[int, int]) -> None:
    rows = list(ItemPage.objects.filter(item=item))
    for row in rows:
        row.part = parts[row.number]
    writes.update(ItemPage, rows, "part")
