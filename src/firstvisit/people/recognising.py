"""Recognising a newcomer among those who are known: candidates by shared blocks, a few opened, compared field by field.

Six questions to the database at most, however many people there are and however many candidates.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.db.models import Q

from firstvisit.kernel import seal
from firstvisit.kernel.models import DataKey
from firstvisit.people.identity import Identity
from firstvisit.people.matching.blocking import SHARED_BITS
from firstvisit.people.matching.described import Described, described
from firstvisit.people.matching.shown import Comparison
from firstvisit.people.matching.verdict import compare, stays_another
from firstvisit.people.models import WAITING, ContactPoint, Guardian, Insurance, Person, PossibleMatch
from firstvisit.people.policy import Matching

CLEAR: Final = 3.0
"""Bits by which the best of several who are all the same must lie before the next; else a person decides."""
IDENTIFYING: Final = frozenset({"first_name", "last_name", "birth_date"})
REMEMBERED: Final = 20_000
"""How many opened identities are remembered at most, some 40 MB."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody known, opened and compared with the newcomer."""

    person: Person
    key: seal.OpenKey
    identity: Identity
    comparison: Comparison
    record: uuid.UUID
    """Which of the person's records was compared: theirs, or one that was merged into it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who the newcomer is, if that is certain, and who they may be."""

    same: Alike | None = None
    possibly: tuple[Alike, ...] = ()


def candidates(blocks: Mapping[int, int], rules: Matching) -> list[uuid.UUID]:
    """Who shares the most with a newcomer of these blocks (`keys.block_tokens`), the most first; see
    `candidates_of_many`."""
    return candidates_of_many([blocks], rules)[0]


def candidates_of_many(
    newcomers: Sequence[Mapping[int, int]], rules: Matching
) -> list[list[uuid.UUID]]:
    """For each of many newcomers the people worth opening, in one question to the database: in the order of
    `newcomers` lists of person ids, whoever shares the most first, `rules.opened` at most.

    Looks at blocks alone and opens nothing. A block that more than `rules.crowd` people share is left out; whoever
    shares less than `rules.shared_bits` in all common blocks together is ruled out. Merged and erased records may be
    among the ids: `opened_candidates` follows and drops them.
    """
    found: list[list[uuid.UUID]] = [[] for _ in newcomers]
    asked = {number: blocks for number, blocks in enumerate(newcomers) if blocks}
    if not asked:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.number, near.id"
            " FROM unnest(%s::integer[], %s::text[], %s::text[]) AS asked (number, wanted, parts)"
            " CROSS JOIN LATERAL people_candidates("
            "   asked.wanted::integer[], asked.parts::integer[], %s::integer[], %s, %s, %s) AS near",
            [
                list(asked),
                [_array(blocks) for blocks in asked.values()],
                [_array(map(int, blocks.values())) for blocks in asked.values()],
                list(SHARED_BITS.values()),
                rules.shared_bits,
                rules.crowd,
                rules.opened,
            ],
        )
        for number, person_id in cursor.fetchall():
            found[number].append(person_id)
    return found


def _array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array; lists of differing lengths cannot be sent as one array of arrays."""
    return f"{{{','.join(map(str, numbers))}}}"


def recognise(
    who: Described, ids: Iterable[uuid.UUID], rules: Matching, *, this_year: int, but: Collection[uuid.UUID] = ()
) -> Recognised:
    """Open these people and compare each with the newcomer; merged records count as the one that stands. `but` are
    those the newcomer is not."""
    alike = compared_with(who, ids, rules, this_year=this_year)
    return _told([each for each in alike if each.person.id not in but])


def recognise_each(
    newcomers: Sequence[tuple[Described | None, Sequence[uuid.UUID]]],
    rules: Matching,
    *,
    this_year: int,
    before: Before | None = None,
) -> list[Recognised]:
    """`recognise` for many newcomers, with the candidates of each: everybody is opened once, in as many questions as
    for one newcomer. `before` spares opening again who was opened for earlier ones."""
    return [_told(alike) for alike in _compared_each(newcomers, rules, this_year, before)]


def compared_with(
    who: Described, ids: Iterable[uuid.UUID], rules: Matching, *, this_year: int
) -> list[Alike]:
    """These people opened and compared with the newcomer, the likeliest first. Whoever is another by their identity
    alone is left out: how they are reached is neither asked for nor opened."""
    return _compared_each([(who, list(ids))], rules, this_year)[0]


def _told(alike: Sequence[Alike]) -> Recognised:
    """Who the newcomer is or may be, of those compared, the likeliest first."""
    same = [each for each in alike if each.comparison.verdict == "same"]
    clear = bool(same) and (len(same) == 1 or same[0].comparison.weight - same[1].comparison.weight >= CLEAR)
    if clear and not _asked_about(same[0]):
        return Recognised(same[0])
    return Recognised(None, tuple(each for each in alike if each.comparison.verdict != "different"))


def _asked_about(best: Alike) -> bool:
    """Whether somebody is still asked who the best is: then whoever comes with another form of the name or of the birth
    date is asked about too, for a guess would decide what is open."""
    if exactly(best.comparison):
        return False
    either = Q(known=best.person.id) | Q(newcomer=best.person.id)
    return PossibleMatch.objects.filter(either, status__in=WAITING).exists()


def exactly(comparison: Comparison) -> bool:
    """Whether names and birth date, as far as stated, are written alike."""
    return all(field.level in ("exact", "unknown") for field in comparison.fields if field.field in IDENTIFYING)


def _compared_each(
    newcomers: Sequence[tuple[Described | None, Sequence[uuid.UUID]]],
    rules: Matching,
    this_year: int,
    before: Before | None = None,
) -> list[list[Alike]]:
    worth = _worth_opening(newcomers, rules, this_year, before if before is not None else Before())
    records = _records(each for ids in worth for each in ids)
    alone = {record: described(identity) for record, identity in records.identities.items()}
    likely = [
        [
            record
            for record in records.standing_too(ids)
            if who is not None and not stays_another(alone[record], who, rules, this_year=this_year)
        ]
        for (who, _), ids in zip(newcomers, worth, strict=True)
    ]
    opened = {each[0]: each for each in _described(records, list({r for ids in likely for r in ids}), as_said=False)}
    return [
        _likeliest_first(who, [opened[record] for record in ids], rules, this_year) if who is not None else []
        for (who, _), ids in zip(newcomers, likely, strict=True)
    ]


def _likeliest_first(
    who: Described,
    opened: Iterable[tuple[uuid.UUID, Person, seal.OpenKey, Identity, Described]],
    rules: Matching,
    this_year: int,
) -> list[Alike]:
    alike = [
        Alike(person, key, identity, compare(theirs, who, rules, this_year=this_year), record)
        for record, person, key, identity, theirs in opened
    ]
    alike.sort(key=lambda each: (-each.comparison.weight, each.person.id))
    # Of several records of one person the one that fits best speaks for them.
    return list({each.person.id: each for each in reversed(alike)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Before:
    """Identities opened for earlier newcomers of one piece of work, by their sealed bytes: among the names of a town
    the same people are candidates again and again. It ends with that work."""

    opened: dict[bytes, Described] = field(default_factory=dict)

    def keep(self, sealed: bytes, said: Described) -> Described:
        if len(self.opened) >= REMEMBERED:
            self.opened.clear()
        self.opened[sealed] = said
        return said


def _worth_opening(
    newcomers: Sequence[tuple[Described | None, Sequence[uuid.UUID]]],
    rules: Matching,
    this_year: int,
    before: Before,
) -> list[list[uuid.UUID]]:
    """Of each newcomer's candidates those who are not another by their identity alone, and records that were merged,
    for which whoever stands is looked at. Most candidates end here, so they are read as columns."""
    wanted = {each for who, ids in newcomers if who is not None for each in ids}
    rows = Person.objects.filter(id__among=wanted, erased_at__isnull=True) if wanted else Person.objects.none()
    alone: dict[uuid.UUID, Described | None] = {}
    for person_id, sealed, same_as, key_id, wrapped, master in rows.values_list(
        "id", "sealed", "same_as_id", "key_id", "key__wrapped", "key__master"
    ):
        alone[person_id] = None
        if same_as is None and (said := before.opened.get(bytes(sealed))) is not None:
            alone[person_id] = said
        elif same_as is None:
            key = seal.open_key(DataKey(id=key_id, wrapped=wrapped, master=master))
            identity = Identity(**seal.unseal_json(key, "people_person", "sealed", person_id, sealed))
            alone[person_id] = before.keep(bytes(sealed), described(identity))
    return [
        [
            each
            for each in ids
            if who is not None
            and each in alone
            and ((said := alone[each]) is None or not stays_another(said, who, rules, this_year=this_year))
        ]
        for who, ids in newcomers
    ]


@dataclass(frozen=True, slots=True)
class _Records:
    """Records read and opened, and those who stand for them."""

    people: dict[uuid.UUID, Person]
    keys: dict[uuid.UUID, seal.OpenKey]
    identities: dict[uuid.UUID, Identity]

    def standing_too(self, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """These records, as far as they were read, and whoever they were merged into."""
        read = self.people.keys() & set(ids)
        return read | {standing for each in read if (standing := self.people[each].same_as_id) is not None}


def opened_candidates(
    ids: Iterable[uuid.UUID], *, as_said: bool = False
) -> list[tuple[uuid.UUID, Person, seal.OpenKey, Identity, Described]]:
    """Records with everything the matcher looks at: identity, every phone and address they or those who speak for
    them were ever reached by, and member numbers. With each the person who stands for it, opened; `as_said`: with each
    its own identity, whoever stands for it."""
    records = _records(ids)
    return _described(records, list(records.people), as_said=as_said)


def _records(ids: Iterable[uuid.UUID]) -> _Records:
    """The records and whoever they were merged into, erased ones left out."""
    wanted = set(ids)
    if not wanted:
        return _Records({}, {}, {})
    found = Person.objects.filter(id__among=wanted, erased_at__isnull=True).select_related("key", "same_as__key")
    people = {person.id: person for record in found for person in (record, record.same_as) if person is not None}
    keys = {person_id: seal.open_key(person.key) for person_id, person in people.items()}
    return _Records(people, keys, {each: _identity(person, keys[each]) for each, person in people.items()})


def _described(
    records: _Records, likely: Sequence[uuid.UUID], *, as_said: bool
) -> list[tuple[uuid.UUID, Person, seal.OpenKey, Identity, Described]]:
    if not likely:
        return []
    keys = {record: records.keys[record] for record in likely}
    own, spoken = _reach(keys)
    members = _member_ids(keys)
    opened = []
    for record in likely:
        stands = (not as_said and records.people[record].same_as_id) or record
        theirs = described(
            records.identities[record], also=own[record], reached_by=spoken[record], member_ids=members[record]
        )
        opened.append((record, records.people[stands], records.keys[stands], records.identities[stands], theirs))
    return opened


def _identity(person: Person, key: seal.OpenKey) -> Identity:
    return Identity(**seal.unseal_json(key, "people_person", "sealed", person.id, person.sealed))


def _reach(keys: dict[uuid.UUID, seal.OpenKey]) -> tuple[dict[uuid.UUID, list[str]], dict[uuid.UUID, list[str]]]:
    """What these people were reached by: of their own, and of those who speak for them. Read as columns: hundreds of
    candidates are opened for one batch of a file."""
    own: dict[uuid.UUID, list[str]] = defaultdict(list)
    spoken: dict[uuid.UUID, list[str]] = defaultdict(list)
    points = ContactPoint.objects.filter(person__among=keys).values_list("person_id", "id", "sealed")
    for person_id, row_id, sealed in points:
        own[person_id].append(_reached(keys[person_id], row_id, sealed))
    theirs = Guardian.objects.filter(
        patient__among=keys, guardian__erased_at__isnull=True, guardian__contact_points__isnull=False
    ).values_list("patient_id", "guardian_id", "guardian__contact_points__id", "guardian__contact_points__sealed")
    found = list(theirs)
    opened = keys | _keys_of({guardian_id for _, guardian_id, *_ in found} - keys.keys())
    for patient_id, guardian_id, row_id, sealed in found:
        spoken[patient_id].append(_reached(opened[guardian_id], row_id, sealed))
    return own, spoken


def _keys_of(people: set[uuid.UUID]) -> dict[uuid.UUID, seal.OpenKey]:
    rows = Person.objects.filter(id__among=people).values_list("id", "key_id", "key__wrapped", "key__master")
    return {
        person_id: seal.open_key(DataKey(id=key_id, wrapped=wrapped, master=master))
        for person_id, key_id, wrapped, master in rows
    }


def _reached(key: seal.OpenKey, row_id: uuid.UUID, sealed: bytes | memoryview) -> str:
    return seal.unseal(key, "people_contactpoint", "sealed", row_id, sealed).decode()


def _member_ids(keys: dict[uuid.UUID, seal.OpenKey]) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Insurance.objects.filter(person__among=keys).values_list("person_id", "id", "sealed")
    for person_id, row_id, sealed in rows:
        value = seal.unseal_json(keys[person_id], "people_insurance", "sealed", row_id, sealed)
        found[person_id].append(value.get("member_id") or "")
    return found
