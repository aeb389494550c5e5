"""Two hundred invented cases of people who share a home, a phone or a name: pairs of records and whether they are one
person's. Seeded: the same cases at every run. Phones are 555-01xx, mail is at example.org."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from firstvisit.people.identity import Identity

GIRLS = "Mirabelle Rosalind Ava Emma Olivia Naomi Isla Harper Quinn Maya Eleanor Josephine".split()
BOYS = "Thaddeus Lorenzo Ethan Jayden Logan Henry Samuel Theodore Miles Oscar Daniel Gabriel".split()
ALIKE = (("Jayla", "Kayla"), ("Ethan", "Nathan"), ("Ella", "Bella"), ("Samuel", "Samantha"), ("Gabriel", "Gabriela"),
         ("Mario", "Maria"), ("Noel", "Noelle"), ("Aiden", "Hayden"), ("Leo", "Lea"), ("Mia", "Maya"))  # fmt: skip
ONE_LETTER = (("Jon", "Joan"), ("Don", "Ron"), ("Marlena", "Darlena"), ("Jean", "Joan"), ("Erin", "Eric"),
              ("Carol", "Carl"), ("Dena", "Deana"), ("Tim", "Tom"), ("Kristen", "Kirsten"),
              ("Jaylen", "Kaylen"))  # fmt: skip
RHYMING = (("Marlena", "Darlena"), ("Ronda", "Wanda"), ("Terry", "Jerry"), ("Arlene", "Darlene"), ("Larry", "Barry"),
           ("Donna", "Ronna"), ("Ilene", "Eileen"), ("Jaylen", "Kaylen"))  # fmt: skip
UNLISTED = (("Diya", "Divya"), ("Linh", "Lanh"), ("Anaya", "Amaya"), ("Xiaoyan", "Xiaoyun"), ("Elif", "Elis"),
            ("Noura", "Nora"), ("Nikhil", "Nikhila"), ("Reyansh", "Revansh"))  # fmt: skip
OF_BOTH = ("Pat Chris Terry Robin Jamie Leslie Kelly Jordan Guadalupe Kim Lee Dana Tracy Morgan Casey Angel "
           "Sukhman Tenzin").split()  # fmt: skip
"""Names of women and men, the same ones or nearly so: what a couple may share."""
NEARLY = (("Frances", "Francis"), ("Toni", "Tony"), ("Marian", "Marion"), ("Terri", "Terry"), ("Jaime", "Jamie"),
          ("Carol", "Carroll"), ("Kerry", "Carrie"), ("Bobbie", "Bobby"), ("Jon", "John"))  # fmt: skip
MIDDLE = (("Mary", "Ann", "Beth"), ("Muhammad", "Hassan", "Husain"), ("Maria", "Luisa", "Elena"),
          ("Juan", "Carlos", "Pablo"), ("Mai", "Nou", "Na"), ("Anna", "Lena", "Lina"))  # fmt: skip
NAMES = "Quisenberry Halvorsgaard Smith Garcia Nguyen Johnson Pikkarainen Lopez-Vance Okonkwo Brown".split()


class PairCase(NamedTuple):
    """Two records, by which phones and member numbers they came, and whether they are one person's."""

    kind: str
    one: Identity
    two: Identity
    shared: tuple[str, ...]
    member_ids: tuple[str, ...]
    one_person: bool


def cases(count: int = 200, seed: int = 7) -> list[PairCase]:
    """Every kind in turn, with people drawn anew for each."""
    chance = random.Random(seed)
    return [KINDS[number % len(KINDS)](chance) for number in range(count)]


def _home(chance: random.Random) -> dict[str, str]:
    number = chance.randrange(1, 3000)
    return {"street": f"{number} Birch Lane", "city": "Madison", "state": "WI", "postal_code": "53713"}


def _day(chance: random.Random, first: int, last: int) -> str:
    return f"{chance.randrange(first, last)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"


def _phone(chance: random.Random) -> str:
    return f"+1{chance.randrange(201, 990)}555{chance.randrange(100, 200):04d}"


def _child(chance: random.Random) -> Identity:
    first, last = chance.choice(GIRLS + BOYS), chance.choice(NAMES)
    return Identity(first_name=first, last_name=last, date_of_birth=_day(chance, 2012, 2025), **_home(chance))


def _grown(chance: random.Random) -> Identity:
    return replace(_child(chance), date_of_birth=_day(chance, 1940, 1990), phone=_phone(chance))


def _another(chance: random.Random, not_this: str | None) -> str:
    return chance.choice([name for name in GIRLS + BOYS if name != not_this])


def _another_surname(chance: random.Random, not_this: str | None) -> str:
    return chance.choice([name for name in NAMES if name != not_this])


def _twins(chance: random.Random) -> PairCase:
    one = _child(chance)
    two = replace(one, first_name=_another(chance, one.first_name))
    return PairCase("twins", one, two, (_phone(chance),), ("NH1234567",), False)


def _twins_with_like_names(chance: random.Random) -> PairCase:
    first, second = chance.choice(ALIKE)
    one = replace(_child(chance), first_name=first)
    return PairCase("twins alike", one, replace(one, first_name=second), (_phone(chance),), ("NH1234567",), False)


def _twin_by_initial(chance: random.Random) -> PairCase:
    one = _child(chance)
    return PairCase("initial", one, replace(one, first_name=(one.first_name or "")[0]), (_phone(chance),), (), False)


def _twin_unnamed(chance: random.Random) -> PairCase:
    one = _child(chance)
    return PairCase("unnamed", one, replace(one, first_name=None), (_phone(chance),), ("NH1234567",), False)


def _grown_twins(chance: random.Random) -> PairCase:
    one = _grown(chance)
    return PairCase("grown twins", one, replace(one, first_name=_another(chance, one.first_name)), (), (), False)


def _siblings(chance: random.Random) -> PairCase:
    one = _child(chance)
    two = replace(one, first_name=_another(chance, one.first_name), date_of_birth=_day(chance, 2005, 2011))
    return PairCase("siblings", one, two, (_phone(chance),), ("NH1234567",), False)


def _father_and_son(chance: random.Random) -> PairCase:
    one = _grown(chance)
    son = replace(one, date_of_birth=f"{int((one.date_of_birth or '')[:4]) + chance.randrange(18, 40)}-07-19")
    return PairCase("father and son", one, son, (), (), False)


def _father_and_son_one_figure_apart(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), date_of_birth="1958-03-14")
    return PairCase("one figure apart", one, replace(one, date_of_birth="1988-03-14"), (), (), False)


def _senior_and_junior(chance: random.Random) -> PairCase:
    one = _grown(chance)
    senior, junior = replace(one, last_name=f"{one.last_name} Sr"), replace(one, last_name=f"{one.last_name}, Jr.")
    return PairCase("Sr and Jr", senior, replace(junior, date_of_birth=None), (), (), False)


def _father_without_birth_date(chance: random.Random) -> PairCase:
    one = _grown(chance)
    return PairCase("birth date unsaid", one, replace(one, date_of_birth=None), (), (), False)


def _spouses(chance: random.Random) -> PairCase:
    one = _grown(chance)
    two = replace(one, first_name=_another(chance, one.first_name), date_of_birth=_day(chance, 1940, 1990))
    return PairCase("spouses", one, two, (), ("NH1234567",), False)


def _couple(chance: random.Random) -> PairCase:
    """Two adults of a home called alike, whose birth dates are one or two figures apart; sex is stated of both, of one
    or of neither, as requests do."""
    first = chance.choice(OF_BOTH)
    names = chance.choice(((first, first), (first, first), chance.choice(NEARLY)))
    of_both = chance.choice((("female", "male"), ("male", None), (None, "female"), (None, None)))
    born = date.fromisoformat(_day(chance, 1940, 2006))
    days = chance.choice((1, 2, 3, 10, 20, 30, 31, 61, 92, 365, 366, 730, 731, 1096, 3653, 3662))
    one = replace(_grown(chance), first_name=names[0], date_of_birth=born.isoformat(), sex=of_both[0])
    two = replace(one, first_name=names[1], date_of_birth=_near(chance, born, days), sex=of_both[1])
    ways = chance.choice(((), ("home@example.org",)))
    return PairCase("couple", one, two, ways, ("NH1234567",), False)


def _near(chance: random.Random, born: date, days: int) -> str:
    """A birth date near another: some days on, or with day and month changed round where that is a date."""
    turned = (born.year, born.day, born.month)
    if born.day <= 12 and born.day != born.month and chance.random() < 0.3:
        return date(*turned).isoformat()
    return (born + timedelta(days)).isoformat()


def _namesakes(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), first_name="Maria", last_name="Garcia")
    two = replace(one, phone=_phone(chance), street="9 Cherokee Street", postal_code="53590", city="Sun Prairie")
    return PairCase("namesakes born on one day", one, two, (), (), False)


def _mother_of_one_name(chance: random.Random) -> PairCase:
    child = _child(chance)
    mother = replace(child, date_of_birth=_day(chance, 1975, 1998))
    return PairCase("mother", child, mother, (_phone(chance),), (), False)


def _twins_one_letter_apart(chance: random.Random) -> PairCase:
    first, second = chance.choice(ONE_LETTER)
    one = replace(chance.choice((_child, _grown))(chance), first_name=first)
    return PairCase("one letter apart", one, replace(one, first_name=second), (_phone(chance),), (), False)


def _twins_called_as_no_list_knows(chance: random.Random) -> PairCase:
    first, second = chance.choice(UNLISTED)
    one = replace(_child(chance), first_name=first)
    return PairCase("unlisted names", one, replace(one, first_name=second), (_phone(chance),), (), False)


def _twins_with_a_birth_date_turned(chance: random.Random) -> PairCase:
    one = replace(_child(chance), date_of_birth="2016-03-07")
    two = replace(one, first_name=_another(chance, one.first_name), date_of_birth="2016-07-03")
    return PairCase("turned", one, two, (_phone(chance),), ("NH1234567",), False)


def _foster_siblings(chance: random.Random) -> PairCase:
    one = _child(chance)
    two = replace(one, first_name=_another(chance, one.first_name), last_name=_another_surname(chance, one.last_name))
    return PairCase("foster siblings", one, two, (_phone(chance), "foster@example.org"), (), False)


def _junior_without_suffix(chance: random.Random) -> PairCase:
    one = _grown(chance)
    junior = replace(one, date_of_birth=f"{int((one.date_of_birth or '')[:4]) + chance.randrange(16, 45)}-03-02")
    return PairCase("suffix on one side", replace(one, last_name=f"{one.last_name} Sr."), junior, (), (), False)


def _child_of_one_name_by_the_parents_mail(chance: random.Random) -> PairCase:
    parent = replace(_grown(chance), email="parent@example.org", phone=None)
    child = replace(parent, email=None, date_of_birth=None)
    return PairCase("parent's e-mail", parent, child, ("parent@example.org",), (), False)


def _twins_by_their_middle_names(chance: random.Random) -> PairCase:
    """The first name is the same, as in families where every son is a Muhammad and every daughter a Mary."""
    first, one_more, other = chance.choice(MIDDLE)
    one = replace(chance.choice((_child, _grown))(chance), first_name=first, middle_name=one_more)
    return PairCase("middle names", one, replace(one, middle_name=other), (_phone(chance),), ("NH1234567",), False)


def _newborn_twins(chance: random.Random) -> PairCase:
    one = replace(_child(chance), first_name="Baby Girl A")
    two = replace(one, first_name=chance.choice(("Baby Girl B", "Baby Girl", _another(chance, None))))
    return PairCase("newborn twins", one, two, (_phone(chance),), (), False)


def _both_called_pat(chance: random.Random) -> PairCase:
    first, second, called = chance.choice((("Patrick", "Patricia", "Pat"), ("Xiaoming", "Xiaohong", "Ming")))
    one = replace(chance.choice((_child, _grown))(chance), first_name=first, preferred_name=called)
    return PairCase("called alike", one, replace(one, first_name=second), (_phone(chance),), ("NH1234567",), False)


def _named_after_a_parent(chance: random.Random) -> PairCase:
    parent, child = _grown(chance), _child(chance)
    child = replace(child, last_name=parent.last_name, middle_name=parent.first_name)
    child = replace(child, first_name=_another(chance, parent.first_name), phone=parent.phone)
    return PairCase("named after a parent", parent, child, (), ("NH1234567",), False)


def _twins_with_names_changed_round(chance: random.Random) -> PairCase:
    one = replace(_child(chance), first_name="James", middle_name="Michael")
    two = replace(one, first_name="Michael", middle_name="James")
    return PairCase("changed round", one, two, (_phone(chance),), ("NH1234567",), False)


def _born_on_the_first_of_january(chance: random.Random) -> PairCase:
    """Two refugees of one common name whose birthdays nobody wrote down."""
    first, last = chance.choice((("Mai", "Xiong"), ("Pa", "Vang"), ("Abdi", "Mohamud"), ("Naw", "Paw")))
    one = replace(_grown(chance), first_name=first, last_name=last, date_of_birth="2001-01-01")
    return PairCase("January 1", one, replace(one, phone=_phone(chance), **_home(chance)), (), (), False)


def _senior_and_junior_with_both_birth_dates(chance: random.Random) -> PairCase:
    one = _grown(chance)
    year = int((one.date_of_birth or "")[:4]) + chance.randrange(18, 40)
    senior, junior = (replace(one, last_name=f"{one.last_name} {word}") for word in ("Sr", "Jr"))
    return PairCase("Sr, Jr and both dates", senior, replace(junior, date_of_birth=f"{year}-07-19"), (), (), False)


def _again_by_the_preferred_name(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), first_name="Xiaoming", preferred_name="Kevin")
    return PairCase("preferred name", one, replace(one, first_name="Kevin", preferred_name=None), (), (), True)


def _again_with_a_middle_initial(chance: random.Random) -> PairCase:
    one = replace(chance.choice((_child, _grown))(chance), middle_name="Josephine")
    two = replace(one, middle_name=chance.choice(("J.", None, "Josefine")))
    return PairCase("middle initial", one, two, (_phone(chance),), (), True)


def _remarried(chance: random.Random) -> PairCase:
    one = _grown(chance)
    return PairCase("remarried", one, replace(one, last_name=_another_surname(chance, one.last_name)), (), (), True)


def _again_after_years(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), last_name="Pikkarainen")
    return PairCase("new episode", one, replace(one, phone=_phone(chance), **_home(chance)), (), (), True)


def _again_the_same(chance: random.Random) -> PairCase:
    one = _child(chance)
    return PairCase("second enquiry", one, one, (_phone(chance),), (), True)


def _again_with_a_slip(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), last_name="Halvorsgaard")
    return PairCase("slip", one, replace(one, last_name="Halvorsgard"), (), (), True)


KINDS: tuple[Callable[[random.Random], PairCase], ...] = (
    _twins, _twins_with_like_names, _twin_by_initial, _twin_unnamed, _grown_twins, _siblings, _father_and_son,
    _father_and_son_one_figure_apart, _senior_and_junior, _father_without_birth_date, _spouses, _couple, _namesakes,
    _mother_of_one_name, _twins_one_letter_apart, _twins_with_a_birth_date_turned, _foster_siblings,
    _twins_called_as_no_list_knows,
    _junior_without_suffix, _child_of_one_name_by_the_parents_mail, _twins_by_their_middle_names, _newborn_twins,
    _named_after_a_parent, _born_on_the_first_of_january, _senior_and_junior_with_both_birth_dates,
    _again_by_the_preferred_name, _again_with_a_middle_initial, _remarried, _again_after_years, _again_the_same,
    _again_with_a_slip,
)  # fmt: skip


def harder(count: int = 200, seed: int = 7) -> list[PairCase]:
    """Cases that a rule which decides more by itself would get wrong: nearly everything agrees, and they are two."""
    chance = random.Random(seed)
    return [HARDER[number % len(HARDER)](chance) for number in range(count)]


def _grown_twins_that_rhyme(chance: random.Random) -> PairCase:
    first, second = chance.choice(RHYMING)
    one = replace(_grown(chance), first_name=first)
    return PairCase("grown twins that rhyme", one, replace(one, first_name=second), (), ("NH1234567",), False)


def _junior_with_a_wrong_year(chance: random.Random) -> PairCase:
    """A son of his father's name whose year of birth was typed too near his father's."""
    one = _grown(chance)
    year = int((one.date_of_birth or "")[:4]) + chance.randrange(2, 14)
    return PairCase("wrong year", one, replace(one, date_of_birth=f"{year}-{_other_day(chance, one)}"), (), (), False)


def _junior_with_his_fathers_birth_date(chance: random.Random) -> PairCase:
    one = _grown(chance)
    senior, junior = replace(one, last_name=f"{one.last_name} Sr"), replace(one, last_name=f"{one.last_name} Jr")
    return PairCase("father's birth date", senior, junior, (), ("NH1234567",), False)


def _cousins_of_one_name(chance: random.Random) -> PairCase:
    """Both named after the grandfather with whom they live, and reached by his phone."""
    one = replace(_child(chance), date_of_birth=_day(chance, 2012, 2018))
    year = int((one.date_of_birth or "")[:4]) + chance.randrange(1, 6)
    two = replace(one, date_of_birth=f"{year}-{_other_day(chance, one)}")
    return PairCase("cousins", one, two, (_phone(chance),), (), False)


def _cousins_in_two_homes(chance: random.Random) -> PairCase:
    one = _child(chance)
    two = replace(one, date_of_birth=_day(chance, 2005, 2011), **_home(chance))
    return PairCase("cousins in two homes", one, two, (_phone(chance), "oma@example.org"), (), False)


def _residents_of_one_house(chance: random.Random) -> PairCase:
    """Two of one common name in a nursing home: its address, its phone."""
    one = replace(_grown(chance), first_name="John", last_name="Smith", phone=None)
    one = replace(one, date_of_birth=_day(chance, 1930, 1938))
    two = replace(one, date_of_birth=_day(chance, 1939, 1946))
    return PairCase("residents", one, two, (_phone(chance),), (), False)


def _couple_of_one_first_name(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), first_name="Pat", date_of_birth=_day(chance, 1950, 1955))
    two = replace(one, date_of_birth=_day(chance, 1956, 1962))
    return PairCase("couple", one, two, (), ("NH1234567",), False)


def _twins_of_one_first_word(chance: random.Random) -> PairCase:
    one = replace(chance.choice((_child, _grown))(chance), first_name="Mary Kate")
    two = replace(one, first_name="Mary Ann")
    return PairCase("one first word", one, two, (_phone(chance),), ("NH1234567",), False)


def _child_of_whom_little_is_said(chance: random.Random) -> PairCase:
    one = _child(chance)
    two = replace(one, first_name=None, date_of_birth=None)
    return PairCase("little said", one, two, (_phone(chance), "parent@example.org"), ("NH1234567",), False)


def _twins_with_crossed_names(chance: random.Random) -> PairCase:
    """Of one the names stand in each other's field."""
    one = chance.choice((_child, _grown))(chance)
    two = replace(one, first_name=one.last_name, last_name=_another(chance, one.first_name))
    return PairCase("crossed twins", one, two, (_phone(chance),), (), False)


def _grown_namesake_without_birth_date(chance: random.Random) -> PairCase:
    one = replace(_grown(chance), email="home@example.org")
    return PairCase("namesake", one, replace(one, date_of_birth=None, email=None), (), ("NH1234567",), False)


def called_by_a_form(count: int = 40, seed: int = 7) -> list[PairCase]:
    """Cases that nobody may pass over in silence, nor decide by machine."""
    chance = random.Random(seed)
    return [_nickname_at_one_phone(chance) for _ in range(count)]


def _nickname_at_one_phone(chance: random.Random) -> PairCase:
    """Father and son at one phone, the one called Steve, of whom no or one birth date is said."""
    first, called = chance.choice((("Steven", "Steve"), ("Gregory", "Greg"), ("Robert", "Bob"), ("Katherine", "Kate")))
    one = replace(_grown(chance), first_name=first, date_of_birth=chance.choice((None, "1961-02-03")))
    return PairCase("nickname", one, replace(one, first_name=called, date_of_birth=None), (), (), False)


def _other_day(chance: random.Random, who: Identity) -> str:
    """A day and month neither of which is theirs."""
    _, month, day = (who.date_of_birth or "").split("-")
    months = [f"{number:02d}" for number in range(1, 13) if f"{number:02d}" not in (month, day)]
    days = [f"{number:02d}" for number in range(1, 29) if f"{number:02d}" not in (month, day)]
    return f"{chance.choice(months)}-{chance.choice(days)}"


HARDER: tuple[Callable[[random.Random], PairCase], ...] = (
    _grown_twins_that_rhyme, _junior_with_a_wrong_year, _junior_with_his_fathers_birth_date, _cousins_of_one_name,
    _cousins_in_two_homes, _residents_of_one_house, _couple_of_one_first_name, _twins_of_one_first_word,
    _child_of_whom_little_is_said, _twins_with_crossed_names, _grown_namesake_without_birth_date,
    _both_called_pat, _twins_with_names_changed_round,
)  # fmt: skip
