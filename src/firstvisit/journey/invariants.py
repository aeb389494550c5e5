"""The invariants of the design (section 4) held against the live database.

Each is a function that yields a sentence for every break, with codes and ids and nobody's name. They read
in streams, so that memory does not grow with the practice. Numbers are those of the design.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Q

from firstvisit.journey import reconciling, sealed
from firstvisit.journey.verify import Verifier, same_engine
from firstvisit.kernel import audit, seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.models import DataKey
from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.leads.queries import code
from firstvisit.people.identity import Identity
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.people.records import another, opened
from firstvisit.practice.models import PolicyVersion
from firstvisit.steps.booking import checking as booking
from firstvisit.steps.intake.models import Part
from firstvisit.steps.qualify.ranking import may_rank

LEFT_BEHIND: Final = timedelta(minutes=5)
STUCK: Final = timedelta(minutes=10)
NEWEST_DECISIONS: Final = 500
NEWEST_SEALED: Final = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check is given. `everything`: all decisions and sealed values, not only the newest."""

    now: datetime
    heads: Path
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that always holds, in words, and how to see whether it does."""

    number: int
    name: str
    words: str
    breaks: Callable[[Scope], Iterator[str]]


def items_end(scope: Scope) -> Iterator[str]:
    """Settled has its parts, waiting has its task, and nothing stays received."""
    rows = _rows(
        """
        SELECT item.id, item.status, item.received_at FROM intake_item item WHERE
        (item.status = 'settled' AND NOT EXISTS (SELECT 1 FROM intake_part part WHERE part.item_id = item.id))
        OR (item.status = 'received' AND item.received_at < %s
            AND (item.asked_until IS NULL OR item.asked_until < %s))
        OR (item.status IN ('waiting', 'to_confirm') AND NOT EXISTS (SELECT 1 FROM leads_task task
            WHERE task.about_kind = 'item' AND task.about_id = item.id AND task.status = 'open'))
        OR item.status NOT IN ('received', 'settled', 'waiting', 'to_confirm')
        """,
        scope.now - LEFT_BEHIND,
        scope.now - LEFT_BEHIND,
    )
    why = {
        "settled": "is settled and has no part",
        "received": "was received more than five minutes ago and is not settled",
        "waiting": "waits for a person and nobody has the task",
        "to_confirm": "is to be confirmed and nobody has the task",
    }
    for item, status, _ in rows:
        yield f"item {item} {why.get(status, f'has the unknown status {status}')}"
    for difference in reconciling.differences(scope.now):
        if difference.kind not in ("quiet", "untold"):  # a way in to look after, and nothing is known to be lost
            yield difference.words
    uncovered = _rows(
        """
        SELECT reading.item_id, reading.pages, coalesce(sum(part.pages), 0) FROM intake_itemreading reading
        JOIN intake_item item ON item.id = reading.item_id AND item.status = 'settled'
        LEFT JOIN intake_part part ON part.item_id = reading.item_id
        GROUP BY reading.item_id, reading.pages HAVING coalesce(sum(part.pages), 0) <> reading.pages
        """
    )
    for item, pages, covered in uncovered:
        yield f"item {item} has {pages} pages and its parts cover {covered}"
    ended = Q(end__in=["opened", "joined"], lead__isnull=False) | Q(end="answered")
    ended |= Q(end="not_a_lead", signed_by__isnull=False)
    for part in Part.objects.exclude(ended).values_list("id", flat=True).iterator():
        yield f"part {part} has no end"


def leads_are_owned(scope: Scope) -> Iterator[str]:
    """Every open lead has one owner and a next thing with a due time and a reason."""
    rows = _rows(
        """
        SELECT lead.number, (lead.owner_user_id IS NULL) = (lead.owner_queue_id IS NULL) FROM leads_lead lead
        WHERE lead.closed_at IS NULL AND ((lead.owner_user_id IS NULL) = (lead.owner_queue_id IS NULL)
        OR NOT EXISTS (SELECT 1 FROM leads_task task WHERE task.lead_id = lead.id AND task.status = 'open'
            AND task.due_at IS NOT NULL AND task.reason <> ''))
        """
    )
    for number, ownerless in rows:
        what = "has not exactly one owner" if ownerless else "has no next thing"
        yield f"{code(number)} is open and {what}"
    gone = Lead.objects.filter(closed_at__isnull=True, owner_user__is_active=False)
    for number in gone.order_by("number").values_list("number", flat=True).iterator():
        yield f"{code(number)} is open and its owner's account is disabled"
    left = Task.objects.filter(lead__isnull=False, status="open", owner_user__is_active=False)
    for number, kind in left.order_by("lead__number").values_list("lead__number", "kind").iterator():
        yield f"{code(number)} has a task {kind} whose owner's account is disabled"


def messages_once(scope: Scope) -> Iterator[str]:
    """One message a key, none stuck while sending, consent before each that left."""
    for key, count in _rows("SELECT key, count(*) FROM messages_message GROUP BY key HAVING count(*) > 1"):
        yield f"there are {count} messages with the key {key}"
    stuck = _rows(
        "SELECT id FROM messages_message WHERE status = 'sending' AND sending_at < %s", scope.now - STUCK
    )
    for (message,) in stuck:
        yield f"message {message} has been sending for more than ten minutes"
    unasked = _rows(
        """
        SELECT message.id FROM messages_message message WHERE message.status = 'sent'
        AND message.person_id IS NOT NULL AND NOT coalesce((
            SELECT entry.given FROM people_consententry entry WHERE entry.person_id = message.person_id
            AND entry.channel = message.channel AND entry.at <= message.sending_at
            ORDER BY entry.id DESC LIMIT 1), false)
        """
    )
    for (message,) in unasked:
        yield f"message {message} was sent without consent on the ledger"


def booked_once(scope: Scope) -> Iterator[str]:
    """Every appointment has the time it takes, every claim is somebody's, and no resource or seat is taken twice."""
    yield from booking.breaks(scope.now)


def decisions_verify(scope: Scope) -> Iterator[str]:
    """Every lead has a decision, and judging again from the stored inputs gives the same."""
    for (number,) in _rows(
        "SELECT number FROM leads_lead lead WHERE NOT EXISTS"
        " (SELECT 1 FROM leads_decisionrow d WHERE d.lead_id = lead.id)"
    ):
        yield f"{code(number)} has no decision"
    verifier = Verifier()
    newest = DecisionRow.objects.select_related("lead").order_by("-id")
    rows = newest.iterator(chunk_size=500) if scope.everything else newest[:NEWEST_DECISIONS]
    for row in rows:
        if same_engine(row):
            for difference in verifier.differences(row):
                yield f"{code(row.lead.number)}, decision {row.id}: {difference}"


def sealed_opens(scope: Scope) -> Iterator[str]:
    """Nothing in plain text, everything opens with this key file, every data key under a master key of it."""
    for name in sealed.unlisted():
        yield f"{name} is sealed and nobody knows under which key (journey/sealed.py)"
    ring = seal.ring()
    for master, count in _rows(
        "SELECT master, count(*) FROM kernel_datakey WHERE wrapped IS NOT NULL GROUP BY master"
    ):
        if master not in ring.master:
            yield f"{count} data keys need master key {master}, which is not in the key file"
    for column in sealed.COLUMNS:
        short = _rows(
            f"SELECT count(*) FROM {column.table} WHERE octet_length({column.name}) < {sealed.SMALLEST}"
        )
        if count := next(short)[0]:
            yield f"{count} rows of {column.table} hold what cannot be sealed"
        values = column.values(newest=None if scope.everything else NEWEST_SEALED)
        for some in _hands(values):
            yield from _closed(column, some)


def log_is_whole(scope: Scope) -> Iterator[str]:
    """The chain verifies, and the application's role cannot change what is append-only."""
    yield from audit.verify(scope.heads)
    for model in apps.get_models():
        names = {trigger.name for trigger in getattr(model._meta, "triggers", [])}
        if "append_only" not in names:
            continue
        table = model._meta.db_table
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            if next(_rows("SELECT has_table_privilege(current_user, %s, %s)", table, right))[0]:
                yield f"the application's role may {right} {table}"
        guarded = _rows(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'"
            " AND tgname LIKE 'pgtrigger_append_only_%%'",
            table,
        )
        if not next(guarded)[0]:
            yield f"the guard of {table} is switched off"


def ranks_fairly(scope: Scope) -> Iterator[str]:
    """No version of the rules that was ever live ranks by a protected trait or its proxy, nor applies a factor
    by one. Read from what is stored: reading it as rules would refuse it and say nothing of the others."""
    for version in PolicyVersion.objects.exclude(status=PolicyVersion.Status.DRAFT).order_by("number"):
        for factor in version.sections.get("qualify", {}).get("factors", ()):
            for fact in sorted(_facts_in(factor)):
                if not may_rank(fact):
                    yield f"rules {version.number}: the factor {factor.get('slug')} reads {fact}, which may not rank"


def _facts_in(value: object) -> set[str]:
    """Every fact that a stored factor names, at whatever depth."""
    if isinstance(value, dict):
        own = {value["fact"]} if isinstance(value.get("fact"), str) else set()
        return own.union(*(_facts_in(inner) for inner in value.values()))
    return set().union(*(_facts_in(inner) for inner in value)) if isinstance(value, list) else set()


def people_once(scope: Scope) -> Iterator[str]:
    """No two standing persons share a strong key and the birth date, unless their first names tell them apart
    or a person compares them or has."""
    shared = _rows(
        """
        SELECT array_agg(person.id ORDER BY person.id) FROM people_personkey key
        JOIN people_person person ON person.id = key.person_id
        WHERE person.same_as_id IS NULL AND person.erased_at IS NULL
        GROUP BY key.token HAVING count(*) > 1
        """
    )
    pairs = PossibleMatch.objects.values_list("known", "newcomer")
    told: set[tuple[uuid.UUID, uuid.UUID]] = {(min(pair), max(pair)) for pair in pairs} if shared else set()
    for (ids,) in shared:
        born: dict[str, list[tuple[uuid.UUID, Identity]]] = {}
        for person in Person.objects.filter(id__in=ids).select_related("key").order_by("id"):
            try:
                identity = opened(person, seal.open_key(person.key))
            except SealBroken:
                continue  # said by the invariant about sealed values
            if identity.date_of_birth is None:
                continue
            alike = born.setdefault(identity.date_of_birth, [])
            for first, before in alike:
                if not another(before, identity) and (first, person.id) not in told:
                    told.add((first, person.id))
                    yield f"persons {first} and {person.id} share a strong key and the birth date"
            alike.append((person.id, identity))


INVARIANTS: Final[tuple[Invariant, ...]] = (
    Invariant(1, "items_end", "Everything that arrived found its end", items_end),
    Invariant(2, "leads_are_owned", "Every open lead has one owner and a next thing", leads_are_owned),
    Invariant(3, "messages_once", "Every message at most once, and only with consent", messages_once),
    Invariant(4, "booked_once", "Nobody and nothing is booked twice", booked_once),
    Invariant(5, "decisions_verify", "Every decision can be made again and agrees", decisions_verify),
    Invariant(6, "sealed_opens", "Nothing in plain text, everything sealed opens", sealed_opens),
    Invariant(7, "log_is_whole", "The audit log is whole and cannot be changed", log_is_whole),
    Invariant(8, "ranks_fairly", "Protected traits and their proxies never rank", ranks_fairly),
    Invariant(9, "people_once", "Nobody stands in the records twice", people_once),
)


def _hands(values: Iterator[tuple[uuid.UUID, bytes, uuid.UUID]]) -> Iterator[list[Any]]:
    """Sealed values in hands of 200, so that their keys are fetched together."""
    hand: list[Any] = []
    for value in values:
        hand.append(value)
        if len(hand) == NEWEST_SEALED:
            yield hand
            hand = []
    if hand:
        yield hand


def _closed(column: sealed.Column, some: list[Any]) -> Iterator[str]:
    """A sentence for each value that does not open although its data key stands."""
    rows = DataKey.objects.filter(id__in={key for _, _, key in some}, wrapped__isnull=False)
    keys: dict[uuid.UUID, seal.OpenKey] = {}
    lost: set[uuid.UUID] = set()
    for row in rows:
        try:
            keys[row.id] = seal.open_key(row)
        except SealBroken:
            lost.add(row.id)
    for row_id, value, key in some:
        if key in lost:
            yield f"{column.table} {row_id}: its data key does not open with this key file"
        elif key in keys and not sealed.opens(keys[key], column, row_id, value):
            yield f"{column.table} {row_id} does not open"


def _rows(query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a query through a cursor at the server, so that many breaks need no memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, list(values))
        yield from cursor
