"""What the EMR is still owed, from how visits stand and what was said."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from firstvisit.steps.booking.emr.owed import Holds, Owed, Stands, Told, Visit, owed
from firstvisit.steps.booking.emr.rules import Emr

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
START = NOW + timedelta(days=3)
HL7 = Emr(way="hl7")
REFERS = Emr(way="hl7", referral_as="ref_i12")


def visit(**changes: Any) -> Visit:
    whole = {"id": uuid.UUID(int=5), "status": "booked", "starts_at": START, "ends_at": START + timedelta(minutes=45)}
    return Visit(**whole | changes)


class World:
    """A lead, told of as its plan wants; the sender says everything at once."""

    def __init__(self, rules: Emr = HL7) -> None:
        self.rules, self.told, self.visits = rules, list[Told](), list[Visit]()

    def plan(self, *, said: bool = True) -> list[str]:
        """Plan once; what is new."""
        due = self._owed()
        self.told = [
            each._replace(status="withdrawn" if each.key in due.gone else "wanted" if each.key in due.again else
                          each.status) for each in self.told
        ] + list(due.new)  # fmt: skip
        assert not self._owed(), "planning again changes nothing"
        assert len({each.key for each in self.told}) == len(self.told)
        if said:
            self.told = [
                each._replace(status="acknowledged", tries=1, written=True) if each.status == "wanted" else each
                for each in self.told
            ]
        return [each.what for each in due.new]

    def _owed(self) -> Owed:
        return owed(self.visits, self.told, self.rules, prefix="lead", now=NOW)


def test_a_visit_through_its_life_is_told_step_by_step() -> None:
    world = World()
    world.visits = [visit(status="held")]
    assert world.plan() == []
    world.visits = [visit()]
    assert world.plan() == ["patient", "booked"]
    world.visits = [visit(starts_at=START + timedelta(hours=1), sequence=1)]
    assert world.plan() == ["moved"]
    world.visits = [visit(starts_at=START + timedelta(hours=1), sequence=2)]
    assert world.plan() == ["changed"]
    world.visits = [visit(status="missed", starts_at=START + timedelta(hours=1), sequence=2)]
    assert world.plan() == ["missed"]
    world.visits = [visit(status="arrived", starts_at=START + timedelta(hours=1), sequence=2)]
    assert world.plan() == ["changed"]
    world.visits = [visit(status="missed", starts_at=START + timedelta(hours=1), sequence=2)]
    assert world.plan() == ["missed"]
    world.visits = [visit(status="cancelled", why="ill", sequence=2)]
    assert world.plan() == ["cancelled"]
    assert world.plan() == []


def test_a_second_visit_registers_nobody_again() -> None:
    world = World()
    world.visits = [visit()]
    world.plan()
    world.visits = [visit(status="cancelled", why="by_mistake"), visit(id=uuid.UUID(int=6))]
    assert world.plan() == ["deleted", "booked"]
    assert [each.number for each in world.told] == [1, 2, 3, 4]


def test_what_nobody_said_yet_of_a_cancelled_visit_is_never_said() -> None:
    world = World()
    world.visits = [visit()]
    assert world.plan(said=False) == ["patient", "booked"]
    world.visits = [visit(status="cancelled", why="ill")]
    assert world.plan(said=False) == []
    assert {each.status for each in world.told} == {"withdrawn"}
    world.visits = [visit(status="cancelled", why="ill"), visit(id=uuid.UUID(int=6))]
    assert world.plan(said=False) == ["booked"]
    assert [each.status for each in world.told] == ["wanted", "withdrawn", "wanted"]


def test_what_has_no_words_yet_and_is_moved_is_said_once_as_it_stands_by_then() -> None:
    later = START + timedelta(hours=1)
    world = World()
    world.visits = [visit()]
    world.plan(said=False)
    world.visits = [visit(starts_at=later, sequence=1)]
    assert world.plan(said=False) == [], "the booking is not said yet"
    refused = [each._replace(status="refused", tries=1, written=True) for each in world.told]
    world.told = refused
    assert world.plan(said=False) == [], "what was refused is written anew"
    world.told = [each._replace(status="wanted", written=True) for each in refused]
    assert world.plan() == ["moved"], "nobody answered: it is said word for word, with the time that it had"


def test_a_change_that_nobody_said_yet_is_said_as_what_it_is_by_then() -> None:
    later = START + timedelta(hours=1)
    world = World()
    world.visits = [visit()]
    world.plan()
    world.visits = [visit(sequence=1)]
    assert world.plan(said=False) == ["changed"]
    world.visits = [visit(starts_at=later, sequence=2)]
    assert world.plan(said=False) == ["moved"]
    world.visits = [visit(starts_at=later + timedelta(hours=1), sequence=3)]
    assert world.plan(said=False) == []
    world.visits = [visit(sequence=4)]
    assert world.plan(said=False) == ["changed"], "the time is again the one that was told"
    assert [each.status for each in world.told[2:]] == ["withdrawn", "withdrawn", "wanted"]


def test_what_was_tried_once_is_followed_by_its_end() -> None:
    world = World()
    world.visits = [visit()]
    world.plan(said=False)
    world.told = [each._replace(tries=1) for each in world.told]
    world.visits = [visit(status="cancelled", why="ill")]
    assert world.plan() == ["cancelled"]


def test_the_past_is_told_to_nobody_and_no_way_tells_nothing() -> None:
    world = World()
    world.visits = [visit(starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1)), visit(status="missed")]
    assert world.plan() == []
    world = World(Emr(way="none"))
    world.visits = [visit()]
    assert world.plan() == []


def test_a_practice_may_tell_patients_alone() -> None:
    world = World(Emr(way="csv", appointments=False))
    world.visits = [visit(), visit(id=uuid.UUID(int=6))]
    assert world.plan() == ["patient"]


def test_a_correction_is_told_after_what_was_said_and_never_twice() -> None:
    world = World()
    world.visits = [visit()]
    world.plan(said=False)

    def due(*fields: str, revision: int = 2) -> Owed:
        stands = Stands(revision, fields)
        return owed(world.visits, world.told, HL7, prefix="lead", now=NOW, stands=stands)

    assert due("Patient: Sex") == Owed(), "the first message will say it"
    world.told = [each._replace(status="acknowledged", tries=1) for each in world.told]
    (new,) = due("Patient: Sex").new
    assert (new.what, new.number, new.revision, new.corrects) == ("corrected", 3, 2, ("Patient: Sex",))
    world.told.append(new)
    assert due("Patient: Sex", "Patient: ZIP", revision=3) == Owed(
        holds=(Holds(new.key, 3, ("Patient: Sex", "Patient: ZIP")),)
    )
    back = due(revision=4)
    assert (back.gone, back.new) == ((new.key,), ()) and back.holds[0].key == "lead:emr:patient"
    world.told[-1] = new._replace(status="withdrawn")
    assert due("Patient: Sex", revision=5).new[0].key != new.key
    world.told[0] = world.told[0]._replace(status="refused")
    assert due("Patient: Sex", revision=6) == Owed(), "written anew once it is mended"


def test_a_referral_is_told_once_after_its_patient_where_the_practice_says_so() -> None:
    def due(told: list[Told], rules: Emr = REFERS, *, referred: bool = True) -> Owed:
        return owed([visit()], told, rules, prefix="lead", now=NOW, referred=referred)

    assert [each.what for each in due([]).new] == ["patient", "booked", "referral"]
    assert [each.what for each in due([], HL7).new] == ["patient", "booked"]
    assert [each.what for each in due([], referred=False).new] == ["patient", "booked"]
    told = [each._replace(status="acknowledged", tries=1) for each in due([], referred=False).new]
    assert [each.what for each in due(told).new] == ["referral"], "whoever refers became known later"
    assert not due([*told, *due(told).new])
