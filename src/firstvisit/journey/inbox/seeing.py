"""What the Inbox shows: the list of documents, and one of them as it stands."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from firstvisit.journey.finding import Found, alike
from firstvisit.journey.inbox.restricted import from_restricted
from firstvisit.journey.items import REVIEW
from firstvisit.journey.queries import user_names
from firstvisit.kernel import leases, seal
from firstvisit.kernel.errors import NotAllowed
from firstvisit.kernel.folding import folded
from firstvisit.kernel.leases import Held
from firstvisit.leads import scope
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import by_code, code
from firstvisit.people.queries import identities, member_numbers
from firstvisit.people.referrers import npi_of
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice, user_scope
from firstvisit.steps.booking.ends import End, of_text
from firstvisit.steps.intake import deliveries, kept_readings, opinions
from firstvisit.steps.intake.inbox.arranging import fresh_of, heirs_of
from firstvisit.steps.intake.inbox.card import CARD
from firstvisit.steps.intake.inbox.flags import flags_of
from firstvisit.steps.intake.inbox.missing import not_read, wanted_of
from firstvisit.steps.intake.inbox.values import WholeReading
from firstvisit.steps.intake.inbox.weighing import Answer, Part, parts_of, with_halves
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage, ItemReading, Opinion
from firstvisit.steps.intake.policy import InboxRules

LEASE: Final = "item"
UNSETTLED: Final = ("waiting", "to_confirm")
SHOWN: Final = 50
READS: Final = ("identity.see", "narrative.see")
"""Documents say all of it, so whoever may not see one of these reads none."""
LEAD, DROPPED, PAGES, NOTE, LOOKED = "lead", "part", "pages", "note", "unread"
"""Paths of answers that are about no field: the lead a part joins, that it is no referral, whose the pages are, what
somebody noted, and that they have looked at what could not be read."""
_NO_FIELD: Final = (LEAD, DROPPED, PAGES, NOTE, LOOKED)


@dataclass(frozen=True, slots=True)
class Row:
    """One document of the list. `task` is the promise it stands under; `sender` is how its sender is called. `missing`
    are the fields every referral should say that were not read of somebody in it, `unread` how much of it could not be
    read at all; both None for whoever may not read it. `restricted` is whether somebody named in a restriction sent it,
    and whether that is sure; None where nobody is."""

    item: Item
    reading: ItemReading | None
    task: Task | None
    sender: str
    number: str
    name: str
    flagged: bool
    missing: tuple[str, ...] | None
    unread: int | None
    restricted: bool | None
    end: End | None = None
    """The end of a visit that it tells, and nothing else; None of any other document."""
    why: str = ""
    """Why that is not sure."""


@dataclass(frozen=True, slots=True)
class Goes:
    """Where a part goes when it is filed: the lead it seems to belong to, or that a person chose; None is by the same
    rules as everything else that arrives. `others` are leads it may belong to as well."""

    lead: Lead | None
    why: str
    chosen: bool
    others: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """One document as it stands. `reading` is None where nobody could read it. `flags` are its red flags in words by
    the part whose they are, every part's where nobody can tell; `unlooked` while no clinician has looked at them.
    `unread` is what could not be read, with the reason, and at what nobody has said yet that they have looked.
    `fresh` is the number of the next part that is new."""

    item: Item
    row: ItemReading | None
    reading: WholeReading | None
    parts: tuple[Part, ...]
    pages: tuple[ItemPage, ...]
    goes: Mapping[int, Goes]
    dropped: Mapping[int, str]
    tasks: tuple[Task, ...]
    held: Held | None
    holder: str
    last: FieldAnswer | None
    notes: tuple[tuple[str, str, datetime], ...]
    came: Mapping[str, Any]
    times: int
    opinion: Opinion | None
    flags: Mapping[int, str]
    unlooked: bool
    unread: tuple[str, ...]
    fresh: int

    @property
    def kept_parts(self) -> tuple[Part, ...]:
        """The parts that will be filed."""
        return tuple(part for part in self.parts if part.number not in self.dropped)

    @property
    def task(self) -> Task | None:
        return self.tasks[0] if self.tasks else None


def may_open(user: User) -> bool:
    """Whether somebody works in the Inbox."""
    return user.may("items.resolve")


def reads(user: User) -> bool:
    """Whether somebody may see what documents say: with the coverage on them, or, for a clinician who looks at a red
    flag, for treatment, where the whole of it may be seen (45 CFR 164.502(b)(2))."""
    return all(user.may(needed) for needed in READS) and (user.may("insurance.see") or user.may("clinical.review"))


def works_here(user: User) -> bool:
    """Whether somebody settles documents: they reach the home site's desk."""
    return user.is_active and may_open(user) and reads(user) and home_is_theirs(user)


def waiting_for(user: User) -> QuerySet[Item]:
    """The documents that wait for a person, of those that are theirs to see: of their sites, and for a clinician
    those alone that tell of danger, filed ones too until a clinician has looked."""
    if not home_is_theirs(user):
        return Item.objects.none()
    theirs = Q(pk__in=[])
    if may_open(user):
        theirs |= Q(status__in=UNSETTLED)
    if user.may("clinical.review"):
        theirs |= Q(Exists(unlooked()), key__wrapped__isnull=False)
    return Item.objects.filter(theirs)


def unlooked() -> QuerySet[Task]:
    """The open tasks of clinicians about the red flag of an item, for a subquery over items."""
    return Task.objects.filter(about_kind="item", about_id=OuterRef("id"), kind=REVIEW, status="open")


def home_is_theirs(user: User) -> bool:
    """Whether what came for nobody yet, which the home site sees to, is theirs to see."""
    sites = user_scope(user)
    return sites is None or practice().identity.home_site in sites


def order(user: User) -> list[uuid.UUID]:
    """Every document that waits, red flags first, then the oldest promise; one question."""
    promise = Task.objects.filter(about_kind="item", about_id=OuterRef("id"), status="open").order_by("due_at")
    ranked = waiting_for(user).annotate(
        flagged=Case(When(Q(reading__escalates=True) | Q(Exists(unlooked())), then=0), default=1),
        promised=Coalesce(Subquery(promise.values("due_at")[:1]), F("received_at")),
    )
    return list(ranked.order_by("flagged", "promised", "id").values_list("id", flat=True))


def listed(user: User, *, start: int = 0) -> list[Row]:
    """The documents that wait, red flags first, then the oldest promise; at most fifty from `start` on."""
    return rows_of_items(order(user)[start : start + SHOWN], user)


def rows_of_items(ids: Sequence[uuid.UUID], user: User) -> list[Row]:
    """The lines of these items, in their order, in five questions at most."""
    found = Item.objects.filter(id__in=ids).select_related("key", "reading").defer("reading__confirmed")
    items = {item.id: item for item in found}
    tasks: dict[uuid.UUID, Task] = {}
    flagged = set()
    for task in Task.objects.filter(about_kind="item", about_id__in=ids, status="open").order_by("-due_at"):
        tasks[task.about_id] = task
        if task.kind == REVIEW:
            flagged.add(task.about_id)
    shows = reads(user)
    wholes = {each: whole for each, item in items.items() if shows and (whole := _whole(item)) is not None}
    barred = from_restricted(wholes)
    return [
        replace(_row(items[each], wholes.get(each), tasks.get(each), flagged=each in flagged, shows=shows),
                restricted=barred.get(each))
        for each in dict.fromkeys(ids)
    ]  # fmt: skip


def _whole(item: Item) -> WholeReading | None:
    row: ItemReading | None = getattr(item, "reading", None)
    return kept_readings.opened(row, seal.open_key(item.key)) if row is not None else None


def _row(item: Item, whole: WholeReading | None, task: Task | None, *, flagged: bool, shows: bool) -> Row:
    row: ItemReading | None = getattr(item, "reading", None)
    sender = number = name = ""
    missing: tuple[str, ...] | None = None
    unread: int | None = None
    end, why = None, ""
    if shows:
        came = deliveries.about(item)
        if kept := came.get("end"):
            end, why = of_text(kept), str(came.get("why", ""))
        name, number = str(came.get("name", "")), str(came.get("from", ""))
        if whole is not None:
            sender, number = whole.sender, whole.number or number
            missing, unread = not_read(whole, wanted_of(item.source)), len(whole.unread)
    flagged = flagged or (row is not None and row.escalates)
    return Row(item, row, task, sender, number, name, flagged, missing, unread, None, end, why)


def mark(user: User, *, counts: bool) -> str:
    """What the documents that wait look like now, short enough for an address: another one means that one came, was
    read anew, or that a red flag was found in one; where it `counts`, also that one went."""
    flagged = Q(reading__escalates=True) | Q(Exists(unlooked()))
    found = waiting_for(user).aggregate(
        number=Count("id"), newest=Max("received_at"), read=Max("reading__read_at"), flags=Count("id", filter=flagged)
    )
    if not counts:
        del found["number"]
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()[:16]


def item_for(item_id: uuid.UUID, user: User, *, now: datetime) -> Item:
    """A document that is somebody's to see. NotAllowed otherwise, also when there is none."""
    found = Item.objects.select_related("key", "document").filter(id=item_id).first()
    if found is None or found.key.wrapped is None:  # none, or erased: it can be opened by nobody
        raise NotAllowed("items.resolve")
    if waiting_for(user).filter(id=item_id).exists():
        return found
    if found.status in UNSETTLED:
        raise NotAllowed("items.resolve")
    ends = list(found.parts.select_related("lead"))
    became = [part.lead for part in ends if part.lead is not None]
    theirs = home_is_theirs(user) if ends and not became else bool(became)
    if not theirs or not may_open(user) or not all(scope.sees(user, lead, now=now) for lead in became):
        raise NotAllowed("items.resolve")
    return found


def opened(item: Item, user: User, *, now: datetime) -> Opened:
    """One document as it stands, in a constant number of questions."""
    row = ItemReading.objects.filter(item=item).first()
    key = seal.open_key(item.key)
    whole = kept_readings.opened(row, key) if row is not None else None
    pages = tuple(ItemPage.objects.filter(item=item).order_by("number"))
    rows = list(
        FieldAnswer.objects.filter(item=item, undone_at__isnull=True).select_related("by").order_by("at", "id")
    )
    both = [(each, kept_readings.answered(each, key)) for each in rows]
    said = [(each, answer["became"]) for each, answer in both]
    moves = [
        (step, _pages_of(answer["was"]), _pages_of(answer["became"]))
        for step, (each, answer) in enumerate(both)
        if each.path == PAGES
    ]
    about_parts = {(each.part, each.path): became for each, became in said if each.path in _NO_FIELD}
    answers = [
        Answer(each.part, each.path, each.verb, answer["became"], answer["was"], step)  # type: ignore[arg-type]
        for step, (each, answer) in enumerate(both)
        if each.path not in _NO_FIELD
    ]
    rules = policy().section(InboxRules)
    values = whole.values if whole is not None else ()
    read = {leaf.number: leaf.part for leaf in whole.leaves} if whole is not None else {}
    now_pages = {page.number: page.part for page in pages}
    heirs = heirs_of(moves)
    parts = parts_of(values, read=read, now=now_pages, answers=answers, rules=rules, heirs=heirs)
    came_with = deliveries.belongs_to(item)
    why_there = "its family was asked for this card" if item.source == CARD else "it came with its request"
    goes = {}
    for n, part in enumerate(parts):
        chosen = about_parts.get((part.number, LEAD))
        goes[part.number] = _goes(part, user, chosen, now, came_with if n == 0 else None, why_there)
    ours = {
        (part.number, path): value
        for part in parts
        for path, value in {**_on_file(goes[part.number], part), **_partner(part)}.items()
    }
    if ours:
        parts = parts_of(values, read=read, now=now_pages, answers=answers, rules=rules, ours=ours, heirs=heirs)
    parts = tuple(map(with_halves, parts))
    held = leases.held(LEASE, [item.id], now=now).get(item.id)
    tasks = tuple(Task.objects.filter(about_kind="item", about_id=item.id, status="open").order_by("due_at", "id"))
    return Opened(
        item=item,
        row=row,
        reading=whole,
        parts=parts,
        pages=pages,
        goes=goes,
        dropped={part: str(why) for (part, path), why in about_parts.items() if path == DROPPED},
        tasks=tasks,
        held=held,
        holder=user_names([held.holder]).get(held.holder, "somebody") if held else "",
        last=next((row for row in reversed(rows) if row.path != NOTE), None),
        notes=tuple((each.by.name, str(became), each.at) for each, became in said if each.path == NOTE),
        came=deliveries.about(item),
        times=deliveries.times_received(item),
        opinion=opinions.of(item),
        flags=flags_of(whole, now_pages, [part.number for part in parts]) if whole is not None else {},
        unlooked=any(task.kind == REVIEW for task in tasks),
        unread=whole.unread if whole is not None and about_parts.get((0, LOOKED)) != list(whole.unread) else (),
        fresh=fresh_of(
            {part.number for part in parts}
            | {whose for _, was, became in moves for whose in (*was.values(), *became.values())}
        ),
    )


def _pages_of(kept: Mapping[str, int]) -> dict[int, int]:
    """Whose each page was, as an answer keeps it."""
    return {int(number): whose for number, whose in kept.items()}


def _goes(
    part: Part, user: User, chosen: Any, now: datetime, came_with: Lead | None = None, why_there: str = ""
) -> Goes:
    """The lead that a part joins: the one a person chose, else that of the request it came with, else one of somebody
    with the same name and birth date, or the same phone and a name that begins alike. Others are named only."""
    found = [
        each
        for each in alike(
            user,
            phone=str(part.value("patient.phone") or part.value("contact.phone") or ""),
            first=str(part.value("patient.first_name") or ""),
            last=str(part.value("patient.last_name") or ""),
            born=str(part.value("patient.date_of_birth") or ""),
            today=now.date(),
        )
        if each.lead.closed_at is None
    ]
    if chosen is not None:
        lead = by_code(str(chosen)) if chosen else None
        why = next((each.why for each in found if lead is not None and each.lead.id == lead.id), "")
        return Goes(lead, why, True, tuple(each for each in found if lead is None or each.lead.id != lead.id))
    if came_with is not None and came_with.closed_at is None and scope.sees(user, came_with, now=now):
        rest = tuple(each for each in found if each.lead.id != came_with.id)
        return Goes(came_with, why_there, False, rest)
    sure = [each for each in found if "birth date" in each.why or " and " in each.why]
    if len({each.lead.patient_id for each in sure}) == 1:
        return Goes(sure[0].lead, sure[0].why, False, tuple(each for each in found if each is not sure[0]))
    return Goes(None, "", False, tuple(found))


def _partner(part: Part) -> dict[str, Any]:
    """What is on file of whoever refers, where the office and the name are read: an NPI is one person's for life."""
    office, name, read = (part.value(f"referrer.{each}") for each in ("organization", "name", "npi"))
    known = npi_of(str(office), str(name)) if office and name and read else None
    return {"referrer.npi": known} if known else {}


def _card(part: Part, person: uuid.UUID) -> dict[str, Any]:
    """The member number on file with the payer that is read."""
    payer, read = part.value("payers.0.name"), part.value("payers.0.member_id")
    if not payer or not read:
        return {}
    numbers = [number for name, number in member_numbers(person) if number and folded(name) == folded(str(payer))]
    return {"payers.0.member_id": numbers[-1]} if numbers and folded(str(read)) not in map(folded, numbers) else {}


def _on_file(where: Goes, part: Part) -> dict[str, Any]:
    """What is on file of the patient of the lead that a part seems to belong to, by path."""
    lead = where.lead
    if lead is None or lead.patient_id is None:
        return {}
    known = identities([lead.patient_id]).get(lead.patient_id)
    if known is None:
        return {}
    who = known[0]
    stated = {
        "patient.first_name": who.first_name,
        "patient.last_name": who.last_name,
        "patient.date_of_birth": who.date_of_birth,
        "patient.phone": who.phone,
    }
    return {path: value for path, value in stated.items() if value} | _card(part, lead.patient_id)


def leads_named(opened_item: Opened) -> list[str]:
    """The codes of leads that the page names, for the log."""
    found = [where.lead for where in opened_item.goes.values() if where.lead is not None]
    return [code(lead.number) for lead in found]


def count_for(user: User) -> int:
    """How many documents wait; one question."""
    return waiting_for(user).count() if may_open(user) or user.may("clinical.review") else 0
