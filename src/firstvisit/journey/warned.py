"""What must not happen, as screens say it: with the lead where one reads about whoever else it was set for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from firstvisit.journey.finding import newest_lead_of
from firstvisit.people.guarding import Restricted
from firstvisit.practice.models import User


@dataclass(frozen=True, slots=True)
class Warned:
    """A restriction in words, and the lead of the other patient whom it is about, where it is in scope; "" for none."""

    text: str
    lead: str


def warned(
    found: Iterable[Restricted], user: User, *, words: Callable[[Restricted], str] = lambda each: each.text
) -> list[Warned]:
    """Each once, in `words`; two questions where any was set for somebody else, else none."""
    said = list(found)
    others = {each.whose for each in said if each.whose is not None}
    leads = newest_lead_of(user, others) if others else {}
    lines = (Warned(words(each), leads.get(each.whose, "") if each.whose else "") for each in said)
    return list(dict.fromkeys(lines))
