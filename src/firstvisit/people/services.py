"""Finding or making the people of a referral."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, models

from firstvisit.kernel import clock, seal, writes
from firstvisit.people import referrers
from firstvisit.people.barring import bars, box_keys, named_anywhere, same_as_barred
from firstvisit.people.identity import Identity, sender_of
from firstvisit.people.marks import Marks, marks_of
from firstvisit.people.matching.shown import Comparison
from firstvisit.people.models import (
    WAITING,
    Person,
    PossibleMatch,
)
from firstvisit.people.policy import Matching
from firstvisit.people.present import named_present
from firstvisit.people.queries import told_apart
from firstvisit.people.recognising import (
    CLEAR,
    Alike,
    Recognised,
    candidates,
    compared_with,
    exactly,
    recognise,
)
from firstvisit.people.records import (
    Known,
    another,
    complete,
    gives_other_ways,
    insure,
    make,
    opened,
    other_name,
)
from firstvisit.people.referrers import WhoRefers
from firstvisit.people.resolved import Resolved
from firstvisit.people.speaking import guard
from firstvisit.people.strangers import beside, stranger_in
from firstvisit.practice.queries import policy
from firstvisit.referral.record import Referral


def lock(referrals: Iterable[Referral]) -> None:
    """Lock the people of several referrals at once, before any is resolved: two deliveries with the same
    patients in another order do not wait for each other in a circle. One alone is locked by `resolve`."""
    several = list(referrals)
    if len(several) > 1:
        lock_tokens(mark for referral in several for mark in marks_of(referral).all)


def resolve(
    referral: Referral,
    *,
    continues: Known | None = None,
    newcomers: WhoRefers | None = None,
    possibly: tuple[Alike, ...] = (),
    but: Collection[uuid.UUID] = (),
    by_staff: bool = False,
    anybody: bool = False,
    own: bool = True,
    present: str = "",
    about: bool = False,
) -> Resolved:
    """Find each person of the referral by exact strong keys, or make them.

    `continues` is the patient of the request that this one goes on with (step 2 of a form): the same
    person unless a name or birth date now stated says otherwise, or names somebody who is known already. `own`: that
    request made them; one that joined somebody's lead is no better known by its second step.

    Runs inside the caller's transaction. Before it looks it takes advisory transaction locks on all strong
    keys in sorted order, so of two ways in at once the second sees what the first wrote.

    With `newcomers` nobody is looked for and nothing asked of the database: the people are made as if nobody
    knew them, and whoever refers is taken from there (`people.newcomers` says of whom that is true); `possibly` are
    those the patient may be. `but` are people who, as a person said, the patient is not. `by_staff`: somebody of ours
    typed it, who may give a patient other phones and addresses. `anybody`: it came by a door at which anybody may
    ask. `present` says who stands at the window. `about`: somebody of ours said that it is about whom `continues`
    names, so another birth date corrects theirs.
    """
    marks = marks_of(referral)
    patient, contact = marks.patient, marks.contact
    found: list[_Candidate] = []
    if newcomers is None:
        lock_tokens(marks.all)
        found = _by_keys(marks.patient_keys | marks.contact_keys)

    resolved = Resolved(None, None, None, None, marks=marks)
    resolved.by_staff = by_staff
    resolved.speaks = sender_of(referral)
    resolved.present = named_present(present, resolved.speaks)
    resolved.itself = resolved.speaks is None and referral.lead_kind not in ("referral_partner", "organization")
    if patient is not None:
        if newcomers is not None:
            resolved.patient = make(patient, marks.patient_keys, resolved.rows, marks.blocks)
            _record_possible(resolved, resolved.patient.person, possibly)
        elif continues is None or (other_name if about else another)(continues.identity, patient):
            _resolve_patient(marks, found, resolved, but)
        else:
            _resolve_continued(continues, marks, found, resolved, but, own=own)
    if newcomers is None and not resolved.known_by:
        resolved.barred = _names(resolved, [pair.known_id for pair in resolved.possible]) or resolved.barred
    if resolved.patient is not None and (resolved.patient.new or not resolved.barred):
        insure(resolved.patient, referral, resolved.rows)
    if contact is not None:
        taken = resolved.patient.person.id if resolved.patient else None
        others = [candidate for candidate in found if candidate.person.id != taken]
        resolved.contact = _contact(contact, marks.contact_keys, others, resolved)
    begun = continues if own else None
    stranger = stranger_in(resolved, referral, begun=begun) if anybody else None
    resolved.stranger = bool(stranger)
    if anybody and resolved.itself and (resolved.other_ways or resolved.barred):
        resolved.beside = beside(resolved, begun)
    # Whom somebody barred names to get back to, or comes with, speaks for nobody; they themselves are known by any
    # number they give.
    of_their_own = resolved.speaks == contact and not resolved.present
    if resolved.patient and resolved.contact and (of_their_own or not resolved.barred):
        maybe = [pair.known_id for pair in resolved.possible]
        resolved.who_decides = guard(
            resolved.patient, resolved.contact, referral, resolved.rows, maybe=maybe, stranger=stranger
        )
    resolved.organization, resolved.referrer, made = referrers.find_or_make(referral, newcomers)
    resolved.rows += made
    return resolved


def settle_on(resolved: Resolved, patient: Known, referral: Referral | None) -> None:
    """The request left the patient open and joins a lead of `patient`: nobody new is made for it. Without `referral`
    nothing that it says of a patient is kept of this one."""
    blank = resolved.patient
    if blank is None or not blank.new:
        return
    dropped = {blank.person.id, blank.key.id}
    resolved.rows = [
        row
        for row in resolved.rows
        if row.pk not in dropped
        and not dropped & {getattr(row, name, None) for name in ("person_id", "patient_id", "newcomer_id")}
    ]
    resolved.patient, resolved.possible = patient, []
    if referral is None:
        return
    insure(patient, referral, resolved.rows)
    if resolved.contact:
        resolved.who_decides = guard(patient, resolved.contact, referral, resolved.rows)


def compare_again(patient: Known, referral: Referral) -> None:
    """What is known of this patient's identity has changed: those they may be now are recorded for a person to compare,
    and whom they can no longer be is asked about no longer."""
    marks, own = marks_of(referral), patient.person.id
    lock_tokens(marks.all)
    not_them = {own, *(other for one, other in told_apart([own]) if one == own)}
    seen = _seen(marks, _by_keys(marks.patient_keys), but=not_them) if marks.described else Recognised()
    resolved = Resolved(patient, None, None, None, marks=marks)
    _drop_settled(patient.person, marks)
    _record_possible(resolved, patient.person, (*((seen.same,) if seen.same else ()), *seen.possibly))
    writes.insert(resolved.rows)


UNSETTLED: Final = frozenset({"suffix", "sex", "first_name", "last_name", "birth_date", "ways"})
"""Doubts that no strong key settles."""
NOT_COMPARED: Final = Comparison("same", 0.0, (), ())
"""For a patient without a name, who is known by a strong key alone."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    person: Person
    key: seal.OpenKey
    identity: Identity
    tokens: frozenset[uuid.UUID]
    records: tuple[uuid.UUID, ...]
    """The records that share a key: the person's own, or one merged into it."""
    said: tuple[Identity, ...]

    def is_another(self, who: Identity) -> bool:
        """Whether neither the person nor any of the records found can be `who`."""
        return all(another(each, who) for each in (self.identity, *self.said))


def lock_tokens(tokens: Iterable[int]) -> None:
    """Advisory transaction locks, in an order that everybody keeps."""
    keys = sorted(set(tokens))
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(k) FROM (SELECT unnest(%s::bigint[]) k ORDER BY 1) s", [keys]
            )


def _by_keys(tokens: set[uuid.UUID]) -> list[_Candidate]:
    """The people behind any of the keys, merged records followed to the one that stands, oldest first.

    Most newcomers are new: the first question touches one index alone and usually ends it.
    """
    if not tokens:
        return []
    by_person: dict[uuid.UUID, set[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, token FROM people_personkey WHERE token = ANY(%s)", [list(tokens)])
        for person_id, mark in cursor.fetchall():
            by_person.setdefault(person_id, set()).add(mark)
    if not by_person:
        return []
    standing: dict[uuid.UUID, tuple[Person, list[Person]]] = {}
    people = Person.objects.filter(id__in=by_person, erased_at__isnull=True)
    for found in people.select_related("key", "same_as__key").order_by("id"):
        person = found.same_as or found
        standing.setdefault(person.id, (person, []))[1].append(found)
    return [_candidate(person, records, by_person) for person, records in standing.values()]


def _candidate(
    person: Person, records: list[Person], by_person: dict[uuid.UUID, set[uuid.UUID]]
) -> _Candidate:
    key = seal.open_key(person.key)
    return _Candidate(
        person,
        key,
        opened(person, key),
        frozenset().union(*(by_person[record.id] for record in records)),
        tuple(record.id for record in records),
        tuple(opened(record, seal.open_key(record.key)) for record in records if record.id != person.id),
    )


def _resolve_patient(
    marks: Marks, found: list[_Candidate], resolved: Resolved, but: Collection[uuid.UUID]
) -> None:
    """Find the patient or make them; those they may be are recorded for a person to compare."""
    assert marks.patient is not None
    seen = _seen(marks, found, but=but)
    if seen.same is not None:
        resolved.patient = _complete_alike(seen.same, marks, resolved)
        resolved.known_by = tuple(seen.same.comparison.codes)
        return
    resolved.patient = make(marks.patient, marks.patient_keys, resolved.rows, marks.blocks)
    _record_possible(resolved, resolved.patient.person, seen.possibly)


def _resolve_continued(
    continues: Known,
    marks: Marks,
    found: list[_Candidate],
    resolved: Resolved,
    but: Collection[uuid.UUID],
    *,
    own: bool,
) -> None:
    """The patient of a form's first step, now named: completed, or somebody who was known before."""
    assert marks.patient is not None
    begun = continues.person.id
    but = {*but, begun, *(other for one, other in told_apart([begun]) if one == begun)}
    before = _known_before(continues, marks.patient, marks.patient_keys, found)
    seen = _seen(marks, before, but=but) if before or marks.described else Recognised()
    if seen.same is not None and (before or not continues.identity.first_name):
        resolved.patient = _complete_alike(seen.same, marks, resolved)
        resolved.known_by = tuple(seen.same.comparison.codes)
        resolved.instead_of = _same_as(continues.person, resolved.patient.person)
        return
    if any(bars([begun], who) for who in resolved.asking):
        resolved.barred, resolved.patient = True, continues
        return
    resolved.patient = (
        complete(continues, marks.patient, marks.patient_keys, resolved.rows, marks.blocks)
        if own
        else _complete_known(continues, marks, resolved)
    )
    others = (*((seen.same,) if seen.same else ()), *seen.possibly)
    _drop_settled(continues.person, marks)
    _record_possible(resolved, continues.person, others)


def _drop_settled(begun: Person, marks: Marks) -> None:
    """What a form's second step says may tell its patient from those they might have been by the first: father and son
    of one name and phone are asked about no longer once their birth dates are there."""
    waiting = PossibleMatch.objects.filter(newcomer=begun, status="open")
    known = list(waiting.values_list("known", flat=True))
    if not known or marks.described is None:
        return
    alike = compared_with(marks.described, known, policy().section(Matching), this_year=clock.now().year)
    waiting.exclude(known__in=[each.person.id for each in alike if each.comparison.verdict != "different"]).delete()


def _seen(marks: Marks, found: list[_Candidate], *, but: Collection[uuid.UUID] = ()) -> Recognised:
    """Who the patient is or may be. A strong key in common makes two the same unless a doubt stands that it cannot
    settle; otherwise those who share blocks are compared."""
    assert marks.patient is not None
    who, rules, year = marks.described, policy().section(Matching), clock.now().year
    keyed = [
        c
        for c in found
        if c.tokens & marks.patient_keys and c.person.id not in but and not c.is_another(marks.patient)
    ]
    if who is None:
        best = _best(keyed, marks)
        if best is None:
            return Recognised()
        return Recognised(Alike(best.person, best.key, best.identity, NOT_COMPARED, best.person.id))
    if keyed:
        records = [record for c in keyed for record in c.records]
        compared = {each.person.id: each for each in compared_with(who, records, rules, this_year=year)}
        # Whoever is left out of the comparison has another first name, which no strong key settles.
        near = [c for c in keyed if c.person.id in compared]
        sure = [c for c in near if _stands(c, compared[c.person.id].comparison, marks, rules)]
        if best := _best(sure, marks):
            either = _as_likely(best, sure, compared, marks)
            if either:
                return Recognised(None, (compared[best.person.id], *either))
            return Recognised(compared[best.person.id])
    ids = {*candidates(marks.blocks, rules), *(record for c in keyed for record in c.records)}
    return recognise(who, ids, rules, this_year=year, but=but)


def _stands(candidate: _Candidate, comparison: Comparison, marks: Marks, rules: Matching) -> bool:
    """Whether a strong key settles it: no doubt that only a person can settle, and more than a common name and
    birth date where everything else speaks for a namesake."""
    if any(doubt.code in UNSETTLED for doubt in comparison.doubts):
        return False
    return comparison.weight >= rules.same_at or len(candidate.tokens & marks.patient_keys) > 1


def _best(same: list[_Candidate], marks: Marks) -> _Candidate | None:
    """A record with the very birth date goes before one that never stated any: completing the latter would make two
    records of one name and birth date."""
    return max(same, key=lambda candidate: _how_good(candidate, marks), default=None)


def _how_good(candidate: _Candidate, marks: Marks) -> tuple[bool, int]:
    born = marks.patient.date_of_birth if marks.patient else None
    own = born is not None and candidate.identity.date_of_birth == born
    return own, len(candidate.tokens & marks.patient_keys)


def _as_likely(
    best: _Candidate, sure: list[_Candidate], compared: Mapping[uuid.UUID, Alike], marks: Marks
) -> list[Alike]:
    """Those as good as the best of whom a person said, or is asked, that they are somebody else: which of them it is,
    a person says."""
    told = told_apart([best.person.id], asked=True) if len(sure) > 1 else set()
    weight = compared[best.person.id].comparison.weight
    return [
        compared[c.person.id]
        for c in sure
        if (best.person.id, c.person.id) in told
        and _how_good(c, marks) >= _how_good(best, marks)
        and abs(weight - compared[c.person.id].comparison.weight) < CLEAR
    ]


def _complete_alike(alike: Alike, marks: Marks, resolved: Resolved) -> Known:
    """Somebody recognised is completed; where a name or the birth date is written another way, what was known stays."""
    keeps = alike.record != alike.person.id or not exactly(alike.comparison)
    standing = Known(alike.person, alike.key, alike.identity, False)
    return _complete_known(standing, marks, resolved, keeps=keeps)


def _complete_known(known: Known, marks: Marks, resolved: Resolved, *, keeps: bool = False) -> Known:
    """Somebody known is completed. Whoever is named in a restriction about them completes nothing, and by other phones
    and addresses than the ones on file nobody comes to be reached."""
    assert marks.patient is not None
    if _names(resolved, [known.person.id]):
        resolved.barred = True
        return known
    resolved.before = known.identity
    other = resolved.other_ways = not resolved.by_staff and gives_other_ways(known.identity, marks.patient)
    return complete(
        known, marks.patient, marks.patient_keys, resolved.rows, marks.blocks, keeps=keeps, same_ways=other
    )


def _names(resolved: Resolved, patients: Sequence[uuid.UUID]) -> bool:
    """Whether a restriction names whoever asks about these patients: one about them or their household, or about
    anybody where it is by phone, e-mail address or both names."""
    refers = resolved.marks.referrer if resolved.marks else None
    resolved.barred_anywhere = any(named_anywhere(who, patients, refers) for who in resolved.asking)
    return resolved.barred_anywhere or any(bars(patients, who) for who in resolved.asking)


def _record_possible(resolved: Resolved, newcomer: Person, alike: tuple[Alike, ...]) -> None:
    """Pairs for a person to compare, each once: what was decided before is not asked again."""
    if not alike:
        return
    ids = [each.person.id for each in alike]
    told = set()
    if resolved.patient is not None and not resolved.patient.new:
        known = PossibleMatch.objects.filter(
            models.Q(newcomer=newcomer, known__in=ids) | models.Q(known=newcomer, newcomer__in=ids)
        )
        told = {person for pair in known.values_list("known", "newcomer") for person in pair}
    resolved.possible = [
        PossibleMatch(
            known=each.person,
            newcomer=newcomer,
            weight=each.comparison.weight,
            reasons=each.comparison.codes,
            found_at=clock.now(),
        )
        for each in alike
        if each.person.id not in told
    ]
    resolved.rows += resolved.possible


def _contact(who: Identity, keys: set[uuid.UUID], found: list[_Candidate], resolved: Resolved) -> Known:
    """Find the contact or make them. Whoever asks about a patient by a form of the name of somebody named in a
    restriction about that patient is that person, by whatever number; the name on file stays."""
    rows: list[models.Model] = []
    contact = _find_or_make(who, keys, found, rows)
    patient = resolved.patient
    known_patient = patient is not None and not patient.new
    named = same_as_barred(patient.person, who) if contact.new and patient and known_patient else None
    if named is not None:
        found_again = complete(named, who, keys, resolved.rows, keeps=True)
        resolved.rows += box_keys(found_again.person, [who.email] if who.email else [])
        return found_again
    resolved.rows += rows
    return contact


def _find_or_make(
    who: Identity, keys: set[uuid.UUID], found: list[_Candidate], rows: list[models.Model]
) -> Known:
    same = [c for c in found if c.tokens & keys and not another(c.identity, who)]
    if not same:
        return make(who, keys, rows)
    # A record with the very birth date goes before one that never stated any: completing the latter would
    # make two records of one name and birth date.
    best = max(
        same,
        key=lambda candidate: (
            who.date_of_birth is not None and candidate.identity.date_of_birth == who.date_of_birth,
            len(candidate.tokens & keys),
        ),
    )
    return complete(Known(best.person, best.key, best.identity, False), who, keys, rows)


def _known_before(
    begun: Known, who: Identity, keys: set[uuid.UUID], found: list[_Candidate]
) -> list[_Candidate]:
    """Those known before a form was begun whom its second step names, where the first step could not tell: it
    named nobody, or gave no birth date and theirs is the one now stated."""
    named = bool(begun.identity.first_name or begun.identity.last_name)
    return [
        other
        for other in found
        if other.person.id != begun.person.id
        and other.tokens & keys
        and not another(other.identity, who)
        and (
            not named
            or (
                begun.identity.date_of_birth is None
                and who.date_of_birth is not None
                and other.identity.date_of_birth == who.date_of_birth
            )
        )
    ]


def _same_as(person: Person, standing: Person) -> Person:
    """Two records turned out to be one person's; no sealed row is moved, so that it can be undone. Records that
    pointed at the first point at the one that stands; nobody is asked any more whether the two are one."""
    both = (person, standing)
    PossibleMatch.objects.filter(known__in=both, newcomer__in=both, status__in=WAITING).delete()
    Person.objects.filter(same_as=person).update(same_as=standing)
    person.same_as = standing
    person.save(update_fields=["same_as"])
    return person


