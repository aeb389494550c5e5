"""Many newcomers at once: a file of leads asks for hundreds what a door asks for one.

Whoever somebody may know goes the way of every door (`services.resolve`). For all others their rows can be made
beforehand, without the database, by the same function; what is left is to lock, to look once for all of them, and to
write. The looking compares as the door compares (`recognising`, `matching.verdict`).
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from firstvisit.kernel import clock, writes
from firstvisit.people import services
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.verdict import compare
from firstvisit.people.models import Organization, OrganizationPerson, PersonKey
from firstvisit.people.policy import Matching
from firstvisit.people.recognising import candidates_of_many, opened_candidates
from firstvisit.people.services import Marks, Resolved, WhoRefers
from firstvisit.practice.queries import policy
from firstvisit.referral.record import Referral


def made(referral: Referral, refers: WhoRefers) -> Resolved:
    """The people of a referral as if nobody knew them. Asks nothing of the database."""
    return services.resolve(referral, newcomers=refers)


def strangers(asked: Sequence[Marks]) -> list[bool]:
    """For each of many referrals: does nobody know its people, not even an earlier one of these, and is the patient
    not possibly somebody either?

    Takes the locks that `resolve` takes, for all of them in one order, and keeps them until the transaction ends.
    """
    services.lock_tokens(mark for marks in asked for mark in marks.all)
    keys = [marks.patient_keys | marks.contact_keys for marks in asked]
    wanted = {key for each in keys for key in each}
    held = set(PersonKey.objects.filter(token__in=wanted).values_list("token", flat=True)) if wanted else set()
    new = []
    for each in keys:
        new.append(held.isdisjoint(each))
        held |= each
    rules, year = policy().section(Matching), clock.now().year
    for n in _alike([marks if new[n] else None for n, marks in enumerate(asked)], rules, year):
        new[n] = False
    return new


def _alike(asked: Sequence[Marks | None], rules: Matching, year: int) -> set[int]:
    """Those of the newcomers who are or may be somebody known, or somebody of an earlier row."""
    found = _alike_among_themselves(asked, rules, year)
    near = _near(asked, rules)
    everybody = {each for ids in near.values() for each in ids}
    known = {record: theirs for record, *_, theirs in opened_candidates(everybody)}
    for n, ids in near.items():
        marks = asked[n]
        if n in found or marks is None or marks.described is None:
            continue
        if any(
            compare(known[each], marks.described, rules, this_year=year).verdict != "different"
            for each in ids
            if each in known
        ):
            found.add(n)
    return found


def _near(asked: Sequence[Marks | None], rules: Matching) -> dict[int, list[uuid.UUID]]:
    """For each newcomer the people who share the most blocks, all in one question."""
    near = candidates_of_many([marks.blocks if marks is not None else {} for marks in asked], rules)
    return {n: ids for n, ids in enumerate(near) if ids}


def _alike_among_themselves(asked: Sequence[Marks | None], rules: Matching, year: int) -> set[int]:
    """Newcomers who are or may be somebody of an earlier row. A row that is left to the door still counts for those
    that follow it."""
    by_block: dict[int, list[int]] = defaultdict(list)
    described: dict[int, Described] = {}
    found = set()
    for n, marks in enumerate(asked):
        if marks is None or marks.described is None:
            continue
        shared = Counter(other for block in marks.blocks for other in by_block[block][-rules.crowd :])
        for other, _ in shared.most_common(rules.opened):
            if compare(described[other], marks.described, rules, this_year=year).verdict != "different":
                found.add(n)
                break
        described[n] = marks.described
        for block in marks.blocks:
            by_block[block].append(n)
    return found


def who_refers(referrals: Iterable[Referral]) -> WhoRefers:
    """Whoever refers or is the organization behind these referrals, found or made, each once.

    Commits by itself, in a transaction of its own, so that two who import at once never wait for each other's
    batches: an office that refers is known from the first row that names it.
    """
    asked = [(referral, tokens) for referral in referrals if (tokens := services.refer_tokens(referral))]
    with transaction.atomic():
        known = _known(token for _, tokens in asked for token in tokens)
        missing = [(referral, tokens) for referral, tokens in asked if not _all_in(known, tokens)]
        if missing:
            services.lock_tokens(token.int >> 65 for _, tokens in missing for token in tokens)
            known = _known(token for _, tokens in asked for token in tokens)
            writes.insert([row for referral, _ in missing for row in services.referred(referral, known)])
    return known


def _all_in(known: WhoRefers, tokens: Iterable[uuid.UUID]) -> bool:
    return all(token in known.organizations or token in known.people for token in tokens)


def _known(named: Iterable[uuid.UUID]) -> WhoRefers:
    tokens = list(set(named))
    if not tokens:
        return WhoRefers()
    return WhoRefers(
        {row.token: row for row in Organization.objects.filter(token__in=tokens)},
        {row.token: row for row in OrganizationPerson.objects.filter(token__in=tokens)},
    )
