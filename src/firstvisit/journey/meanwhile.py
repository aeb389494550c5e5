"""What came while two people were held to be one: when that is taken back, each request goes to whom it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from firstvisit.journey.joining import join, outside
from firstvisit.journey.parting import ERASED, Sent, leave, told_it_came
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Problem, SealBroken
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadMerge
from firstvisit.leads.queries import code
from firstvisit.people import records
from firstvisit.people import services as people
from firstvisit.people.marks import marks_of
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.verdict import compare
from firstvisit.people.models import Person
from firstvisit.people.parting import forget
from firstvisit.people.policy import Matching
from firstvisit.people.queries import same_people
from firstvisit.people.recognising import CLEAR
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.parting import together
from firstvisit.steps.intake.models import Part
from firstvisit.steps.intake.readings import reading_of


def sent_to_both(row: LeadMerge) -> list[Sent]:
    """All that was sent to either lead of a merge, in the order in which it came: what came to the lead that stays
    stays with it, unless it came since and names the other person more clearly."""
    both = (row.going, row.staying)
    aside = {UUID(item) for lead in both for item in outside(lead)}
    parts = Part.objects.filter(lead__in=both, end__in=("opened", "joined")).order_by("id")
    parts = parts.exclude(item__in=aside).select_related("item__key", "item__document")
    sent = [_opened(part, stays=part.lead_id == row.staying_id) for part in parts]
    before = [each for each in sent if each.part.at <= row.merge.at]
    theirs = _described([each for each in before if not each.stays])
    ours = _described([each for each in before if each.stays])
    return [each if each in before else replace(each, stays=not _names(each, theirs, ours)) for each in sent]


def came_since(row: LeadMerge, sent: Sequence[Sent]) -> list[Sent]:
    """Of these the ones that came to the lead that stays after the merge."""
    return [each for each in sent if each.part.lead_id == row.staying_id and each.part.at > row.merge.at]


def part_what_came(row: LeadMerge, sent: Sequence[Sent], *, words: str, actor: Actor, at: datetime) -> None:
    """The two leads, parted and locked, say what was sent about each of them and nothing else."""
    going, staying = row.going, row.staying
    assert going.patient is not None and staying.patient_id is not None
    ids = same_people([staying.patient_id])[staying.patient_id]
    known = list(Person.objects.filter(id__in=ids).select_related("key").order_by("id"))
    forget(known, going.patient, [each.request for each in sent], at=at)
    leave(staying, known, list(sent), [each for each in sent if each.stays])
    for each in came_since(row, sent):
        if not each.stays:
            _move(row, each, going, words, actor, at)


def _move(row: LeadMerge, each: Sent, going: Lead, words: str, actor: Actor, at: datetime) -> None:
    assert going.patient is not None
    quiet = each.reading.quiet or told_it_came(row.staying, each.part)
    reading = replace(each.reading, clock_from=at, quiet=quiet)
    resolved = people.resolve(reading.referral, continues=records.known(going.patient))
    each.part.delete()
    join(each.part.item, reading, resolved, going, practice())
    data = {
        "from": code(row.staying.number),
        "to": code(going.number),
        "item": str(each.part.item_id),
        "pair": str(row.merge.match_id),
    }
    services.noted(row.staying, "parted_off", actor, at=at, data=data, words=words)


def _opened(part: Part, *, stays: bool) -> Sent:
    try:
        reading = list(reading_of(part.item, practice().program_words).each())[part.number]
    except SealBroken:
        raise BadInput([Problem("reason", ERASED)]) from None
    return Sent(part, replace(reading, pages=part.pages), stays)


def _described(sent: Sequence[Sent]) -> Described | None:
    whole = together([each.reading.referral for each in sent])
    return marks_of(whole).described if whole is not None else None


def _names(each: Sent, theirs: Described | None, ours: Described | None) -> bool:
    """Whether a request is clearly about the other person: where it could be about either it stays where it came."""
    who = marks_of(each.reading.referral).described
    if who is None or theirs is None or ours is None:
        return False
    rules, year = policy().section(Matching), clock.now().year
    other, own = (compare(who, one, rules, this_year=year) for one in (theirs, ours))
    return other.verdict != "different" and other.weight - own.weight >= CLEAR
