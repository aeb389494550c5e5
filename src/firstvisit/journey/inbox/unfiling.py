"""Filed by mistake: a document that became leads waits for a person again, and each lead stands without it.

At once, while nothing it caused has left the house, without a word; later with a reason. What the document alone had
brought goes from reading, people and record, as "not this person" parts it; a lead that nothing else made is closed,
and where somebody worked it the document stays filed.
What was answered stays beside what was read, so that only what was wrong is answered anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from firstvisit.journey.advancing import advance
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.journey.endings import FILED_BY_MISTAKE
from firstvisit.journey.inbox.holding import noted
from firstvisit.journey.inbox.learning import unlearn
from firstvisit.journey.inbox.seeing import may_open, opened, reads
from firstvisit.journey.inbox.worked import worked
from firstvisit.journey.parting import ERASED, Sent, empty, leave, nothing_barred, sent_about
from firstvisit.journey.policy import Cadence
from firstvisit.journey.verbs import act_on, reason_of
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.ids import new_id
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, Task
from firstvisit.leads.queries import code
from firstvisit.messages.models import Message
from firstvisit.people import parting as people
from firstvisit.people.models import WAITING, Guardian, Person, PossibleMatch
from firstvisit.people.queries import same_people
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item, ItemReading, Part

LEFT: Final = ("sending", "sent", "unclear")
"""Messages that nobody can call back."""
AT_ONCE: Final = "Undone at once"


def hold_letters(item: Item, now: datetime) -> None:
    """What filing a document wants sent waits until nobody can undo it at once any more."""
    became = Part.objects.filter(item=item, lead__isnull=False).values("lead")
    caused = Message.objects.filter(lead__in=became, status="wanted", wanted_at__gte=now)
    caused.update(wanted_at=Greatest(F("wanted_at"), now + _moment()))


def seconds_left(item_id: uuid.UUID, by: User, *, now: datetime) -> int:
    """For how many seconds this person can undo at once that they filed a document; 0 where they cannot."""
    filed = ItemReading.objects.filter(item=item_id, item__status="settled", confirmed_by=by)
    at = filed.values_list("confirmed_at", flat=True).first()
    if at is None or _left(item_id, Part.objects.filter(item=item_id)):
        return 0
    return max(0, round((at + _moment() - now).total_seconds()))


def undo(item_id: uuid.UUID, by: User, *, actor: Actor) -> Item:
    """Undo at once that this person filed a document, also where its lead went out of their scope. Conflict when it is
    too late."""
    with transaction.atomic():
        item = _locked(item_id)
        if seconds_left(item.id, by, now=clock.now()) == 0:
            raise Conflict("it is too late to undo this at once; open the document and take it back with a reason")

        def change(lead: Lead, write: Callable[[Lead, datetime], None]) -> None:
            locked, now = Lead.objects.select_for_update().get(id=lead.id), clock.now()
            if locked.closed_at is not None:
                raise Conflict(f"{code(lead.number)} was closed meanwhile")
            write(locked, now)
            advance([lead.id], now=now)

        return _take_back(item, by, AT_ONCE, change, actor)


def take_back(item: Item, by: User, *, actor: Actor, reason: str) -> Item:
    """Take back, with a reason, that a document was filed; the document, which waits again. Conflict where it was not,
    or a lead it became is closed, held by a colleague, or somebody worked it and nothing else keeps it."""
    if not (may_open(by) and reads(by)):
        raise NotAllowed("items.resolve")
    words = reason_of(reason)
    with transaction.atomic():

        def change(lead: Lead, write: Callable[[Lead, datetime], None]) -> None:
            act_on(lead, by, "leads.work", write)

        return _take_back(_locked(item.id), by, words, change, actor)


def _moment() -> timedelta:
    return timedelta(seconds=policy().section(Cadence).undo_seconds)


def _locked(item_id: uuid.UUID) -> Item:
    found = Item.objects.select_for_update(of=("self",)).select_related("key", "document").filter(id=item_id).first()
    if found is None:
        raise NotAllowed("items.resolve")
    return found


def _filed(item: Item) -> list[Part]:
    parts = Part.objects.filter(item=item, end__in=("opened", "joined"), lead__isnull=False)
    return list(parts.select_related("lead__patient").order_by("lead__number", "id"))


Change = Callable[[Lead, Callable[[Lead, datetime], None]], None]
"""Does something with a lead that it locks, and lets the journey go on from there."""


def _take_back(item: Item, by: User, words: str, change: Change, actor: Actor) -> Item:
    filed = _filed(item)
    if item.status != "settled" or not filed or not deliveries.is_document(item):
        raise Conflict("it waits for a person already, or was never filed")
    became = {part.lead.id: part.lead for part in filed if part.lead is not None}
    known = {each: _records(lead) for each, lead in became.items()}
    requests = [one.request for each, lead in became.items() for one in sent_about(lead, known[each], item.id)]
    people.lock_for_parting([person for records in known.values() for person in records], requests)
    letters = _left(item.id, filed)
    unlearn(opened(item, by, now=clock.now()), now=clock.now())
    for each, lead in became.items():
        change(lead, partial(_without, item=item, known=known[each], by=by, words=words, letters=letters, actor=actor))
    Part.objects.filter(item=item).delete()
    item.status, item.answer = "to_confirm", None
    item.save(update_fields=["status", "answer"])
    person_looks(item.id, "confirm_item", "Filed by mistake: put right what was wrong", cause=new_id())
    named = ", ".join(code(lead.number) for lead in became.values())
    told = f". {_in_words(letters)} had left already" if letters else ""
    noted(item, by, clock.now(), f"Taken back: it was filed as {named} ({words}){told}")
    audit.note(actor, "filing_taken_back", "item", [item.id, *became])
    return item


def _records(lead: Lead) -> list[Person]:
    """The records of a lead's patient, who may be nobody: an organization asked."""
    if lead.patient is None:
        return []
    if lead.patient.erased_at is not None:
        raise BadInput([Problem("reason", ERASED)])
    return list(Person.objects.filter(id__in=same_people([lead.patient.id])[lead.patient.id]).order_by("id"))


def _left(item_id: uuid.UUID, parts: Iterable[Part]) -> list[str]:
    """The templates of the letters that have left about a document since it was filed."""
    which = Q(pk__in=[])
    for part in parts:
        if part.lead_id is not None:
            which |= Q(lead=part.lead_id) & (Q(cause_id=item_id) | Q(sending_at__gte=part.at))
    left = Message.objects.filter(which, status__in=LEFT).order_by("sending_at")
    return list(left.values_list("template", flat=True))


def _in_words(letters: Sequence[str]) -> str:
    return "1 letter" if len(letters) == 1 else f"{len(letters)} letters"


def _without(
    lead: Lead,
    now: datetime,
    *,
    item: Item,
    known: list[Person],
    by: User,
    words: str,
    letters: Sequence[str],
    actor: Actor,
) -> None:
    """A locked lead without what this document brought; closed where nothing else made it. Conflict where it would be
    closed though somebody worked it."""
    if (kept := worked(lead, item.id)) is not None:
        raise Conflict(kept.refusal)
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(id__in=[person.id for person in known])
    records = list(locked.select_related("key").order_by("id"))
    sent = sent_about(lead, records, item.id)
    own = [each for each in sent if each.part.lead_id == lead.id]
    staying = [each for each in own if each.stays]
    _forget(lead, records, sent, by, now)
    gone = [each.part for each in own if not each.stays]
    asked = Task.objects.filter(lead=lead, kind="ask_sender", made_at__in=[part.at for part in gone])
    leads.withdraw_tasks(asked.values_list("id", flat=True), at=now)
    data = {"item": str(item.id), "letters": list(letters)}
    leads.noted(lead, "filing_taken_back", actor, at=now, data=data, words=words, subject=("item", item.id))
    if staying:
        leave(lead, records, own, staying)
    else:
        empty(lead)
    Part.objects.filter(id__in=[part.id for part in gone]).delete()
    nothing_barred(lead, now)
    if not staying:
        leads.close(lead, how=FILED_BY_MISTAKE, words=words, by=by, actor=actor, at=now)


def _forget(lead: Lead, records: list[Person], sent: Sequence[Sent], by: User, now: datetime) -> None:
    """What only this document told of people goes from their records; whoever nothing else tells of names nobody."""
    requests = [each.request for each in sent]
    spoke = people.forget(records, None, requests, at=now)
    left = {person.id for person in spoke}
    left -= set(Guardian.objects.filter(guardian__in=left).values_list("guardian", flat=True))
    others = Lead.objects.exclude(id=lead.id).filter(Q(contact__in=left) | Q(patient__in=left))
    left -= {each for pair in others.values_list("contact", "patient") for each in pair if each is not None}
    nobody = [person for person in spoke if person.id in left]
    for person in Person.objects.select_related("key").filter(id__in=left, erased_at=None):
        people.empty(person, requests, at=now)
    if records and not any(each.stays for each in sent):
        nobody += records
    pairs = PossibleMatch.objects.filter(Q(known__in=nobody) | Q(newcomer__in=nobody), status__in=WAITING)
    pairs.update(status="different", decided_by=by, decided_at=now)
