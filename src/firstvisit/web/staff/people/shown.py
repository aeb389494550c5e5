"""Restrictions in words, for the banner of a lead and for the page that edits them."""

from __future__ import annotations

from firstvisit.people.guarding import RESTRICTIONS, Standing, standing
from firstvisit.people.models import Person
from firstvisit.people.queries import identities


def restriction_lines(patient: Person, *, named: bool) -> list[str]:
    """What must not happen about a patient, one sentence each; who and why only where identities are shown."""
    found = standing(patient)
    who = identities(each.person for each in found if each.person) if named else {}
    return [_line(each, who[each.person][0].name if each.person in who else "", named) for each in found]


def _line(each: Standing, name: str, named: bool) -> str:
    head = f"{RESTRICTIONS[each.kind]}: {name}" if name else RESTRICTIONS[each.kind]
    return f"{head}. {each.words} ({each.by})" if named else f"{head}."
