"""Who is worth opening for a newcomer: found by blocks in the real database, many newcomers in one question."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from firstvisit.kernel import seal
from firstvisit.kernel.ids import new_id
from firstvisit.people.identity import Identity
from firstvisit.people.keys import block_tokens
from firstvisit.people.matching.described import described
from firstvisit.people.models import Person
from firstvisit.people.policy import Matching
from firstvisit.people.recognising import candidates, candidates_of_many

pytestmark = pytest.mark.django_db

RULES = Matching()
ANNA = Identity(
    first_name="Annika", last_name="Lindqvist", date_of_birth="1981-04-05", phone="+16085550141",
    street="12 Birch Lane", city="Madison", state="WI", postal_code="53713",
)  # fmt: skip
OLA = Identity(first_name="Ola", last_name="Brekke", date_of_birth="1949-11-23", postal_code="53590")


def stored(who: Identity) -> uuid.UUID:
    key_row, key = seal.new_key()
    key_row.save(force_insert=True)
    row_id = new_id()
    sealed = seal.seal_json(key, "people_person", "sealed", row_id, who.as_json())
    Person(id=row_id, key=key_row, sealed=sealed, blocks=sorted(block_tokens(described(who)))).save()
    return row_id


def test_many_newcomers_are_looked_for_in_one_question() -> None:
    anna, ola = stored(ANNA), stored(OLA)
    stranger = Identity(first_name="Yusuf", last_name="Demir", date_of_birth="2001-02-03", postal_code="60601")
    asked = [block_tokens(described(who)) for who in (stranger, replace(OLA, last_name="Brekk"), ANNA)]
    with CaptureQueriesContext(connection) as questions:
        found = candidates_of_many([*asked, {}], RULES)
    assert found == [[], [ola], [anna], []]
    assert len(questions) == 1


def test_whoever_shares_the_most_comes_first() -> None:
    sister = stored(replace(ANNA, first_name="Berit", date_of_birth="1984-09-30"))
    anna = stored(ANNA)
    assert candidates(block_tokens(described(ANNA)), RULES) == [anna, sister]


def test_one_name_and_the_zip_are_not_worth_opening() -> None:
    stored(Identity(first_name="Mei", last_name="Lindqvist", date_of_birth="1955-12-01", postal_code="53713"))
    assert candidates(block_tokens(described(ANNA)), RULES) == []


def test_what_a_crowd_shares_finds_nobody() -> None:
    rules = Matching(crowd=5)
    home = Identity(street="400 Prairie Home Road", postal_code="53713")
    for day in range(1, 8):
        stored(replace(home, first_name=f"N{day}", last_name=f"X{day}", date_of_birth=f"1940-01-{day:02d}"))
    newcomer = block_tokens(described(replace(home, first_name="Zoe", last_name="Adler")))
    assert candidates(newcomer, rules) == []
    assert len(candidates(newcomer, RULES)) == 7
