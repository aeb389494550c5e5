"""Many newcomers at once: a file of leads asks for hundreds what a door asks for one.

Whoever somebody may know goes the way of every door (`services.resolve`). For all others their rows can be made
beforehand, without the database, by the same function; what is left is to lock, to look once for all of them, and to
write. The looking compares as the door compares (`recognising`, `matching.verdict`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from firstvisit.kernel import clock, writes
from firstvisit.people import referrers, services
from firstvisit.people.matching.blocking import shared_bits
from firstvisit.people.matching.described import Described
from firstvisit.people.matching.verdict import may_be_one
from firstvisit.people.models import Organization, OrganizationPerson, PersonKey
from firstvisit.people.policy import Matching
from firstvisit.people.recognising import candidates_of_many, may_be_known
from firstvisit.people.referrers import WhoRefers
from firstvisit.people.services import Marks, Resolved
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
    alike = _alike(asked, new, policy().section(Matching), clock.now().year)
    return [is_new and n not in alike for n, is_new in enumerate(new)]


def _alike(asked: Sequence[Marks], new: Sequence[bool], rules: Matching, year: int) -> set[int]:
    """Those of the newcomers who are or may be somebody known, or somebody of an earlier row."""
    found = _alike_among_themselves(asked, new, rules, year)
    near = candidates_of_many(
        [marks.blocks if new[n] and n not in found else {} for n, marks in enumerate(asked)], rules
    )
    known = may_be_known(
        [(marks.described, ids) for marks, ids in zip(asked, near, strict=True)], rules, this_year=year
    )
    return found | {n for n, is_known in enumerate(known) if is_known}


def _alike_among_themselves(
    asked: Sequence[Marks], new: Sequence[bool], rules: Matching, year: int
) -> set[int]:
    """Newcomers who are or may be somebody of an earlier row: compared with everybody there who shares as much as the
    database asks of a candidate. A row that is left to the door still counts for those that follow it."""
    by_block: dict[int, list[int]] = defaultdict(list)
    found = set()
    for n, marks in enumerate(asked):
        shared: dict[int, int] = {}
        for block, parts in marks.blocks.items():
            others = by_block[block]
            for other in others if len(others) <= rules.crowd else ():
                shared[other] = shared.get(other, 0) | parts
            others.append(n)
        if new[n] and any(
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

    Commits by itself, in a transaction of its own, so that two who import at once never wait for each other's
    batches: an office that refers is known from the first row that names it.
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
        {row.token: row for row in Organization.objects.filter(token__in=tokens)},
        {row.token: row for row in OrganizationPerson.objects.filter(token__in=tokens)},
    )
