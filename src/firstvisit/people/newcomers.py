"""Many newcomers at once: a file of leads asks for hundreds what a door asks for one.

Whoever is known goes the way of every door (`services.resolve`). For all others, also those who may be somebody, the
rows are made without the database, by the same function; what is left is to lock, to look once for all of them, and
to write. The looking compares as the door compares (`recognising`, `matching.verdict`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from firstvisit.kernel import clock, writes
from firstvisit.people import referrers, services
from firstvisit.people.marks import Marks
from firstvisit.people.matching.blocking import shared_bits
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.verdict import may_be_one
from firstvisit.people.models import Organization, OrganizationPerson, PersonKey
from firstvisit.people.policy import Matching
from firstvisit.people.recognising import Alike, Before, Recognised, candidates_of_many, recognise_each
from firstvisit.people.referrers import WhoRefers
from firstvisit.people.resolved import Resolved
from firstvisit.practice.queries import policy
from firstvisit.referral.record import Referral


def made(referral: Referral, refers: WhoRefers, possibly: tuple[Alike, ...] = ()) -> Resolved:
    """The people of a referral as if nobody knew them; `possibly` are those the patient may be, for a person to
    compare. Asks nothing of the database."""
    return services.resolve(referral, newcomers=refers, possibly=possibly)


def recognised(asked: Sequence[Marks], before: Before) -> list[Recognised | None]:
    """For each of many referrals who the patient may be, where nobody knows its people; None where somebody does, or
    may by an earlier one of these: then the door finds out, once those before it are written.

    Takes the locks that `resolve` takes, for all of them in one order, and keeps them until the transaction ends.
    """
    services.lock_tokens(mark for marks in asked for mark in marks.all)
    touched = _known_by_key(asked)
    rules, year = policy().section(Matching), clock.now().year
    left = {n for n, found in enumerate(touched) if found is not None}
    left |= _alike_among_themselves(asked, left, rules, year)
    near = candidates_of_many([{} if n in left else marks.blocks for n, marks in enumerate(asked)], rules)
    told = recognise_each(
        [(marks.described, ids) for marks, ids in zip(asked, near, strict=True)], rules, this_year=year, before=before
    )
    changed: set[uuid.UUID] = set()
    found: list[Recognised | None] = []
    for n, each in enumerate(told):
        # Whoever an earlier row completes is compared as they are then, which the door does.
        stays = n not in left and each.same is None and changed.isdisjoint(near[n])
        found.append(each if stays else None)
        if each.same is not None:
            changed |= {each.same.person.id, each.same.record}
        elif not stays:
            changed |= touched[n] or set(near[n])
    return found


def _known_by_key(asked: Sequence[Marks]) -> list[set[uuid.UUID] | None]:
    """For each referral those who are known by a strong key of its people, as far as they are written; None where
    nobody is, not even an earlier one of these."""
    keys = [marks.patient_keys | marks.contact_keys for marks in asked]
    wanted = {key for each in keys for key in each}
    holders: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for mark, person in PersonKey.objects.filter(token__among=wanted).values_list("token", "person") if wanted else ():
        holders[mark].add(person)
    found: list[set[uuid.UUID] | None] = []
    for each in keys:
        known = [holders[key] for key in each if key in holders]
        found.append(set().union(*known) if known else None)
        for key in each:
            holders.setdefault(key, set())
    return found


def _alike_among_themselves(asked: Sequence[Marks], left: set[int], rules: Matching, year: int) -> set[int]:
    """Newcomers who are or may be somebody of an earlier row: compared with everybody there who shares as much as the
    database asks of a candidate. A row that is `left` to the door still counts for those that follow it."""
    by_block: dict[int, list[int]] = defaultdict(list)
    found = set()
    for n, marks in enumerate(asked):
        shared: dict[int, int] = {}
        for block, parts in marks.blocks.items():
            others = by_block[block]
            for other in others if len(others) <= rules.crowd else ():
                shared[other] = shared.get(other, 0) | parts
            others.append(n)
        if n not in left and any(
            shared_bits(parts) >= rules.shared_bits and _may_be(asked[other].described, marks, rules, year)
            for other, parts in shared.items()
        ):
            found.add(n)
    return found


def _may_be(known: Described | None, marks: Marks, rules: Matching, year: int) -> bool:
    if known is None or marks.described is None:
        return False
    return may_be_one(known, marks.described, rules, this_year=year)


def who_refers(referrals: Iterable[Referral]) -> WhoRefers:
    """Whoever refers or is the organization behind these referrals, found or made, each once.

    Outside any transaction it commits by itself, so that two who import at once never wait for each other's batches:
    an office that refers is known from the first row that names it.
    """
    asked = [(referral, tokens) for referral in referrals if (tokens := referrers.refer_tokens(referral))]
    with transaction.atomic():
        known = _known(token for _, tokens in asked for token in tokens)
        missing = [(referral, tokens) for referral, tokens in asked if not _all_in(known, tokens)]
        if missing:
            services.lock_tokens(token.int >> 65 for _, tokens in missing for token in tokens)
            known = _known(token for _, tokens in asked for token in tokens)
            writes.insert([row for referral, _ in missing for row in referrers.referred(referral, known)])
    return known


def _all_in(known: WhoRefers, tokens: Iterable[uuid.UUID]) -> bool:
    return all(token in known.organizations or token in known.people for token in tokens)


def _known(named: Iterable[uuid.UUID]) -> WhoRefers:
    tokens = list(set(named))
    if not tokens:
        return WhoRefers()
    return WhoRefers(
        {row.token: row for row in Organization.objects.filter(token__among=tokens)},
        {row.token: row for row in OrganizationPerson.objects.filter(token__among=tokens)},
    )
