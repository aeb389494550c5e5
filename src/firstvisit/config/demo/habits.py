"""One family for each habit of the sandbox payer, so that a look at their leads shows what payers answer and what the
desk does then. They want care later: nobody's day is filled with calls to them.

Invented people at example.org; which habit it is stands in their words and at the beginning of the member id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from firstvisit.config.demo.referrals import ByApi
from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.sandbox.habits import HABITS

REFUSALS: Final = ("42R", "43C", "51N", "58C", "62C", "71C", "72C", "73C", "75N", "76C", "78C", "80R", "T4C", "42X")
"""Refusals of the demo: a reason with its follow-up action, of every kind of whose it is and who may ask again."""
DOWN: Final = frozenset({"SLOW40", "FAULT500", "BUSY503", "HANGUP"})
"""Habits of a payer that does not answer: they have a payer of their own, which rests while the others are asked."""
_GIVEN: Final = (
    "Alba", "Bruno", "Celeste", "Dorian", "Edda", "Fabian", "Greta", "Hugo", "Ingrid", "Jasper", "Katja", "Leander",
    "Marisol", "Nestor", "Ottilie", "Pascal",
)  # fmt: skip
_BEGIN: Final = ("Ash", "Birch", "Cedar", "Dun", "Elm", "Fern", "Gorse", "Hazel")
_END: Final = ("bourne", "croft", "dale", "field", "gate", "hurst", "ley", "mere")


def all_of(today: date) -> Iterator[ByApi]:
    """A referral for each habit, then for each refusal."""
    said = [(habit.begins, habit.does) for habit in HABITS]
    reasons = codes.rows("reason")
    said += [(f"AAA{each}", f"refuses: {reasons[each[:2]]['words']}") for each in REFUSALS]
    for number, (begins, does) in enumerate(said):
        yield _family(number, begins, does, today + timedelta(days=75))


def _family(number: int, begins: str, does: str, wished: date) -> ByApi:
    first, last = _GIVEN[number % len(_GIVEN)], _BEGIN[number % 8] + _END[number // 8 % 8]
    payer = "Harborlight Health" if begins in DOWN else "Northfield Health"
    return ByApi(
        f"payer-{begins.lower()}",
        f"payer: {does}",
        {
            "lead_kind": "patient",
            "discipline": ["PT"],
            "program": "orthopedic",
            "patient": {
                "first_name": first,
                "last_name": last,
                "date_of_birth": f"{1950 + number % 50}-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "postal_code": "53711",
            },
            "contact": {
                "name": f"{first} {last}",
                "relationship": "self",
                "email": f"{first}.{last}@example.org".lower(),
            },
            "concern": f"Knee pain, no hurry. Sandbox payer, {begins}: {does}",
            "timing": "later",
            "not_before": wished.isoformat(),
            "payers": [{"name": payer, "member_id": f"{begins}-{number + 1:02}"}],
        },
    )
