"""Invented people with American names as often as they are, and the ways in which a second record of one differs.

Seeded and nothing else: the same seed gives the same people. Phones are 555-01xx numbers of many area codes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from firstvisit.people.identity import Identity
from firstvisit.reference.names import formal_names, given_names, surnames

STREETS = "Birch Elm Lake Mill Oak Park Pine River Spring Walnut Church Hill Cedar Maple Jackson Monroe".split()
KINDS = ("Street", "Avenue", "Road", "Lane", "Drive", "Court")
CITIES = ("Madison", "Middleton", "Fitchburg", "Verona", "Monona", "Sun Prairie", "Stoughton", "Marquette")
_SYLLABLES = "ba bel cor da del en fra ga han is ja kel lo mar nor o pe ro sta ti ur ve wal yo zim".split()


class Maker:
    """Makes people, and second records of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        (self._given, self._given_sums), (self._family, self._family_sums) = _names()

    def person(self, born: range = range(1930, 2024)) -> Identity:
        """Somebody born in one of these years, of whom everything is known but the member number."""
        roll = self.chance
        return Identity(
            first_name=self._name(self._given, self._given_sums, 0.25),
            last_name=self._name(self._family, self._family_sums, 0.6),
            date_of_birth=(date(born[0], 1, 1) + timedelta(days=roll.randrange(len(born) * 365))).isoformat(),
            phone=f"+1{roll.randrange(201, 990)}555{roll.randrange(100, 200):04d}",
            email=f"{roll.randrange(10**7)}@example.org" if roll.random() < 0.6 else None,
            **self._home(),
        )

    def again(self, who: Identity) -> Identity:
        """A second record of somebody: one to three things are written otherwise, missing or new."""
        changes = self.chance.sample(_CHANGES, self.chance.choices((1, 2, 3), (5, 3, 2))[0])
        for change in changes:
            who = change(self, who)
        return who

    def _name(self, names: list[str], sums: list[int], rare: float) -> str:
        if self.chance.random() < rare:
            return "".join(self.chance.choices(_SYLLABLES, k=3)).capitalize()
        return self.chance.choices(names, cum_weights=sums)[0].capitalize()

    def _home(self) -> dict[str, str]:
        roll = self.chance
        return {
            "street": f"{roll.randrange(1, 4000)} {roll.choice(STREETS)} {roll.choice(KINDS)}",
            "city": roll.choice(CITIES),
            "state": "WI",
            "postal_code": f"537{roll.randrange(100):02d}",
        }

    def typed_wrong(self, text: str) -> str:
        """One slip of the hand: a letter changed, dropped, doubled, or swapped with the next."""
        at = self.chance.randrange(len(text))
        before, letter, after = text[:at], text[at], text[at + 1 :]
        match self.chance.randrange(4):
            case 0:
                return before + self.chance.choice("abcdefghijklmnopqrstuvwxyz") + after
            case 1:
                return before + after if len(text) > 2 else text
            case 2:
                return before + letter + letter + after
            case _:
                return before + after[:1] + letter + after[1:]


@cache
def _names() -> tuple[tuple[list[str], list[int]], tuple[list[str], list[int]]]:
    return _weighted(given_names()), _weighted(surnames())


def _weighted(rates: dict[str, int]) -> tuple[list[str], list[int]]:
    return list(rates), list(accumulate(rates.values()))


def _slip_in_first(maker: Maker, who: Identity) -> Identity:
    return replace(who, first_name=maker.typed_wrong(who.first_name or "x"))


def _slip_in_last(maker: Maker, who: Identity) -> Identity:
    return replace(who, last_name=maker.typed_wrong(who.last_name or "x"))


def _short_form(maker: Maker, who: Identity) -> Identity:
    first = (who.first_name or "").casefold()
    forms = [form for form, formals in formal_names().items() if first in formals]
    return replace(who, first_name=maker.chance.choice(forms).capitalize()) if forms else who


def _names_changed_round(_: Maker, who: Identity) -> Identity:
    return replace(who, first_name=who.last_name, last_name=who.first_name)


def _married(maker: Maker, who: Identity) -> Identity:
    return replace(who, last_name=maker.person().last_name)


def _double_name(maker: Maker, who: Identity) -> Identity:
    return replace(who, last_name=f"{who.last_name}-{maker.person().last_name}")


def _moved(maker: Maker, who: Identity) -> Identity:
    return replace(who, **maker._home())


def _new_phone(maker: Maker, who: Identity) -> Identity:
    return replace(who, phone=maker.person().phone)


def _day_and_month(_: Maker, who: Identity) -> Identity:
    year, month, day = (who.date_of_birth or "2000-01-01").split("-")
    return replace(who, date_of_birth=f"{year}-{day}-{month}") if int(day) <= 12 else who


def _day_off(maker: Maker, who: Identity) -> Identity:
    born = date.fromisoformat(who.date_of_birth or "2000-01-01")
    return replace(who, date_of_birth=born.replace(day=maker.chance.randrange(1, 28)).isoformat())


def _unsaid(field: str) -> Callable[[Maker, Identity], Identity]:
    return lambda _, who: replace(who, **{field: None})


_CHANGES: tuple[Callable[[Maker, Identity], Identity], ...] = (
    _slip_in_first, _slip_in_last, _short_form, _names_changed_round, _married, _double_name, _moved, _new_phone,
    _day_and_month, _day_off, _unsaid("date_of_birth"), _unsaid("street"), _unsaid("phone"), _unsaid("email"),
)  # fmt: skip
