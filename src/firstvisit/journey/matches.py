"""What a person needs to see to say whether two records are one person's."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from firstvisit.journey.merging import pairs_for
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead, LeadMerge
from firstvisit.people.identity import Identity
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.shown import Comparison
from firstvisit.people.matching.verdict import compare
from firstvisit.people.matching.why import why_a_person
from firstvisit.people.merging import CAPABILITY
from firstvisit.people.models import WAITING, Guardian, Merge, PossibleMatch
from firstvisit.people.policy import Matching
from firstvisit.people.queries import identities
from firstvisit.people.recognising import opened_candidates
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy

PAGE: Final = 50
DECIDED: Final = 20


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair on the list. An identity that does not open is None."""

    pair: PossibleMatch
    known: Identity | None
    newcomer: Identity | None
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class PairList:
    """A page of the pairs that wait, oldest first, from the `start`th; how many there are, and the latest that were
    decided."""

    waiting: tuple[PairLine, ...]
    start: int
    total: int
    decided: tuple[PairLine, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records, opened, with its leads and whoever speaks for the person."""

    identity: Identity
    described: Described
    speakers: tuple[tuple[Identity, str], ...]
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class PairFile:
    """Two records side by side, compared as they are now; the merge that stands, if one does."""

    pair: PossibleMatch
    known: Side
    newcomer: Side
    comparison: Comparison
    why: tuple[str, ...]
    """Why no machine decides, or decided, about them."""
    merge: Merge | None
    joined: tuple[LeadMerge, ...]


def pair_list(user: User, *, start: int = 0, most: int = PAGE) -> PairList:
    """The pairs in a person's scope; six questions to the database, however many there are."""
    mine = pairs_for(user).select_related("decided_by")
    open_ones = mine.filter(status__in=WAITING)
    waiting, total = list(open_ones.order_by("found_at", "id")[start : start + most]), open_ones.count()
    decided = list(mine.exclude(status__in=WAITING).order_by("-decided_at", "-id")[:DECIDED])
    shown = [*waiting, *decided]
    ids = {person for pair in shown for person in (pair.known_id, pair.newcomer_id)}
    who, leads = identities(ids), _leads(ids)
    lines = {pair.id: _line(pair, who, leads) for pair in shown}
    return PairList(
        tuple(lines[pair.id] for pair in waiting), start, total, tuple(lines[pair.id] for pair in decided)
    )


def pair_file(pair: PossibleMatch) -> PairFile | None:
    """Both records of a pair, opened and compared; None when one of them has been erased since."""
    opened = {
        record: (identity, described)
        for record, _, _, identity, described in opened_candidates([pair.known_id, pair.newcomer_id], as_said=True)
    }
    if not {pair.known_id, pair.newcomer_id} <= opened.keys():
        return None
    leads = _leads(set(opened))
    speakers: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = defaultdict(list)
    for guardian in Guardian.objects.filter(patient__in=list(opened)).order_by("id"):
        speakers[guardian.patient_id].append((guardian.guardian_id, guardian.relationship))
    who = identities(speaker for found in speakers.values() for speaker, _ in found)
    sides = {
        record: Side(
            identity,
            described,
            tuple((who[speaker][0], word) for speaker, word in speakers[record] if speaker in who),
            tuple(leads[record]),
        )
        for record, (identity, described) in opened.items()
    }
    known, newcomer = sides[pair.known_id], sides[pair.newcomer_id]
    rules = policy().section(Matching)
    comparison = compare(known.described, newcomer.described, rules, this_year=clock.now().year)
    merge = Merge.objects.filter(match=pair, undone_at__isnull=True).select_related("by").first()
    waits = pair.status in WAITING
    others = PossibleMatch.objects.filter(newcomer=pair.newcomer_id, status__in=WAITING).exclude(id=pair.id)
    doubts = tuple(f"{doubt.text}." for doubt in comparison.doubts)
    why = why_a_person(comparison, rules, others=others.count()) if waits else doubts
    joined = LeadMerge.objects.filter(merge=merge).select_related("going", "staying") if merge else ()
    return PairFile(pair, known, newcomer, comparison, why, merge, tuple(joined))


def pairs_of(user: User, lead: Lead) -> list[PossibleMatch]:
    """The pairs of a lead's patient that wait or were merged, as far as the person may see them."""
    if lead.patient_id is None or not user.may(CAPABILITY):
        return []
    theirs = Q(newcomer=lead.patient_id) | Q(known=lead.patient_id)
    return list(pairs_for(user).exclude(status="different").filter(theirs).order_by("found_at", "id"))


def _leads(people: set[uuid.UUID]) -> dict[uuid.UUID, list[Lead]]:
    found: dict[uuid.UUID, list[Lead]] = defaultdict(list)
    for lead in Lead.objects.filter(patient__in=people).select_related("facts").order_by("number"):
        if lead.patient_id is not None:
            found[lead.patient_id].append(lead)
    return found


def _line(
    pair: PossibleMatch, who: Mapping[uuid.UUID, tuple[Identity, object]], leads: dict[uuid.UUID, list[Lead]]
) -> PairLine:
    known, newcomer = who.get(pair.known_id), who.get(pair.newcomer_id)
    both = (*leads[pair.known_id], *leads[pair.newcomer_id])
    return PairLine(pair, known[0] if known else None, newcomer[0] if newcomer else None, both)
