"""Who may decide for a patient, who may be told, and what must not happen: authority and restrictions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

import structlog
from django.db.models import Q

from firstvisit.kernel import seal
from firstvisit.kernel.errors import SealBroken
from firstvisit.kernel.ids import new_id
from firstvisit.people.barring import barred, box_keys
from firstvisit.people.forbidding import AVOID, reach
from firstvisit.people.households import Kin, kin_of
from firstvisit.people.identity import Identity
from firstvisit.people.models import Guardian, Person, PersonKey, Restriction
from firstvisit.people.queries import email_addresses, identities, same_people
from firstvisit.practice.models import User
from firstvisit.referral.vocabulary import as_read

log = structlog.get_logger("people")

AUTHORITIES: Final[dict[str, str]] = {
    "": "not asked",
    "may_consent": "parent or guardian, may consent",
    "no_authority": "no authority to consent",
    "shared": "shares the decision, another must agree",
    "foster": "foster parent, within the placement",
    "court_order": "as a court order says",
}
RESTRICTIONS: Final[dict[str, str]] = {
    "court_order": "Court order",
    AVOID: "Address to avoid",
    "may_not_be_told": "May not be told",
}

PAPERS: Final[dict[str, str]] = {"": "", "seen": "paper seen", "not_seen": "paper not seen"}
"""Whether somebody of ours saw the order or agreement that a restriction rests on."""
COURT_ORDER: Final = f"{RESTRICTIONS['court_order']}."
"""What `in_words` calls a court order about the very patient."""
NOT_TOLD: Final = "Not on the talk-to list"
LIMITED: Final[dict[str, str]] = {
    "no_authority": "No authority to consent",
    "shared": "Shares the decision, another must agree",
    "court_order": "Decides only as a court order says",
}
"""Authorities that whoever talks with them must know of."""
OF_HOUSEHOLD: Final = "another of the household"


@dataclass(frozen=True, slots=True)
class Standing:
    """A restriction in force, opened: whom it is about, if anybody, the address nothing may go to, and why."""

    id: uuid.UUID
    kind: str
    person: uuid.UUID | None
    address: str
    words: str
    at: datetime
    by: str
    relation: str = ""
    """How the person is related to the patient, where they were named for this."""
    since: str = ""
    """From which day it holds, ISO; "" where nobody said."""
    paper: str = ""
    """Whether somebody of ours saw the paper (`PAPERS`)."""


class Said(NamedTuple):
    """What somebody may decide (`AUTHORITIES`): `source` is through what they said so themselves, "" where staff noted
    it, `DISPUTED` where they said one thing and another; `at` when they said it."""

    authority: str
    source: str
    at: datetime | None

    @classmethod
    def of(cls, pair: Guardian | None) -> Said | None:
        """None where nothing was said or noted."""
        if pair is None or not (pair.authority or pair.authority_from):
            return None
        return cls(pair.authority, pair.authority_from, pair.authority_at)


@dataclass(frozen=True, slots=True)
class Restricted:
    """One thing that must not happen, in words: `text` whole, `about` for whom the words of why are hidden, `what` for
    whom names are hidden too. `whose` is the other patient for whom it was set, None where it was this one; `place`
    where nothing may go by it, "" for none."""

    what: str
    about: str
    text: str
    whose: uuid.UUID | None = None
    place: str = ""


def standing(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Standing]]:
    """The restrictions in force about each patient, by whichever of their records, oldest first; two questions
    however many patients, and only those are named about whom there are any."""
    same = same_people(patients)
    opened = _in_force({record for records in same.values() for record in records})
    found = {patient: _of(records, opened) for patient, records in same.items()}
    return {patient: those for patient, those in found.items() if those}


def in_words(patients: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Restricted]]:
    """What must not happen about each patient, oldest first, then who is not on the talk-to list or may not decide;
    then what was set for others of the household: a way to avoid, which holds for all of them, and of the rest that
    there is something.

    Four questions however many patients; only those are named about whom there is something.
    """
    kin = kin_of(patients)
    about = {record for one in kin.values() for record in (*one.own, *one.others)}
    found, limits = _in_force(about), _limits(about)
    if not (found or limits):
        return {}
    people = {each.person for those in found.values() for each in those if each.person}
    people |= {person for those in limits.values() for _, person in those}
    about = found.keys() | limits.keys()
    people |= {person for one in kin.values() for record, person in one.others.items() if record in about}
    names = {person: who for person, (who, _) in identities(people).items()}
    said = {
        patient: [*_own(one, found, limits, names), *_of_kin(one, found, limits, names)]
        for patient, one in kin.items()
    }
    return {patient: those for patient, those in said.items() if those}


def _in_force(records: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Standing]]:
    """The restrictions in force by record, opened, in one question."""
    rows = Restriction.objects.filter(patient__among=set(records), lifted_at__isnull=True)
    opened: dict[uuid.UUID, list[Standing]] = {}
    for row in rows.select_related("patient__key", "by").order_by("at", "id"):
        said = _opened(row)
        more = {name: said.get(name, "") for name in ("relation", "since", "paper")}
        one = Standing(row.id, row.kind, row.person_id, said["address"], said["words"], row.at, row.by.name, **more)
        opened.setdefault(row.patient_id, []).append(one)
    return opened


def _of(records: Iterable[uuid.UUID], opened: Mapping[uuid.UUID, list[Standing]]) -> list[Standing]:
    return sorted((each for record in records for each in opened.get(record, ())), key=lambda each: each.at)


def _opened(row: Restriction) -> dict[str, str]:
    """Why, and the address; of one that does not open it is said that it is there, for nobody must overlook it."""
    try:
        key = seal.open_key(row.patient.key)
        said: dict[str, str] = seal.unseal_json(key, "people_restriction", "sealed", row.id, row.sealed)
    except SealBroken as error:
        log.error("restriction_does_not_open", restriction=str(row.id), exc_info=error)
        return {"words": "Its words cannot be read; ask whoever wrote it", "address": ""}
    return said


def _limits(records: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, uuid.UUID]]]:
    """(what limits them, who) of those who speak for each record and are not on the talk-to list or may not decide, in
    one question."""
    limited = Q(may_be_told=False) | Q(authority__in=LIMITED)
    pairs = Guardian.objects.filter(limited, patient__among=set(records)).order_by("id")
    found: dict[uuid.UUID, list[tuple[str, uuid.UUID]]] = {}
    for patient, who, told, authority in pairs.values_list("patient", "guardian", "may_be_told", "authority"):
        those = found.setdefault(patient, [])
        if told is False:
            those.append((NOT_TOLD, who))
        if authority in LIMITED:
            those.append((LIMITED[authority], who))
    return found


def _own(
    one: Kin,
    found: Mapping[uuid.UUID, list[Standing]],
    limits: Mapping[uuid.UUID, list[tuple[str, uuid.UUID]]],
    names: Mapping[uuid.UUID, Identity],
) -> Iterator[Restricted]:
    """What was set for the patient, whom nothing is told about them, and who may not decide for them."""
    theirs = _of(one.own, found)
    told = {each.person for each in theirs if each.kind == "may_not_be_told"}
    for each in theirs:
        yield _sentence(each, names)
    for what, person in dict.fromkeys(limit for record in one.own for limit in limits.get(record, ())):
        if what != NOT_TOLD or person not in told:
            name = names[person].name if person in names else "a guardian"
            yield Restricted(f"{what}.", f"{what}: {name}.", f"{what}: {name}.")


def _of_kin(
    one: Kin,
    found: Mapping[uuid.UUID, list[Standing]],
    limits: Mapping[uuid.UUID, list[tuple[str, uuid.UUID]]],
    names: Mapping[uuid.UUID, Identity],
) -> Iterator[Restricted]:
    """What was set for others of the household."""
    others: dict[uuid.UUID, list[uuid.UUID]] = {}
    for record, person in one.others.items():
        others.setdefault(person, []).append(record)
    for person, records in others.items():
        who = names[person].first_name or names[person].name if person in names else OF_HOUSEHOLD
        theirs = _of(records, found)
        for each in theirs:
            if each.kind == AVOID:
                yield _sentence(each, names, whose=person, set_for=who)
        kinds = [RESTRICTIONS[each.kind] for each in theirs if each.kind != AVOID]
        kinds += [NOT_TOLD for record in records for what, _ in limits.get(record, ()) if what == NOT_TOLD]
        for kind in dict.fromkeys(kinds):
            said = f"{kind}: there is one about {who}, of the same household. Look there before you say anything."
            yield Restricted(f"{kind}, set for {OF_HOUSEHOLD}.", said, said, whose=person)


def _sentence(
    each: Standing, names: Mapping[uuid.UUID, Identity], *, whose: uuid.UUID | None = None, set_for: str = ""
) -> Restricted:
    head = RESTRICTIONS[each.kind]
    place = each.address if "@" in each.address else as_read(each.address)
    person = names[each.person].name if each.person and each.person in names else ""
    set_for = f"set for {set_for}" if set_for else ""
    whom = ", ".join(part for part in (person, each.relation if person else "", place, set_for) if part)
    about = f"{head}{f': {whom}' if whom else ''}."
    grounds = ", ".join(part for part in (since(each), PAPERS.get(each.paper, ""), each.by) if part)
    text = f"{about} {each.words.rstrip('.')} ({grounds})."
    what = f"{head}, set for {OF_HOUSEHOLD}." if whose else f"{head}."
    return Restricted(what, about, text, whose=whose, place=each.address)


def since(each: Standing) -> str:
    """From which day it holds, in words."""
    if not each.since:
        return ""
    day = date.fromisoformat(each.since)
    return f"since {day:%B} {day.day}, {day.year}"


def restrict(
    patient: Person,
    *,
    kind: str,
    person: Person | None,
    address: str,
    words: str,
    by: User,
    at: datetime,
    grounds: Mapping[str, str] | None = None,
) -> bool:
    """Write a restriction. `address` is a phone or e-mail address that nothing may go to, "" for none; `grounds` are
    relation, since and paper, as far as somebody said. False when the same, word for word, is in force already."""
    same = Restriction.objects.filter(patient=patient, kind=kind, person=person, lifted_at__isnull=True, by=by)
    same = same.filter(address=reach(address) if address else None).select_related("patient__key")
    if any(_opened(row)["words"] == words for row in same):
        return False
    row_id, key = new_id(), seal.open_key(patient.key)
    Restriction.objects.create(
        id=row_id,
        patient=patient,
        kind=kind,
        person=person,
        address=reach(address) if address else None,
        sealed=seal.seal_json(
            key, "people_restriction", "sealed", row_id, {**(grounds or {}), "words": words, "address": address}
        ),
        by=by,
        at=at,
    )
    if person is not None:
        addresses = email_addresses(person, seal.open_key(person.key))
        PersonKey.objects.bulk_create(box_keys(person, addresses), ignore_conflicts=True)
    return True


def lift(restriction: uuid.UUID, patient: Person, *, by: User, at: datetime) -> bool:
    """A restriction ends; False when it is not in force or not about this patient."""
    theirs = Restriction.objects.filter(
        id=restriction, patient__in=same_people([patient.id])[patient.id], lifted_at__isnull=True
    )
    return theirs.update(lifted_at=at, lifted_by=by) == 1


def of_others(who: Iterable[Identity], ids: Iterable[uuid.UUID], but: Iterable[uuid.UUID]) -> list[Restricted]:
    """That somebody is named in a restriction about another patient than `but` (records): look there first. Two
    questions where nobody is named anywhere."""
    own = {record for records in same_people(but).values() for record in records}
    found = [each for each in barred(who, ids) if each.patient not in own]
    names = {person: one.name for person, (one, _) in identities({each.patient for each in found}).items()}
    said = []
    for each in found:
        kind, about = RESTRICTIONS[each.kind].lower(), names.get(each.patient, "somebody here")
        head = f"{each.name} is" if each.sure else f"Somebody called {each.name}, perhaps the same, is"
        text = f"{head} named in a restriction ({kind}) about {about}. Look there before you say anything."
        said.append(Restricted("Named in a restriction about somebody else.", text, text, whose=each.patient))
    return list(dict.fromkeys(said))


def authorize(patient: Person, guardian: uuid.UUID, *, authority: str, may_be_told: bool | None) -> bool:
    """What somebody who speaks for a patient may decide and be told; False when they do not speak for them."""
    pair = Guardian.objects.filter(patient=patient, guardian=guardian)
    noted = {"authority": authority, "authority_from": "", "authority_at": None}
    if may_be_told:
        pair.update(stranger=False)
    return pair.update(**noted, may_be_told=may_be_told) == 1
