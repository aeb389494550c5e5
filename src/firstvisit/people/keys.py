"""The tokens a person is found by: strong keys, of which one is enough, and blocks, which make worth comparing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from firstvisit.kernel.blind import short, token
from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity
from firstvisit.people.matching.blocking import blocks
from firstvisit.people.matching.described import Described


def strong_keys(
    who: Identity, *, reached_by: Iterable[str] = (), member_ids: Iterable[str] = ()
) -> set[uuid.UUID]:
    """Tokens of which one in common makes two people the same, unless their birth dates differ.

    Full name with birth date, with a phone or with an e-mail address; a member number with the birth date.
    `reached_by` are phones and addresses of a person's contact: a parent's phone with the child's full
    name is strong, because twins differ in the first name.
    """
    keys: set[uuid.UUID] = set()
    if who.first_name and who.last_name:
        name = (folded(who.first_name), folded(who.last_name))
        if all(name):
            if who.date_of_birth:
                keys.add(token("name+birth", *name, who.date_of_birth))
            keys |= {
                token("name+reach", *name, reach.casefold())
                for reach in (who.phone, who.email, *reached_by)
                if reach
            }
    if who.date_of_birth:
        keys |= {
            token("member+birth", folded(number), who.date_of_birth)
            for number in member_ids
            if folded(number)
        }
    return keys


def block_tokens(who: Described) -> dict[int, int]:
    """The blocks of a record as blind tokens of 31 bits, the most telling first, each with the parts of the record that
    it stands for."""
    found: dict[int, int] = {}
    for texts, part in blocks(who).items():
        mark = short("block", *texts, bits=31)
        found[mark] = found.get(mark, 0) | part
    return found
